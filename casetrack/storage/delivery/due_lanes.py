"""Whose turn it is: lanes that are due, queue by queue, and how many attempts at once each may have."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
    true,
    tuple_,
)

from casetrack.domain.delivery.endpoint_health import AT_ONCE, AT_ONCE_SLOW
from casetrack.storage import schema

#: Lanes of one queue that a sweep rings for; who works on one goes on with the others.
TURN = 32
#: Attempts at once where no endpoint bounds them.
MANY = 1_000_000


def due_lanes(connection: Connection, now: datetime, limit: int) -> list[tuple[str, str]]:
    """Lanes that may be tried now, the longest due of each queue by turns.

    A skip scan finds the queues, and a bounded walk the lanes of each: what waits in one queue, or
    in one region, costs the others nothing. A queue whose endpoint rests or is paused is left out; of
    one that is slow come no more than may be tried at once.
    """
    if connection.dialect.name == "postgresql":
        rows = connection.execute(_BY_TURNS, {"now": now, "most": limit})
        return [(row.region, row.lane) for row in rows]
    # SQLite has no LATERAL, and no round trips that it would save.
    turns = []
    for queue in _queues_due(connection, now):
        asked = {"region": queue.region, "queue": queue.queue, "now": now}
        lanes = connection.execute(_TURN, asked).all()[: AT_ONCE_SLOW if queue.slow else TURN]
        turns += [(place, queue.region, row.lane) for place, row in enumerate(lanes)]
    return [(region, name) for _, region, name in sorted(turns, key=lambda t: t[0])[:limit]]


def oldest_due(connection: Connection, now: datetime) -> datetime | None:
    """Since when the lane that has been due longest is due; those of resting endpoints left out."""
    lanes = schema.lanes.c
    first = [
        connection.execute(
            select(func.min(lanes.due_at)).where(
                lanes.region == queue.region, lanes.queue == queue.queue, lanes.due_at.is_not(None)
            )
        ).scalar()
        for queue in _queues_due(connection, now)
    ]
    return min((due for due in first if due is not None), default=None)


def _queues_due(connection: Connection, now: datetime) -> Sequence[Any]:
    return connection.execute(_QUEUES, {"now": now}).all()


def lanes_beside(
    connection: Connection, region: str, name: str, now: datetime
) -> list[tuple[str, datetime]]:
    """Lanes that wait for the same outside as this one and since when they are due, the longest first."""
    rows = connection.execute(_BESIDE, {"region": region, "lane": name, "now": now})
    return [(row.lane, row.due_at) for row in rows if row.lane != name]


def free(lanes: Any, now: Any) -> ColumnElement[bool]:
    return or_(lanes.c.lease_until.is_(None), lanes.c.lease_until < now)


def resting(lanes: Any, now: Any) -> ColumnElement[bool]:
    """Whether the endpoint behind a lane is paused, or rests.

    What was made for one that has ended in the same moment is claimed: so it is found to be for nobody.
    """
    of = schema.subscriptions.c
    return exists().where(
        of.region == lanes.c.region,
        of.id == lanes.c.queue,
        or_(of.state == "paused", of.rests_until > now),
    )


def under_way(lanes: Any, now: Any) -> Any:
    other = schema.lanes.alias("other")
    return (
        select(func.count())
        .where(
            other.c.region == lanes.c.region,
            other.c.queue == lanes.c.queue,
            other.c.lease_until >= now,
        )
        .scalar_subquery()
    )


def bound(lanes: Any) -> Any:
    """How many attempts at once: people's mails as many as there are workers."""
    of = schema.subscriptions.c
    most = case((of.slow, AT_ONCE_SLOW), else_=AT_ONCE)
    endpoint = select(most).where(of.region == lanes.c.region, of.id == lanes.c.queue)
    return func.coalesce(endpoint.scalar_subquery(), MANY)


def _queues() -> Any:
    """The queues that have a lane with something in it: one probe each, by the index."""
    lanes = schema.lanes.c
    first = (
        select(lanes.region, lanes.queue)
        .where(lanes.due_at.is_not(None))
        .order_by(lanes.region, lanes.queue)
        .limit(1)
        .subquery()
    )
    found = select(first.c.region, first.c.queue).cte("queues", recursive=True)

    def following(column: Any) -> Any:
        behind = tuple_(lanes.region, lanes.queue) > tuple_(found.c.region, found.c.queue)
        return (
            select(column)
            .where(lanes.due_at.is_not(None), behind)
            .order_by(lanes.region, lanes.queue)
            .limit(1)
            .scalar_subquery()
        )

    found = found.union_all(
        select(following(lanes.region), following(lanes.queue)).where(found.c.region.is_not(None))
    )
    of = schema.subscriptions.c
    slow = exists().where(of.region == found.c.region, of.id == found.c.queue, of.slow)
    return select(found.c.region, found.c.queue, slow.label("slow")).where(
        found.c.region.is_not(None), ~resting(found, bindparam("now", type_=schema.Instant()))
    )


_NOW = bindparam("now", type_=schema.Instant())


_QUEUES = _queues()


def _turn(region: Any, queue: Any) -> Select[Any]:
    """The lanes of one queue that are longest due, as many as a turn has."""
    lanes = schema.lanes
    return (
        select(lanes.c.lane, lanes.c.due_at)
        .where(
            lanes.c.region == region,
            lanes.c.queue == queue,
            lanes.c.due_at <= _NOW,
            free(lanes, _NOW),
        )
        .order_by(lanes.c.due_at)
        .limit(TURN)
    )


def _by_turns() -> Select[Any]:
    queues = _QUEUES.subquery("waiting")
    turn = _turn(queues.c.region, queues.c.queue).lateral("turn")
    place = func.row_number().over(
        partition_by=(queues.c.region, queues.c.queue), order_by=turn.c.due_at
    )
    found = (
        select(queues.c.region, queues.c.slow, turn.c.lane, turn.c.due_at, place.label("place"))
        .select_from(queues.join(turn, true()))
        .subquery("found")
    )
    return (
        select(found.c.region, found.c.lane)
        .where(or_(~found.c.slow, found.c.place <= AT_ONCE_SLOW))
        .order_by(found.c.place, found.c.due_at)
        .limit(bindparam("most"))
    )


def _beside() -> Select[Any]:
    own = schema.lanes.alias("own").c
    queue = select(own.queue).where(
        own.region == bindparam("region"), own.lane == bindparam("lane")
    )
    return _turn(bindparam("region"), queue.scalar_subquery())


_TURN = _turn(bindparam("region"), bindparam("queue"))


_BESIDE = _beside()


_BY_TURNS = _by_turns()
