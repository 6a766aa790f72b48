"""A case's stream and the rows folded from it: load under the locks, append once."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, text
from sqlalchemy.dialects import postgresql, sqlite

from casetrack.domain.case.counter_work import counter_work
from casetrack.domain.case.state import FOLD_VERSION, CaseState
from casetrack.domain.clock import near_at
from casetrack.domain.events import GENESIS, Event, chain_hash, parse_instant
from casetrack.domain.service.definition import ServiceDefinition
from casetrack.storage import schema
from casetrack.storage.bulk import upserts
from casetrack.storage.unit_of_work import UnitOfWork, Write, register_key

#: Steps without a limit come last on a worklist.
NO_LIMIT = datetime(9999, 12, 31, tzinfo=UTC)

Clocks = Mapping[str, tuple[str, datetime]]
#: What was noted already: step (empty: the case), due, whether missed.
Noted = Collection[tuple[str, datetime, bool]]


@dataclass(frozen=True, slots=True)
class CaseRecord:
    """A case as it stands under its lock, with what the next event needs."""

    state: CaseState
    hash: str
    revision: int
    event_id: int
    now: datetime


@dataclass(frozen=True, slots=True)
class StepRow:
    """What of a step's definition a worklist needs in its own row."""

    agency: str
    kind: str


_LOCK = text(
    "SELECT pg_advisory_xact_lock_shared(:key), version FROM cases "
    "WHERE region = :region AND number = :number FOR UPDATE"
)
_LOADED = (
    select(schema.cases.c.state, schema.cases.c.hash, schema.regions.c.revision)
    .join(schema.regions, schema.regions.c.region == schema.cases.c.region)
    .where(
        schema.cases.c.region == bindparam("region"), schema.cases.c.number == bindparam("number")
    )
)
_LOADED_POSTGRESQL = _LOADED.add_columns(
    func.nextval("event_ids").label("event_id"), func.clock_timestamp().label("now")
)


def lock_case(uow: UnitOfWork, region: str, number: str) -> CaseRecord | None:
    """The locks first, then the case, the event id and the time (docs/architecture.md)."""
    key = {"region": region, "number": number}
    if uow.dialect == "postgresql":
        uow.execute(_LOCK, {**key, "key": register_key(region)})
        row = uow.execute(_LOADED_POSTGRESQL, key).first()
        if row is None:
            return None
        event_id, now = row.event_id, uow.time(row.now)
    else:
        row = uow.execute(_LOADED, key).first()
        if row is None:
            return None
        event_id, now = uow.draw()
    state = CaseState.from_document(json.loads(row.state))
    return CaseRecord(state, row.hash, row.revision, event_id, now)


def event_rows(event: Event, previous: str) -> tuple[dict[str, Any], dict[str, Any], str]:
    """The event's row, its place in the queue of the unsequenced, and its chain hash."""
    body = event.body()
    digest = chain_hash(previous, body)
    place = {"region": event.region, "stream": event.stream, "version": event.version}
    row = {
        **place,
        "id": event.id,
        "type": event.type,
        "recorded_at": event.recorded_at,
        "body": body,
        "hash": digest,
    }
    return row, {**place, "id": event.id}, digest


def event_writes(event: Event, previous: str) -> tuple[list[Write], str]:
    """The event and its place in the queue of the unsequenced; and its chain hash."""
    row, queued, digest = event_rows(event, previous)
    return [insert(schema.events).values(**row), insert(schema.queue).values(**queued)], digest


def put_events(uow: UnitOfWork, rows: Sequence[tuple[dict[str, Any], dict[str, Any]]]) -> None:
    """Many events and their places in the queue, in two statements."""
    if rows:
        uow.execute(insert(schema.events), [event for event, _ in rows])
        uow.execute(insert(schema.queue), [queued for _, queued in rows])


def state_writes(
    dialect: str,
    before: CaseState | None,
    after: CaseState,
    digest: str,
    event: Event,
    definition: ServiceDefinition,
) -> list[Write]:
    """The case row and the rows of the steps that this event touched."""
    values = case_values(after, digest, definition)
    rows = step_rows(definition)
    touched = [step_values(after, name, rows[name]) for name in event.data["steps"] if name in rows]
    writes: list[Write] = []
    if before is None:
        agencies = sorted({row.agency for row in rows.values()})
        writes += [
            insert(schema.cases).values(**values, opened_id=event.id),
            *[
                insert(schema.case_agencies).values(
                    region=after.region, agency=agency, opened_id=event.id, number=after.number
                )
                for agency in agencies
            ],
        ]
    else:
        writes.append(
            schema.cases.update()
            .where(
                schema.cases.c.region == after.region,
                schema.cases.c.number == after.number,
                schema.cases.c.version == before.version,
            )
            .values(**values)
        )
    if touched:
        writes += upserts(dialect, schema.steps, touched)
    return writes


def case_values(state: CaseState, digest: str, definition: ServiceDefinition) -> dict[str, Any]:
    """The columns of a case's row; `verify` and `rebuild` compare and write the same."""
    work = counter_work(state, definition)
    return {
        "region": state.region,
        "number": state.number,
        "version": state.version,
        "hash": digest,
        "service": state.service,
        "service_version": state.service_version,
        "status": state.status,
        "holder": state.holder,
        "fold_version": FOLD_VERSION,
        "state": json.dumps(state.to_document(), separators=(",", ":"), sort_keys=True),
        "counter": work.counter,
        "task": work.task,
        "opened_at": parse_instant(work.opened_at) if work.opened_at else None,
        "waiting_for": work.waiting_for,
    }


def step_values(state: CaseState, name: str, row: StepRow) -> dict[str, Any]:
    """The columns of a step's row."""
    step = state.steps[name]
    return {
        "region": state.region,
        "number": state.number,
        "step": name,
        "agency": row.agency,
        "kind": row.kind,
        "status": step.status,
        "assignee": step.assignee,
        "version": step.version,
        "ready_at": parse_instant(step.ready_at) if step.ready_at else None,
        "urgent_at": parse_instant(step.due_at) if step.due_at else NO_LIMIT,
    }


def deadline_writes(
    dialect: str,
    state: CaseState,
    before: Clocks,
    after: Clocks,
    rows: Mapping[str, StepRow],
    noted: Noted = (),
) -> list[Write]:
    """The clocks that began, moved or ended. One that has not changed keeps what was noted of it.

    One that comes back (after a pause, reopened) to a due time of which there is a notice keeps it.
    """
    writes: list[Write] = []
    gone = [name for name in before if name not in after]
    if gone:
        writes.append(
            delete(schema.deadlines).where(
                schema.deadlines.c.region == state.region,
                schema.deadlines.c.number == state.number,
                schema.deadlines.c.step.in_(gone),
            )
        )
    moved = [name for name, clock in after.items() if before.get(name) != clock]
    if moved:
        writes += upserts(
            dialect,
            schema.deadlines,
            [
                {
                    **deadline_values(state, name, after[name], rows),
                    "near_noted": any((name, after[name][1]) == one[:2] for one in noted),
                    "missed_noted": (name, after[name][1], True) in noted,
                }
                for name in moved
            ],
        )
    return writes


def deadline_values(
    state: CaseState, name: str, clock: tuple[str, datetime], rows: Mapping[str, StepRow]
) -> dict[str, Any]:
    """The columns of a running clock's row."""
    started, due = clock
    return {
        "region": state.region,
        "number": state.number,
        "step": name,
        "agency": rows[name].agency if name else state.holder,
        "near_at": near_at(parse_instant(started), due),
        "due_at": due,
        "near_noted": False,
        "missed_noted": False,
    }


def next_serial(uow: UnitOfWork, region: str, service: str, year: int) -> int:
    """The next serial of this service and local year. Taken last before the commit: no gaps."""
    make = postgresql.insert if uow.dialect == "postgresql" else sqlite.insert
    statement = (
        make(schema.counters)
        .values(region=region, service=service, year=year, serial=1)
        .on_conflict_do_update(
            index_elements=["region", "service", "year"],
            set_={"serial": schema.counters.c.serial + 1},
        )
        .returning(schema.counters.c.serial)
    )
    return int(uow.execute(statement).scalar_one())


def side_stream_head(uow: UnitOfWork, region: str, stream: str) -> tuple[int, str]:
    """Version and hash of the last event of a stream that has no row of its own."""
    row = uow.execute(
        select(schema.events.c.version, schema.events.c.hash)
        .where(schema.events.c.region == region, schema.events.c.stream == stream)
        .order_by(schema.events.c.version.desc())
        .limit(1)
    ).first()
    return (row.version, row.hash) if row else (0, GENESIS)


def side_stream_end(connection: Connection, region: str, stream: str) -> Event | None:
    """The last event of such a stream."""
    table = schema.events.c
    body = connection.execute(
        select(table.body)
        .where(table.region == region, table.stream == stream)
        .order_by(table.version.desc())
        .limit(1)
    ).scalar()
    return Event.from_body(body) if body is not None else None


def append_beside(uow: UnitOfWork, event: Event, previous: str) -> str:
    """Append to a companion stream: deadlines, refusals, a subject's own."""
    writes, digest = event_writes(event, previous)
    uow.run(writes)
    return digest


def step_rows(definition: ServiceDefinition) -> dict[str, StepRow]:
    """Agency and kind of every step of a definition."""
    return {step.id: StepRow(step.agency, step.kind) for step in definition.steps}
