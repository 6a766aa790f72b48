"""Running clocks that near their limit or have missed it, found by partial index."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Integer, bindparam, select, update

from casetrack.domain.events import Event, parse_instant
from casetrack.storage import schema
from casetrack.storage.fixed import Fixed, ask_all
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


def _first(*conditions: ColumnElement[bool], by: ColumnElement[datetime]) -> Fixed:
    here = _D.region == bindparam("region")
    limit = bindparam("limit", type_=Integer)
    return Fixed(select(*_COLUMNS).where(here, *conditions).order_by(by).limit(limit))


_D, _NOW = schema.deadlines.c, bindparam("now", type_=schema.Instant)
_NEAR = _first(_D.near_at <= _NOW, ~_D.near_noted, by=_D.near_at)
_MISSED = _first(_D.due_at < _NOW, ~_D.missed_noted, by=_D.due_at)


def near_and_missed(
    connection: Connection, region: str, now: datetime, limit: int
) -> tuple[list[DeadlineRow], list[DeadlineRow]]:
    """Clocks of a region of which a warning is due, and those that have run out; not noted yet."""
    values = {"region": region, "now": now, "limit": limit}
    near, missed = ask_all(connection, [(_NEAR, values), (_MISSED, values)])
    return [DeadlineRow(*row) for row in near], [DeadlineRow(*row) for row in missed]


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
