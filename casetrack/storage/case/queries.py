"""Read-only rows for pages, lists and checks. Every query here has its index (tests/…/test_plans)."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, func, or_, select, text, tuple_

from casetrack.domain.case.state import CaseState
from casetrack.domain.case.transitions import OPEN_CASE
from casetrack.storage import schema
from casetrack.storage.case.case_rows import NO_LIMIT


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case as a reader finds it."""

    state: CaseState
    revision: int
    opened_id: int


@dataclass(frozen=True, slots=True)
class WorkRow:
    """One open step on a worklist."""

    number: str
    step: str
    urgent_at: datetime
    version: int
    state: CaseState


@dataclass(frozen=True, slots=True)
class EventRow:
    """An event with its place in the ledger, once it has one."""

    position: int | None
    body: str
    hash: str


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """A delivery as a list shows it."""

    region: str
    lane: str
    position: int
    number: str
    role: str
    channel: str
    type: str
    state: str
    attempts: int
    not_before: datetime | None
    last_error: str | None
    recorded_at: datetime
    ended_at: datetime | None
    #: JSON: the channels that failed before this one; and the template of the last attempt.
    tried: str | None
    template: str | None


_CASE = select(schema.cases.c.state, schema.regions.c.revision, schema.cases.c.opened_id).join(
    schema.regions, schema.regions.c.region == schema.cases.c.region
)
_ONE_CASE = _CASE.where(
    schema.cases.c.region == bindparam("region"), schema.cases.c.number == bindparam("number")
)


def _case_row(row: Any) -> CaseRow:
    return CaseRow(CaseState.from_document(json.loads(row.state)), row.revision, row.opened_id)


def case(connection: Connection, region: str, number: str) -> CaseRow | None:
    """One case: one row read."""
    row = connection.execute(_ONE_CASE, {"region": region, "number": number}).first()
    return _case_row(row) if row else None


def cases(
    connection: Connection,
    region: str,
    *,
    agency: str | None,
    status: str | None,
    service: str | None,
    before: int | None,
    limit: int,
) -> list[CaseRow]:
    """Newest first; `agency` None is the whole region (auditor). `before` is the last page's key."""
    query = _CASE.where(schema.cases.c.region == region)
    key = schema.cases.c.opened_id
    if agency is not None:
        mine, its = schema.case_agencies.c, schema.cases.c
        # The side that leads in its own order: of one status the cases, else those of the agency.
        same = mine.number == its.number if status is None else mine.opened_id == its.opened_id
        key = mine.opened_id if status is None else its.opened_id
        query = query.join(schema.case_agencies, and_(mine.region == its.region, same)).where(
            mine.region == region, mine.agency == agency
        )
    if status is not None:
        query = query.where(schema.cases.c.status == status)
    if service is not None:
        query = query.where(schema.cases.c.service == service)
    if before is not None:
        query = query.where(key < before)
    return [_case_row(row) for row in connection.execute(query.order_by(key.desc()).limit(limit))]


def open_cases(connection: Connection, region: str, services: Iterable[str]) -> dict[str, int]:
    """How many cases of these services are open; a service with none is left out."""
    table = schema.cases.c
    # By status, which has its index: of ten million cases some thousands are open.
    rows = connection.execute(
        select(table.service, func.count())
        .where(
            table.region == region,
            table.status.in_(OPEN_CASE),
            table.service.in_(sorted(services)),
        )
        .group_by(table.service)
    )
    return {row[0]: row[1] for row in rows}


def cases_of_subject(
    connection: Connection, region: str, subject: str, limit: int
) -> list[CaseRow]:
    """Cases in which this person stands, newest first."""
    query = (
        _CASE.join(
            schema.parties,
            and_(
                schema.parties.c.region == schema.cases.c.region,
                schema.parties.c.number == schema.cases.c.number,
            ),
        )
        .where(schema.parties.c.region == region, schema.parties.c.subject == subject)
        .order_by(schema.cases.c.opened_id.desc())
        .limit(limit)
    )
    return [_case_row(row) for row in connection.execute(query)]


def worklist(
    connection: Connection,
    region: str,
    agency: str,
    *,
    after: tuple[datetime, str, str] | None,
    limit: int,
) -> list[WorkRow]:
    """Open steps of an agency, most urgent first, those without a limit last."""
    steps = schema.steps.c
    query = (
        select(steps.number, steps.step, steps.urgent_at, steps.version, schema.cases.c.state)
        .join(
            schema.cases,
            and_(
                schema.cases.c.region == schema.steps.c.region,
                schema.cases.c.number == schema.steps.c.number,
            ),
        )
        .where(
            steps.region == region,
            steps.agency == agency,
            schema.is_one_of(steps.status, schema.OPEN_STEPS),
        )
    )
    if after is not None:
        moment, number, step = after
        query = query.where(
            tuple_(steps.urgent_at, steps.number, steps.step)
            > tuple_(
                *[
                    bindparam(f"after_{name}", value, type_=column.type)
                    for name, value, column in (
                        ("urgent", moment, steps.urgent_at),
                        ("number", number, steps.number),
                        ("step", step, steps.step),
                    )
                ]
            )
        )
    query = query.order_by(steps.urgent_at, steps.number, steps.step).limit(limit)
    return [
        WorkRow(
            row.number,
            row.step,
            row.urgent_at,
            row.version,
            CaseState.from_document(json.loads(row.state)),
        )
        for row in connection.execute(query)
    ]


def has_limit(row: WorkRow) -> bool:
    """Whether the step has a time limit that runs."""
    return row.urgent_at < NO_LIMIT


#: Events with their ledger positions, where they have one already.
_POSITIONED = (
    select(schema.ledger.c.position, schema.events.c.body, schema.events.c.hash)
    .select_from(schema.events)
    .outerjoin(
        schema.ledger,
        schema.its_event(schema.ledger),
    )
)


def stream_events(
    connection: Connection, region: str, stream: str, *, after: int, limit: int
) -> list[EventRow]:
    """A stream's events in their order, behind a version."""
    query = (
        _POSITIONED.where(
            schema.events.c.region == region,
            schema.events.c.stream == stream,
            schema.events.c.version > after,
        )
        .order_by(schema.events.c.version)
        .limit(limit)
    )
    return [EventRow(*row) for row in connection.execute(query)]


#: Streams beside a case's own: deadlines, refused attempts, decisions that later facts question.
COMPANIONS = ("deadline", "refusal", "authority")


def case_events(
    connection: Connection, region: str, number: str, *, after: int, limit: int
) -> list[EventRow]:
    """A case's own stream and its companions in the order of recording.

    `after` is the id of the last event of the page before.
    """
    streams = [number, *(f"{kind}/{number}" for kind in COMPANIONS)]
    query = (
        _POSITIONED.where(
            schema.events.c.region == region,
            schema.events.c.stream.in_(streams),
            schema.events.c.id > after,
        )
        .order_by(schema.events.c.id)
        .limit(limit)
    )
    return [EventRow(*row) for row in connection.execute(query)]


@dataclass(frozen=True, slots=True)
class Entry:
    """A ledger entry without its event."""

    position: int
    stream: str


def ledger_entries(connection: Connection, region: str, *, after: int, limit: int) -> list[Entry]:
    """The region's ledger behind a position, in order and without gaps."""
    table = schema.ledger.c
    rows = connection.execute(
        select(table.position, table.stream)
        .where(table.region == region, table.position > after)
        .order_by(table.position)
        .limit(limit)
    )
    return [Entry(*row) for row in rows]


def events_of(connection: Connection, region: str, entries: Sequence[Entry]) -> list[EventRow]:
    """The events of these entries, in the ledger's order."""
    if not entries:
        return []
    query = (
        select(schema.ledger.c.position, schema.events.c.body, schema.events.c.hash)
        .join(
            schema.events,
            schema.its_event(schema.ledger),
        )
        .where(
            schema.ledger.c.region == region,
            schema.ledger.c.position.in_([entry.position for entry in entries]),
        )
        .order_by(schema.ledger.c.position)
    )
    return [EventRow(*row) for row in connection.execute(query)]


def id_of(connection: Connection, region: str, stream: str, version: int) -> int:
    """The id of a stream's event of this version, or of the last one before it; 0 without any."""
    table = schema.events.c
    found = connection.execute(
        select(table.id)
        .where(table.region == region, table.stream == stream, table.version <= version)
        .order_by(table.version.desc())
        .limit(1)
    ).scalar()
    return int(found or 0)


def agencies_of_cases(
    connection: Connection, region: str, numbers: list[str]
) -> dict[str, set[str]]:
    """Which agencies are concerned by each of these cases."""
    table = schema.steps
    rows = connection.execute(
        select(table.c.number, table.c.agency)
        .where(table.c.region == region, table.c.number.in_(numbers))
        .distinct()
    )
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(row.number, set()).add(row.agency)
    return found


def number_at(connection: Connection, region: str, position: int) -> str | None:
    """The case that the event at this position of the ledger is about."""
    stream: str | None = connection.execute(
        select(schema.ledger.c.stream).where(
            schema.ledger.c.region == region, schema.ledger.c.position == position
        )
    ).scalar()
    return stream.rpartition("/")[2] if stream else None


_DELIVERY = select(*[schema.deliveries.c[name] for name in DeliveryRow.__slots__])


def untold(connection: Connection, region: str, *, after: int, limit: int) -> list[DeliveryRow]:
    """What nobody could be told by a message: for the clerk's list "to be told in person"."""
    table = schema.deliveries.c
    query = (
        _DELIVERY.where(
            table.region == region,
            schema.is_one_of(table.state, schema.UNTOLD),
            text(schema.TO_PEOPLE_SQL),
            table.position > after,
        )
        .order_by(table.position)
        .limit(limit)
    )
    return [DeliveryRow(*row) for row in connection.execute(query)]


def deliveries(
    connection: Connection, *, number: str | None, states: list[str], limit: int
) -> list[DeliveryRow]:
    """Deliveries in these states, oldest first, of one case or of all."""
    table = schema.deliveries.c
    query = _DELIVERY.where(table.state.in_(states))
    if number is not None:
        query = query.where(table.number == number)
    query = query.order_by(table.region, table.lane, table.position).limit(limit)
    return [DeliveryRow(*row) for row in connection.execute(query)]


def joined(
    connection: Connection, keys: Sequence[tuple[str, str, int]]
) -> dict[tuple[str, str, int], list[str]]:
    """The types of the events that joined each of these deliveries (region, lane, position)."""
    table = schema.joined.c
    found: dict[tuple[str, str, int], list[str]] = {}
    by_region: dict[str, set[str]] = {}
    for region, lane, _ in keys:
        by_region.setdefault(region, set()).add(lane)
    for region, lanes in by_region.items():
        rows = connection.execute(
            select(table.lane, table.position, table.type)
            .where(table.region == region, table.lane.in_(sorted(lanes)))
            .order_by(table.lane, table.event_position)
        )
        for row in rows:
            found.setdefault((region, row.lane, row.position), []).append(row.type)
    return found


def given_up(
    connection: Connection, *, number: str | None, region: str | None, position: int | None
) -> list[DeliveryRow]:
    """Deliveries that were given up: of one case, about one ledger entry, or all; oldest first."""
    table = schema.deliveries.c
    query = _DELIVERY.where(table.state == "given_up")
    if number is not None:
        query = query.where(table.number == number)
    if region is not None:
        query = query.where(table.region == region, table.position == position)
    rows = connection.execute(query.order_by(table.region, table.lane, table.position))
    return [DeliveryRow(*row) for row in rows]


def delivery_counts(connection: Connection, states: list[str] | None = None) -> dict[str, int]:
    """How many deliveries are in each state; naming states that are few keeps it cheap."""
    query = select(schema.deliveries.c.state, func.count()).group_by(schema.deliveries.c.state)
    if states is not None:
        query = query.where(schema.is_one_of(schema.deliveries.c.state, states))
    return {row[0]: row[1] for row in connection.execute(query)}


def queue_length(connection: Connection) -> int:
    """Events that wait for the relay."""
    return int(connection.execute(select(func.count()).select_from(schema.queue)).scalar_one())


def oldest_waiting(connection: Connection, region: str) -> int | None:
    """The event id that the relay takes next, or None."""
    return connection.execute(
        select(func.min(schema.queue.c.id)).where(schema.queue.c.region == region)
    ).scalar()


def open_numbers(connection: Connection, region: str, *, batch: int) -> Iterator[str]:
    """The numbers of all cases that are not over, page by page."""
    table = schema.cases.c
    after = 0
    while True:
        rows = connection.execute(
            select(table.number, table.opened_id)
            .where(
                table.region == region,
                table.opened_id > after,
                or_(*[table.status == s for s in ("submitted", "in_progress", "returned")]),
            )
            .order_by(table.opened_id)
            .limit(batch)
        ).all()
        if not rows:
            return
        yield from (row.number for row in rows)
        after = rows[-1].opened_id


def explainable() -> dict[str, Select[Any]]:
    """Queries by name for the test that reads their plans."""
    return {"one_case": _ONE_CASE}
