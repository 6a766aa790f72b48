"""What happened, for process mining: imported cases as they came, our own as steps by officers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from casetrack.domain.errors import BadInput
from casetrack.domain.events import TYPE_PREFIX, Event
from casetrack.domain.logs.imported_cases import EMPTY, RECORDED
from casetrack.storage.logs import export
from casetrack.storage.people import person_texts, subjects
from casetrack.storage.region import regions
from casetrack.usecases.context import Context
from casetrack.usecases.people.sealing import text_context

#: Opened resources that are remembered.
_REMEMBERED = 20_000


@dataclass(frozen=True, slots=True)
class ExportedEvent:
    """One event of a process-mining log; an attribute that is None stays absent.

    One whose activity is empty says only that its case is there, with no event.
    """

    stream: str
    case: str | None
    activity: str
    time: datetime
    offset_minutes: int
    resource: str | None
    group: str | None
    lifecycle: str | None
    instance: str | None


class Exporter:
    """Reads one snapshot of the database."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._keys: dict[tuple[str, str], bytes | None] = {}
        self._opened: dict[tuple[str, str], str | None] = {}

    def events(self, region: str | None) -> Iterator[ExportedEvent]:
        """Every event of the cases of a region (None: of all), case by case. Raises BadInput."""
        with self._ctx.database.snapshot() as connection:
            known = regions.regions(connection)
            if region is not None and region not in known:
                raise BadInput(f"there is no region {region}; known are {', '.join(known)}")
            name: str | None = None
            for row in export.events_by_stream(connection, [region] if region else known):
                if row.stream.startswith("import/"):
                    event = Event.from_body(row.body)
                    name = event.data.get("name") if event.version == 1 else name
                    yield self._imported(event, name)
                elif "/" not in row.stream:
                    yield self._own(Event.from_body(row.body))

    def _imported(self, event: Event, name: str | None) -> ExportedEvent:
        data = event.data
        if event.type == EMPTY:
            at = event.occurred_at
            return ExportedEvent(event.stream, name, "", at, 0, None, None, None, None)
        if event.type != RECORDED:
            raise BadInput(f"{event.stream} holds {event.type}, which is no imported activity")
        return ExportedEvent(
            event.stream,
            name,
            data["activity"],
            event.occurred_at,
            data["offset_minutes"],
            self._resource(event.region, data.get("resource")),
            data.get("group"),
            data.get("lifecycle"),
            data.get("instance"),
        )

    def _own(self, event: Event) -> ExportedEvent:
        zone = self._ctx.region(event.region)[1].zone
        offset = event.occurred_at.astimezone(zone).utcoffset()
        kind = event.type.removeprefix(TYPE_PREFIX)
        step = event.data.get("step")
        return ExportedEvent(
            event.stream,
            event.stream,
            step if step and kind == "step.completed" else kind if not step else f"{kind} {step}",
            event.occurred_at,
            int(offset.total_seconds()) // 60 if offset else 0,
            event.actor["id"],
            event.data.get("agency") or event.actor.get("agency"),
            "complete",
            str(event.version),
        )

    def _resource(self, region: str, reference: Mapping[str, str] | None) -> str | None:
        """The sealed resource, opened; absent when it was erased."""
        if reference is None:
            return None
        place = (region, reference["text"])
        if place not in self._opened:
            if len(self._opened) >= _REMEMBERED:
                self._opened.clear()
            self._opened[place] = self._open(region, reference)
        return self._opened[place]

    def _open(self, region: str, reference: Mapping[str, str]) -> str | None:
        subject = reference["subject"]
        vault = self._ctx.vault
        with self._ctx.database.read() as connection:
            if (region, subject) not in self._keys:
                row = subjects.subject(connection, region, subject)
                wrapped = row.wrapped_key if row else None
                self._keys[region, subject] = (
                    vault.unwrap(wrapped, region, subject) if wrapped else None
                )
            key = self._keys[region, subject]
            text = person_texts.one_text(connection, region, reference["text"])
        if key is None or text is None:
            return None
        return vault.open(key, text.sealed, text_context(region, text.text))
