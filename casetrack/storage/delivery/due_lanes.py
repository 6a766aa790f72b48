"""Whose turn it is: queues that have lanes that are due, and how many of them may be taken at once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.types import Integer

from casetrack.domain.delivery.endpoint_health import AT_ONCE, AT_ONCE_SLOW
from casetrack.storage import schema
from casetrack.storage.fixed import Fixed, ask, ask_all


def due_queues(connection: Connection, now: datetime, limit: int) -> list[tuple[str, str]]:
    """Queues of which a lane may be tried now, region and name, the longest due first.

    A skip scan finds them, and one probe whether something in it is free: what waits in one queue, or
    in one region, costs the others nothing. A queue whose endpoint rests or is paused is left out.
    """
    due = [row for row in _queues(connection, now) if row.free_since is not None]
    due.sort(key=lambda row: row.since)
    return [(row.region, row.queue) for row in due[:limit]]


def oldest_due(connection: Connection, now: datetime) -> datetime | None:
    """Since when the lane that has been due longest is due; those of resting endpoints left out."""
    return min((row.since for row in _queues(connection, now)), default=None)


def _queues(connection: Connection, now: datetime) -> Sequence[Any]:
    """The queues that have a lane with something in it, region by region."""
    regions = [row.region for row in ask(connection, _REGIONS, {})]
    asked = [(_QUEUES, {"in_region": region, "now": now}) for region in regions]
    found = ask_all(connection, asked) if asked else []
    return [row for rows in found for row in rows]


def free(lanes: Any, now: Any) -> ColumnElement[bool]:
    """Whether nobody holds a lane."""
    return or_(lanes.c.lease_until.is_(None), lanes.c.lease_until < now)


def room(region: Any, queue: Any, now: Any, most: Any) -> ColumnElement[int]:
    """How many lanes of a queue may be taken at once: people's mails as many as are asked for.

    An endpoint gets none while it is paused, rests, or has as many attempts under way as it may have,
    and one alone while it is slow or fails. What was made for one that has ended in the same moment is
    taken: so it is found to be for nobody.
    """
    of = schema.subscriptions.c
    asleep = or_(of.state == _word("paused"), of.rests_until > now)
    at_once = case((of.slow, _number(AT_ONCE_SLOW)), else_=_number(AT_ONCE))
    full = _under_way(region, queue, now) >= at_once
    doubtful = or_(of.slow, of.failures > _number(0))
    wanted = cast(most, Integer)
    endpoint = select(
        case((or_(asleep, full), _number(0)), (doubtful, _number(1)), else_=wanted)
    ).where(of.region == region, of.id == queue)
    return func.coalesce(endpoint.scalar_subquery(), wanted)


def _under_way(region: Any, queue: Any, now: Any) -> Any:
    """How many work on lanes of a queue: a set has one lease, and is worked on by one."""
    lanes = schema.lanes.alias("under_way")
    return (
        select(func.count(lanes.c.lease_until.distinct()))
        .where(lanes.c.region == region, lanes.c.queue == queue, lanes.c.lease_until >= now)
        .scalar_subquery()
    )


def _number(number: int) -> Any:
    return literal_column(str(number), Integer())


def _word(word: str) -> Any:
    return literal_column(f"'{word}'", schema.subscriptions.c.state.type)


# --- the statements, made once --------------------------------------------------------------------

_REGION: BindParameter[str] = bindparam("in_region")
_NOW = bindparam("now", type_=schema.Instant())


def _regions() -> Fixed:
    """Regions in which a lane has something: one probe each."""
    heads, lanes = schema.ledger_heads.c, schema.lanes.c
    # Not EXISTS: that may be carried out as a join with all lanes.
    first = (
        select(lanes.due_at)
        .where(lanes.region == heads.region, lanes.due_at.is_not(None))
        .order_by(lanes.queue, lanes.due_at)
        .limit(_number(1))
        .scalar_subquery()
    )
    return Fixed(select(heads.region).where(first.is_not(None)))


def _skipping() -> Any:
    """The queues of a region that have a lane with something in it: one probe each, by the index."""
    lanes = schema.lanes.c
    something = (lanes.region == _REGION, lanes.due_at.is_not(None))
    first = select(lanes.queue).where(*something).order_by(lanes.queue).limit(_number(1)).subquery()
    found = select(first.c.queue).cte("queues", recursive=True)
    following = (
        select(lanes.queue)
        .where(*something, lanes.queue > found.c.queue)
        .order_by(lanes.queue)
        .limit(_number(1))
        .scalar_subquery()
    )
    return found.union_all(select(following).where(found.c.queue.is_not(None)))


def _due_queues() -> Fixed:
    found = _skipping()
    lanes, of = schema.lanes, schema.subscriptions.c
    its = (lanes.c.region == _REGION, lanes.c.queue == found.c.queue)
    since = select(func.min(lanes.c.due_at)).where(*its, lanes.c.due_at.is_not(None))
    free_since = (
        select(lanes.c.due_at)
        .where(*its, lanes.c.due_at <= _NOW, free(lanes, _NOW))
        .order_by(lanes.c.due_at)
        .limit(_number(1))
    )
    asleep = exists().where(
        of.region == _REGION,
        of.id == found.c.queue,
        or_(of.state == _word("paused"), of.rests_until > _NOW),
    )
    return Fixed(
        select(
            _REGION.label("region"),
            found.c.queue,
            since.scalar_subquery().label("since"),
            free_since.scalar_subquery().label("free_since"),
        ).where(found.c.queue.is_not(None), ~asleep)
    )


_REGIONS, _QUEUES = _regions(), _due_queues()
