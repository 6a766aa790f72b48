"""Deliveries as lists show them: whom nobody could tell, what was given up, how many wait."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select, text, tuple_

from casetrack.domain.delivery import receivers
from casetrack.domain.service.notices import PARTIES
from casetrack.storage import schema


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


def of_case(
    connection: Connection,
    region: str,
    number: str,
    *,
    after: tuple[int, str] | None,
    limit: int,
) -> list[DeliveryRow]:
    """What the parties of a case were told or are to be told, in the order of what happened."""
    table = schema.deliveries.c
    query = _DELIVERY.where(
        table.region == region, table.lane.in_([receivers.lane(number, role) for role in PARTIES])
    )
    if after is not None:
        query = query.where(
            tuple_(table.position, table.role)
            > tuple_(
                *[
                    bindparam(None, value, type_=c.type)
                    for value, c in zip(after, (table.position, table.role), strict=True)
                ]
            )
        )
    rows = connection.execute(query.order_by(table.position, table.role).limit(limit))
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
