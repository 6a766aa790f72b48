"""A case's stream and the rows folded from it: load under the locks, append once."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    bindparam,
    case,
    func,
    insert,
    literal_column,
    select,
)

from casetrack.domain.case.counter_work import counter_work
from casetrack.domain.case.fold_versions import FOLD_VERSION
from casetrack.domain.case.state import CaseState
from casetrack.domain.clock import NEAR_PERCENT, near_at
from casetrack.domain.events import GENESIS, Event, chain_hash, parse_instant
from casetrack.domain.region.revisions import Revisions
from casetrack.domain.service.definition import ServiceDefinition
from casetrack.storage import schema
from casetrack.storage.case import case_append
from casetrack.storage.fixed import Call, Fixed
from casetrack.storage.people.own_case import IS_OWN, IS_OWN_ON_SQLITE
from casetrack.storage.unit_of_work import UnitOfWork

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
    #: Of its region, behind the locks.
    revisions: Revisions
    event_id: int
    now: datetime
    #: Whether the officer who acts is or was a party of it.
    own: bool = False
    #: What was asked for behind the locks.
    behind: Sequence[Sequence[Any]] = ()


@dataclass(frozen=True, slots=True)
class StepRow:
    """What of a step's definition a worklist needs in its own row."""

    agency: str
    kind: str
    #: How much of a limit has gone by when it is near.
    near: int = NEAR_PERCENT


_C, _R = schema.cases.c, schema.regions.c
_HERE = (_C.region == bindparam("region"), _C.number == bindparam("number"))
#: Its own statement, and no table of the case in it: what it locks must lie where the region lies.
_HELD = Fixed(select(_C.version).where(*_HERE).with_for_update())


def _loaded(is_own: ColumnElement[bool]) -> Select[Any]:
    """The state only where it is another than the one that was seen."""
    return (
        select(
            case((_C.version == bindparam("seen"), None), else_=_C.state).label("state"),
            _C.hash,
            _R.revision,
            _R.register_revision,
            is_own.label("own"),
        )
        .join(schema.regions, _R.region == _C.region)
        .where(*_HERE, _R.region == bindparam("region"))
    )


_LOAD = Fixed(
    _loaded(IS_OWN).add_columns(
        func.nextval("event_ids", type_=BigInteger).label("event_id"),
        func.clock_timestamp(type_=schema.Instant).label("now"),
    ),
    sqlite=_loaded(IS_OWN_ON_SQLITE),
)


def lock_case(
    uow: UnitOfWork,
    region: str,
    number: str,
    *,
    seen: CaseState | None = None,
    officer: str | None = None,
    behind: Sequence[Call] = (),
) -> CaseRecord | None:
    """The locks first, then the case, the event id and the time (docs/architecture.md): one round trip.

    `seen` is the case as it was at an unlocked read: its row's JSON is read again only if it has
    changed. `officer` is who acts. `behind` is what else is to be read after the locks.
    """
    key = {"region": region, "number": number}
    wanted = {**key, "seen": seen.version if seen else None, "officer": officer}
    lock = [(_HELD, key)] if uow.dialect == "postgresql" else []
    found = uow.ask_behind_register(region, [*lock, (_LOAD, wanted), *behind])[len(lock) :]
    if not found[0]:
        return None
    row = found[0][0]
    if uow.dialect == "postgresql":
        event_id, now = row.event_id, uow.time(row.now)
    else:
        event_id, now = uow.draw()
    state = seen if row.state is None else None
    state = state or CaseState.from_document(json.loads(row.state))
    revisions = Revisions(row.revision, row.register_revision or 0)
    return CaseRecord(state, row.hash, revisions, event_id, now, bool(row.own), found[1:])


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


def put_events(uow: UnitOfWork, rows: Sequence[tuple[dict[str, Any], dict[str, Any]]]) -> None:
    """Many events and their places in the queue, in two statements."""
    if rows:
        uow.execute(insert(schema.events), [event for event, _ in rows])
        uow.execute(insert(schema.queue), [queued for _, queued in rows])


#: Made once: `json.dumps` with any argument makes an encoder each time.
_compact = json.JSONEncoder(separators=(",", ":"), sort_keys=True).encode


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
        "state": _compact(state.to_document()),
        "counter": work.counter,
        "task": work.task,
        "opened_at": parse_instant(work.opened_at) if work.opened_at else None,
        "waiting_for": work.waiting_for,
        "lapse_told_at": _lapse_told_at(state),
        "inspection_told_at": _inspection_told_at(state),
    }


def _lapse_told_at(state: CaseState) -> datetime | None:
    next_at = (state.lapse or {}).get("next_at")
    return parse_instant(next_at) if next_at else None


def _inspection_told_at(state: CaseState) -> datetime | None:
    moments = [each["next_at"] for each in state.inspections if each["next_at"] is not None]
    return parse_instant(min(moments)) if moments else None


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


def moved_deadlines(
    state: CaseState,
    before: Clocks,
    after: Clocks,
    rows: Mapping[str, StepRow],
    noted: Noted = (),
    *,
    handed_on: bool = False,
) -> list[dict[str, Any]]:
    """The rows of the clocks that began or moved, and the case's own where another agency holds it now.
    One that has not changed keeps what was noted of it.

    One that comes back (after a pause, reopened) to a due time of which there is a notice keeps it.
    """
    return [
        {
            **deadline_values(state, name, clock, rows),
            "near_noted": any((name, clock[1]) == one[:2] for one in noted),
            "missed_noted": (name, clock[1], True) in noted,
        }
        for name, clock in after.items()
        if before.get(name) != clock or (handed_on and not name)
    ]


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
        "near_at": near_at(parse_instant(started), due, next(iter(rows.values())).near),
        "due_at": due,
        "near_noted": False,
        "missed_noted": False,
    }


_HEAD = Fixed(
    select(schema.events.c.version, schema.events.c.hash)
    .where(
        schema.events.c.region == bindparam("region"),
        schema.events.c.stream == bindparam("stream"),
    )
    .order_by(schema.events.c.version.desc())
    .limit(literal_column("1"))
)


def side_stream_head(uow: UnitOfWork, region: str, stream: str) -> tuple[int, str]:
    """Version and hash of the last event of a stream that has no row of its own."""
    rows = uow.ask(_HEAD, {"region": region, "stream": stream})
    return (rows[0].version, rows[0].hash) if rows else (0, GENESIS)


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
    row, _, digest = event_rows(event, previous)
    uow.put(case_append.EVENT, case_append.named("event_", row))
    return digest


#: By a definition's place in memory: to compare two takes as long as this does.
_STEP_ROWS: dict[int, tuple[ServiceDefinition, Mapping[str, StepRow]]] = {}


def step_rows(definition: ServiceDefinition) -> Mapping[str, StepRow]:
    """Agency and kind of every step of a definition, which never changes."""
    kept = _STEP_ROWS.get(id(definition))
    if kept is not None and kept[0] is definition:
        return kept[1]
    if len(_STEP_ROWS) >= 500:
        _STEP_ROWS.clear()
    rows = {
        step.id: StepRow(step.agency, step.kind, definition.near_percent)
        for step in definition.steps
    }
    _STEP_ROWS[id(definition)] = definition, rows
    return rows
