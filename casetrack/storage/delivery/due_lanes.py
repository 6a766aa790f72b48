"""Whose turn it is: queues that have lanes that are due, and how many of them may be taken at once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    bindparam,
    exists,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.types import Integer

from casetrack.domain.delivery.endpoint_health import AT_ONCE, AT_ONCE_SLOW
from casetrack.storage import schema
from casetrack.storage.delivery.subscriptions import Row
from casetrack.storage.fixed import Call, Fixed, ask, ask_all


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


def left_waiting(
    connection: Connection, region: str, after: datetime, until: datetime, most: int
) -> int:
    """How many free lanes of a region became due between these moments; of a queue `most` are counted.

    Those of an endpoint that rests, is paused, slow or fails are left out: they wait for it.
    """
    asked = {"in_region": region, "after": after, "now": until, "most": most}
    return sum(row.waiting for row in ask(connection, _LEFT_WAITING, asked))


def _queues(connection: Connection, now: datetime) -> Sequence[Any]:
    """The queues that have a lane with something in it, region by region."""
    regions = [row.region for row in ask(connection, _REGIONS, {})]
    asked = [(_QUEUES, {"in_region": region, "now": now}) for region in regions]
    found = ask_all(connection, asked) if asked else []
    return [row for rows in found for row in rows]


def free(lanes: Any, now: Any) -> ColumnElement[bool]:
    """Whether nobody holds a lane."""
    return or_(lanes.c.lease_until.is_(None), lanes.c.lease_until < now)


def room(endpoint: Row | None, at_work: int, now: datetime, most: int) -> int:
    """How many lanes of a queue may be taken at once: people's mails as many as are asked for.

    An endpoint gets none while it is paused, rests, or as many work on it (`at_work`) as may, and one
    alone while it is slow or fails. What was made for one that has ended in the same moment is taken:
    so it is found to be for nobody.
    """
    if endpoint is None:
        return most
    rests = endpoint.rests_until is not None and endpoint.rests_until > now
    full = at_work >= (AT_ONCE_SLOW if endpoint.slow else AT_ONCE)
    if rests or full or endpoint.state == "paused":
        return 0
    return 1 if endpoint.slow or endpoint.failures else most


def at_work(region: str, queue: str, now: datetime) -> Call:
    """Asks how many work on lanes of a queue: a set has one lease, and is worked on by one."""
    return _AT_WORK, {"in_region": region, "of_queue": queue, "now": now}


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


def _left_waiting() -> Fixed:
    found = _skipping()
    lanes, of = schema.lanes, schema.subscriptions.c
    some = (
        select(lanes.c.due_at)
        .where(
            lanes.c.region == _REGION,
            lanes.c.queue == found.c.queue,
            lanes.c.due_at > bindparam("after", type_=schema.Instant()),
            lanes.c.due_at <= _NOW,
            free(lanes, _NOW),
        )
        .correlate(found)
        .limit(bindparam("most", type_=Integer()))
        .subquery()
    )
    unwell = exists().where(
        of.region == _REGION,
        of.id == found.c.queue,
        or_(of.state == _word("paused"), of.slow, of.failures > 0, of.rests_until > _NOW),
    )
    counted = select(func.count()).select_from(some).correlate(found).scalar_subquery()
    return Fixed(
        select(found.c.queue, counted.label("waiting")).where(found.c.queue.is_not(None), ~unwell)
    )


def _at_work() -> Fixed:
    lanes = schema.lanes.c
    return Fixed(
        select(func.count(lanes.lease_until.distinct()).label("at_work")).where(
            lanes.region == _REGION,
            lanes.queue == bindparam("of_queue"),
            lanes.lease_until >= _NOW,
        )
    )


_REGIONS, _QUEUES, _AT_WORK = _regions(), _due_queues(), _at_work()
_LEFT_WAITING = _left_waiting()
