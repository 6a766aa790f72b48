"""Running clocks that near their limit or have missed it, found by partial index."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from casetrack.domain.events import Event, parse_instant
from casetrack.storage import schema
from casetrack.storage.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class DeadlineRow:
    """A running clock of a case (`step` empty) or a step."""

    region: str
    number: str
    step: str
    agency: str
    near_at: datetime
    due_at: datetime


_COLUMNS = [schema.deadlines.c[name] for name in DeadlineRow.__slots__]


# `NOT flag`, and not `IS FALSE`: the words of the partial indexes, or they are not used.


def near(connection: Connection, now: datetime, limit: int) -> list[DeadlineRow]:
    """Clocks of which a warning is due and not noted."""
    table = schema.deadlines.c
    rows = connection.execute(
        select(*_COLUMNS)
        .where(table.near_at <= now, ~table.near_noted)
        .order_by(table.near_at)
        .limit(limit)
    )
    return [DeadlineRow(*row) for row in rows]


def missed(connection: Connection, now: datetime, limit: int) -> list[DeadlineRow]:
    """Clocks that have run out, not noted yet."""
    table = schema.deadlines.c
    rows = connection.execute(
        select(*_COLUMNS)
        .where(table.due_at < now, ~table.missed_noted)
        .order_by(table.due_at)
        .limit(limit)
    )
    return [DeadlineRow(*row) for row in rows]


def noted(
    connection: Connection, region: str, number: str
) -> frozenset[tuple[str, datetime, bool]]:
    """What the case's companion stream says already: step (empty: the case), due, whether missed."""
    table = schema.events.c
    bodies = connection.execute(
        select(table.body).where(table.region == region, table.stream == f"deadline/{number}")
    ).scalars()
    events = [Event.from_body(body) for body in bodies]
    return frozenset(
        (
            event.data["step"] or "",
            parse_instant(event.data["due_at"]),
            event.type.endswith(".missed"),
        )
        for event in events
    )


def move(uow: UnitOfWork, row: DeadlineRow, now: datetime) -> None:
    """A clock that stands still ends at another time now, unless that has come or is noted."""
    table = schema.deadlines
    uow.execute(
        update(table)
        .where(
            table.c.region == row.region,
            table.c.number == row.number,
            table.c.step == row.step,
            table.c.missed_noted.is_(False),
            table.c.due_at > now,
            table.c.due_at != row.due_at,
        )
        .values(near_at=row.near_at, due_at=row.due_at, near_noted=False)
    )


def note(uow: UnitOfWork, row: DeadlineRow, *, missed: bool) -> bool:
    """Compare and set: False when another clock noted it first, or the clock has moved."""
    table = schema.deadlines
    flag = table.c.missed_noted if missed else table.c.near_noted
    moment = table.c.due_at == row.due_at if missed else table.c.near_at == row.near_at
    changed = uow.execute(
        update(table)
        .where(
            table.c.region == row.region,
            table.c.number == row.number,
            table.c.step == row.step,
            flag.is_(False),
            moment,
        )
        # What is missed needs no warning any more.
        .values(**({"missed_noted": True, "near_noted": True} if missed else {"near_noted": True}))
    ).rowcount
    return bool(changed)
