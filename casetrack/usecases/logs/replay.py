"""A real log through the ledger, with the log's own times: batch by batch, each safe by itself.

A trace is a stream, its events are numbered as they are stored, and the row of the case says which
index of the trace comes next. So a log that was cut short, killed or read twice ends in one state.
"""

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC
from itertools import islice
from typing import Any, Protocol

from casetrack.domain.access import system
from casetrack.domain.errors import BadInput
from casetrack.domain.events import Event
from casetrack.domain.logs.imported_cases import EMPTY, RECORDED, fold_import
from casetrack.domain.region.region_data import Agency, Officer, Region, RegionData
from casetrack.domain.service.definition import Name
from casetrack.storage import statistics
from casetrack.storage.logs import imported_cases
from casetrack.storage.logs.imported_cases import Batch, ImportedCase
from casetrack.storage.people import subjects
from casetrack.storage.people.person_texts import TextRow
from casetrack.storage.people.subjects import SubjectRow
from casetrack.storage.region import regions
from casetrack.usecases.context import Context
from casetrack.usecases.people.sealing import text_context
from casetrack.usecases.region import loading

BATCH = 500
#: References of resources that are remembered; logs have dozens, rarely thousands.
_REMEMBERED = 20_000
#: Where a log goes when no region is named and there is not exactly one.
LOG_REGION = "00"
_ERASED = "the persons of this log were erased; it cannot be replayed again"


class Logged(Protocol):
    """An event of a log, as a reader gives it."""

    @property
    def trace(self) -> int: ...
    @property
    def index(self) -> int: ...
    @property
    def activity(self) -> str: ...
    @property
    def time(self) -> Any: ...
    @property
    def offset_minutes(self) -> int: ...
    @property
    def resource(self) -> str | None: ...
    @property
    def group(self) -> str | None: ...
    @property
    def lifecycle(self) -> str | None: ...
    @property
    def instance(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class EmptyTrace:
    """A trace of a log that ended without an event."""

    trace: int
    #: Before any event of it that may come.
    index: int = 0


@dataclass
class Report:
    """What a replay did. Traces without events are in neither number."""

    events: int = 0
    already_present: int = 0
    began: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        """Since it began."""
        return round(time.monotonic() - self.began, 1)


class Importer:
    """Takes a log's events into one region."""

    def __init__(
        self, ctx: Context, region: str, digest: str, after_batch: Callable[[], object]
    ) -> None:
        self._ctx, self._region = ctx, region
        self._source = digest[:16]
        # With the region in it: a subject belongs to one region, a log may go to several.
        self._subject = "log" + hashlib.sha256(f"{region}:{digest}".encode()).hexdigest()[:29]
        self._after_batch = after_batch
        self._key = self._open_key()
        self._references: dict[str, dict[str, str]] = {}
        self._new_texts: list[TextRow] = []
        self.report = Report()

    def take(self, events: Iterable[tuple[Logged | EmptyTrace, str | None]]) -> Iterator[int]:
        """Take in events and traces without any, each with the name of its trace, if it has one.

        Gives after every batch how many were seen. Raises BadInput when the log's persons were erased.
        """
        pending = iter(events)
        seen = 0
        while batch := list(islice(pending, BATCH)):
            self._take_batch(batch)
            self._after_batch()
            seen += len(batch)
            yield seen
        statistics.complete(self._ctx.database)

    def _open_key(self) -> bytes:
        """The key under which this log's resources are sealed: they may be names of people."""
        ctx, region = self._ctx, self._region
        with ctx.database.write() as uow:
            row = subjects.subject(uow.connection, region, self._subject)
            if row is None:
                key, wrapped = ctx.vault.new_key(region, self._subject)
                new = SubjectRow(self._subject, wrapped)
                subjects.put_subject(uow, region, new, None, uow.time(None))
                return key
        if row.wrapped_key is None:
            raise BadInput(_ERASED)
        return ctx.vault.unwrap(row.wrapped_key, region, self._subject)

    def _take_batch(self, events: list[tuple[Logged | EmptyTrace, str | None]]) -> None:
        with self._ctx.database.write() as uow:
            uow.lock_register(self._region)
            # Two replays of one log take turns.
            uow.lock(self._region, f"import/{self._source}")
            # Who erases waits for this commit, or was first: no name under a destroyed key.
            owner = subjects.lock_subject(uow, self._region, self._subject)
            if owner is None or owner.wrapped_key is None:
                raise BadInput(_ERASED)
            traces = sorted({logged.trace for logged, _ in events})
            cases = imported_cases.load(uow, self._region, self._source, traces)
            fresh = [pair for pair in events if _is_fresh(pair[0], cases[pair[0].trace])]
            batch = Batch(self._region)
            if fresh:
                ids, now = uow.draw_many(len(fresh))
                for event_id, (logged, name) in zip(ids, fresh, strict=True):
                    case = cases[logged.trace]
                    if isinstance(logged, EmptyTrace):
                        event = self._empty(case, name, event_id, now)
                    else:
                        event = self._event(case, logged, name, event_id, now)
                    batch.append(case, event, fold_import(case.state, event))
                imported_cases.keep_texts(uow, self._region, self._new_texts)
                batch.write(uow)
        self._new_texts.clear()
        taken = sum(not isinstance(logged, EmptyTrace) for logged, _ in fresh)
        self.report.events += taken
        seen = sum(not isinstance(logged, EmptyTrace) for logged, _ in events)
        self.report.already_present += seen - taken

    def _event(
        self, case: ImportedCase, logged: Logged, name: str | None, event_id: int, now: Any
    ) -> Event:
        data: dict[str, Any] = {
            "activity": logged.activity,
            "index": logged.index,
            "offset_minutes": logged.offset_minutes,
        }
        for key in ("group", "lifecycle", "instance"):
            value = getattr(logged, key)
            if value is not None:
                data[key] = value
        if logged.resource is not None:
            data["resource"] = self._reference(logged.resource)
        if case.version == 0:
            data.update(self._origin(case, name))
        return self._made(case, RECORDED, data, event_id, logged.time.astimezone(UTC), now)

    def _empty(self, case: ImportedCase, name: str | None, event_id: int, now: Any) -> Event:
        # The log gives no time at which such a case was.
        return self._made(case, EMPTY, self._origin(case, name), event_id, now, now)

    def _origin(self, case: ImportedCase, name: str | None) -> dict[str, Any]:
        """What the first event of a stream says of the trace."""
        named = {"name": name} if name is not None else {}
        return {"source": self._source, "trace": case.trace, **named}

    def _made(
        self,
        case: ImportedCase,
        kind: str,
        data: dict[str, Any],
        event_id: int,
        occurred_at: Any,
        now: Any,
    ) -> Event:
        return Event(
            id=event_id,
            region=self._region,
            stream=case.stream,
            version=case.version + 1,
            type=kind,
            occurred_at=occurred_at,
            recorded_at=now,
            actor=system(self._region, "replay").as_data(),
            data=data,
        )

    def _reference(self, resource: str) -> dict[str, str]:
        """The event's reference to a sealed resource; the same for the same resource."""
        known = self._references.get(resource)
        if known is not None:
            return known
        vault = self._ctx.vault
        text = vault.digest(self._key, f"resource:{resource}")[:32]
        sealed = vault.seal(self._key, resource, text_context(self._region, text))
        reference = {
            "text": text,
            "hmac": vault.digest(self._key, f"{text}:{resource}"),
            "subject": self._subject,
        }
        self._new_texts.append(TextRow(text, self._subject, "resource", self._source, sealed))
        if len(self._references) >= _REMEMBERED:
            self._references.clear()
        self._references[resource] = reference
        return reference


def _is_fresh(logged: Logged | EmptyTrace, case: ImportedCase) -> bool:
    if isinstance(logged, EmptyTrace):
        return case.version == 0
    return logged.index >= case.next_index


def choose_region(ctx: Context, named: str | None) -> str:
    """The region that a log goes to: the named one, the only one, else one made for logs.

    Raises BadInput when the named one is not there.
    """
    with ctx.database.read() as connection:
        known = regions.regions(connection)
    if named is not None:
        if named not in known:
            raise BadInput(f"there is no region {named}; known are {', '.join(known) or 'none'}")
        return named
    if len(known) == 1:
        return known[0]
    if LOG_REGION not in known:
        loading.load(ctx, _log_region())
    return LOG_REGION


def _log_region() -> RegionData:
    name = Name("Log impor", "Imported logs")
    return RegionData(
        Region(LOG_REGION, "LOG", name, "UTC"),
        (Agency("log", name, "private"),),
        (),
        (Officer("log.auditor", "auditor", None),),
        (),
        (),
    )
