"""Deliveries as lists show them: whom nobody could tell, what was given up, how many wait."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    Integer,
    Select,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
)

from casetrack.domain.delivery import receivers
from casetrack.domain.service.notices import PARTIES
from casetrack.storage import schema
from casetrack.storage.each_of import each_of
from casetrack.storage.fixed import Call, Fixed, ask
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


def _first_notices() -> Select[Any]:
    table, earlier = schema.deliveries, schema.deliveries.alias("earlier")
    its, cases = table.c, schema.cases.c
    is_first = ~exists().where(
        earlier.c.region == its.region,
        earlier.c.number == its.number,
        or_(
            earlier.c.position < its.position,
            and_(earlier.c.position == its.position, earlier.c.role < its.role),
        ),
        schema.in_person(earlier),
    )
    same = and_(cases.region == its.region, cases.number == its.number)
    return (
        select(its.number, its.position, cases.service, cases.service_version)
        .outerjoin(schema.cases, same)
        .where(
            its.region == bindparam("region"),
            schema.in_person(table),
            its.position > bindparam("after", type_=BigInteger),
            is_first,
        )
        .order_by(its.position)
        .limit(bindparam("most", type_=Integer))
    )


_UNTOLD_CASES = Fixed(_first_notices())


@dataclass(frozen=True, slots=True)
class UntoldCase:
    """A case of which somebody is to be told in person, with the first notice that waits; the version of
    its service, None where it is no case of ours."""

    number: str
    position: int
    service: str | None
    version: int | None


def untold_cases(
    connection: Connection, region: str, *, after: int, limit: int
) -> list[UntoldCase]:
    """Those of a region behind a position, the longest waiting first."""
    values = {"region": region, "after": after, "most": limit}
    return [UntoldCase(*row) for row in ask(connection, _UNTOLD_CASES, values)]


_UNTOLD = each_of(
    _DELIVERY.where(
        schema.deliveries.c.region == bindparam("in_region"), schema.in_person(schema.deliveries)
    ),
    schema.deliveries.c.number,
    "numbers",
)


def untold_of(region: str, numbers: Sequence[str]) -> Call:
    """Asks for what nobody could be told of these cases by a message."""
    return _UNTOLD, {"in_region": region, "numbers": numbers}


def read_untold(rows: Sequence[Any]) -> list[DeliveryRow]:
    """What was asked for, case by case in the order of what happened."""
    return [DeliveryRow(*row) for row in sorted(rows, key=attrgetter("number", "position", "role"))]


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
