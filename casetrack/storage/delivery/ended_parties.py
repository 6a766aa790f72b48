"""Deliveries to somebody who is told nothing any more: what waits is cancelled, and may come back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, case, func, or_, select, update

from casetrack.domain.delivery.receivers import lane
from casetrack.storage import schema
from casetrack.storage.delivery.fanout import Woken, wake_lanes
from casetrack.storage.delivery.sending_again import queue_of, wake_again
from casetrack.storage.people.told_parties import is_told
from casetrack.storage.unit_of_work import UnitOfWork

#: What a cancelled delivery says; nothing of why.
OVER = "the party is told nothing any more"
_OPEN = (*schema.PENDING, *schema.UNTOLD)


def end(uow: UnitOfWork, region: str, number: str, roles: Sequence[str], now: datetime) -> int:
    """Cancel what waits for these roles, or stands as untold; gives how many.

    What a worker has under way is theirs to end: it finds out at its next attempt.
    """
    lanes, deliveries = schema.lanes, schema.deliveries.c
    names = sorted(lane(number, role) for role in roles)
    held = uow.execute(
        select(lanes.c.lane, lanes.c.lease_until)
        .where(lanes.c.region == region, lanes.c.lane.in_(names))
        .order_by(lanes.c.lane)
        .with_for_update()
    ).all()
    leased = [row.lane for row in held if row.lease_until is not None and row.lease_until > now]
    under_way = [
        and_(deliveries.lane == row.lane, deliveries.position == row.position)
        for row in uow.execute(_first(region, leased))
    ]
    query = update(schema.deliveries).where(
        deliveries.region == region,
        deliveries.lane.in_(names),
        deliveries.state.in_(_OPEN),
    )
    if under_way:
        query = query.where(~or_(*under_way))
    return int(uow.execute(query.values(state="cancelled", last_error=OVER, ended_at=now)).rowcount)


def _first(region: str, names: Sequence[str]) -> Select[Any]:
    """Of each lane, the delivery that is the next to be tried."""
    table = schema.deliveries.c
    return (
        select(table.lane, func.min(table.position).label("position"))
        .where(
            table.region == region,
            table.lane.in_(names),
            schema.is_one_of(table.state, schema.PENDING),
        )
        .group_by(table.lane)
    )


def restore(
    uow: UnitOfWork,
    region: str,
    number: str,
    roles: Sequence[str],
    since: datetime,
    now: datetime,
) -> int:
    """What was cancelled so since that moment goes on as it was before; gives how many.

    What was cancelled earlier was for somebody who stood there before.
    """
    deliveries = schema.deliveries.c
    names = [lane(number, role) for role in roles]
    mine = (
        deliveries.region == region,
        deliveries.lane.in_(names),
        deliveries.last_error == OVER,
        deliveries.ended_at >= since,
    )
    rows = uow.execute(
        select(deliveries.lane, deliveries.position, deliveries.channel)
        .where(*mine, deliveries.state == "cancelled")
        .order_by(deliveries.lane, deliveries.position.desc())
    ).all()
    sent = {row.lane: row.position for row in rows if row.channel != "none"}
    queues = {name: queue_of(uow, region, name, position) for name, position in sent.items()}
    wake_lanes(uow, region, {name: Woken(queue, now) for name, queue in sorted(queues.items())})
    back = case((deliveries.channel == "none", "not_possible"), else_="pending")
    ended = case((deliveries.channel == "none", now), else_=None)
    uow.execute(
        update(schema.deliveries)
        .where(*mine, deliveries.state == "cancelled")
        .values(state=back, last_error=None, attempts=0, not_before=None, ended_at=ended)
    )
    if queues:
        wake_again(uow, region, queues, now)
    return len(rows)


def is_over(connection: Connection, region: str, number: str, role: str, now: datetime) -> bool:
    """Whether nobody stands in the role who is still told."""
    return connection.execute(_told(region, number, role, now)).first() is None


def _told(region: str, number: str, role: str, now: datetime) -> Select[tuple[str]]:
    table = schema.parties.c
    return select(table.subject).where(
        table.region == region, table.number == number, table.role == role, is_told(now)
    )
