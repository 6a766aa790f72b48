"""Deliveries as lists show them: whom nobody could tell, what was given up, how many wait."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    exists,
    func,
    or_,
    select,
    text,
)

from casetrack.domain.delivery import receivers
from casetrack.domain.service.notices import PARTIES
from casetrack.storage import schema
from casetrack.storage.keyset import behind


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


_DELIVERY = select(*[schema.deliveries.c[name] for name in DeliveryRow.__slots__])


def untold_cases(
    connection: Connection, region: str, *, after: int, limit: int
) -> list[tuple[str, int]]:
    """Cases of which somebody is to be told in person, each with the first notice that waits."""
    table, earlier = schema.deliveries, schema.deliveries.alias("earlier")
    is_first = ~exists().where(
        earlier.c.region == table.c.region,
        earlier.c.number == table.c.number,
        or_(
            earlier.c.position < table.c.position,
            and_(earlier.c.position == table.c.position, earlier.c.role < table.c.role),
        ),
        _waits(earlier),
    )
    query = (
        select(table.c.number, table.c.position)
        .where(table.c.region == region, _waits(table), table.c.position > after, is_first)
        .order_by(table.c.position)
        .limit(limit)
    )
    return [(row.number, row.position) for row in connection.execute(query)]


def untold(connection: Connection, region: str, numbers: Sequence[str]) -> list[DeliveryRow]:
    """What nobody could be told of these cases by a message, in the order of what happened."""
    table = schema.deliveries
    query = _DELIVERY.where(
        table.c.region == region, table.c.number.in_(numbers), _waits(table)
    ).order_by(table.c.number, table.c.position, table.c.role)
    return [DeliveryRow(*row) for row in connection.execute(query)]


def _waits(table: Any) -> ColumnElement[bool]:
    """In the words of the partial indexes: it is to be told in person."""
    to_people = text(schema.TO_PEOPLE_SQL.replace("channel", f"{table.name}.channel"))
    return and_(schema.is_one_of(table.c.state, schema.UNTOLD), to_people)


def of_case(
    connection: Connection,
    region: str,
    number: str,
    roles: Collection[str],
    *,
    after: tuple[int, str] | None,
    limit: int,
) -> list[DeliveryRow]:
    """What the parties of a case, and these roles of it, were told or are to be told, in the order of
    what happened."""
    table = schema.deliveries.c
    order = (table.position, table.role)
    lanes = [receivers.lane(number, role) for role in sorted({*PARTIES, *roles})]
    query = _DELIVERY.where(table.region == region, table.lane.in_(lanes))
    if after is not None:
        query = query.where(behind(order, after))
    rows = connection.execute(query.order_by(*order).limit(limit))
    return [DeliveryRow(*row) for row in rows]


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
