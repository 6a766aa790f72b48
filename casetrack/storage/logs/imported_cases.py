"""Imported cases: their rows, and bulk appends of their events."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from casetrack.domain.events import GENESIS, Event
from casetrack.domain.logs.imported_cases import IMPORT_FOLD_VERSION, State, import_stream
from casetrack.storage import schema
from casetrack.storage.case.case_rows import event_rows, put_events
from casetrack.storage.people.person_texts import TextRow
from casetrack.storage.unit_of_work import UnitOfWork


@dataclass
class ImportedCase:
    """An imported case while events are added to it; `state` is None before the first."""

    source: str
    trace: int
    state: State | None = None
    version: int = 0
    hash: str = GENESIS

    @property
    def stream(self) -> str:
        """Its stream."""
        return import_stream(self.source, self.trace)

    @property
    def next_index(self) -> int:
        """The first event of the trace that is not there yet."""
        return self.state["next_index"] if self.state else 0


def imported_values(region: str, case: ImportedCase) -> dict[str, Any]:
    """The columns of an imported case's row; `verify` and `rebuild` compare and write the same."""
    return {
        "region": region,
        "source": case.source,
        "trace": case.trace,
        "stream": case.stream,
        "version": case.version,
        "hash": case.hash,
        "fold_version": IMPORT_FOLD_VERSION,
        "state": json.dumps(case.state, separators=(",", ":"), sort_keys=True),
    }


def load(
    uow: UnitOfWork, region: str, source: str, traces: Sequence[int]
) -> dict[int, ImportedCase]:
    """These traces as they stand; those that are new are blank."""
    table = schema.imported_cases
    rows = uow.execute(
        select(table.c.trace, table.c.state, table.c.version, table.c.hash).where(
            table.c.region == region, table.c.source == source, table.c.trace.in_(traces)
        )
    )
    found = {trace: ImportedCase(source, trace) for trace in traces}
    for row in rows:
        state = json.loads(row.state)
        found[row.trace] = ImportedCase(source, row.trace, state, row.version, row.hash)
    return found


class Batch:
    """Rows that go in together at the end of a batch."""

    def __init__(self, region: str) -> None:
        self.region = region
        self._events: list[tuple[dict[str, Any], dict[str, Any]]] = []
        self._touched: dict[int, ImportedCase] = {}

    def append(self, case: ImportedCase, event: Event, state: State) -> None:
        """One event behind the case's last."""
        row, queued, case.hash = event_rows(event, case.hash)
        case.version, case.state = event.version, state
        self._touched[case.trace] = case
        self._events.append((row, queued))

    def write(self, uow: UnitOfWork) -> None:
        """Everything in three statements, the same ones for every batch."""
        if not self._events:
            return
        put_events(uow, self._events)
        rows = [imported_values(self.region, case) for case in self._touched.values()]
        uow.execute(_put_cases(uow.dialect), rows)


def _put_cases(dialect: str) -> Any:
    """Insert or overwrite, row by row: of one length and compiled once, unlike many VALUES."""
    make = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement: Any = make(schema.imported_cases)
    return statement.on_conflict_do_update(
        index_elements=["region", "source", "trace"],
        set_={
            name: statement.excluded[name] for name in ("version", "hash", "fold_version", "state")
        },
    )


def keep_texts(uow: UnitOfWork, region: str, rows: Sequence[TextRow]) -> None:
    """Keep sealed texts that are not kept yet: their ids say what they hold."""
    if not rows:
        return
    make = postgresql.insert if uow.dialect == "postgresql" else sqlite.insert
    uow.execute(
        make(schema.texts).on_conflict_do_nothing(),
        [
            {
                "region": region,
                "text": row.text,
                "subject": row.subject,
                "kind": row.kind,
                "number": row.number,
                "sealed": row.sealed,
            }
            for row in rows
        ],
    )
