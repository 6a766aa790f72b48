"""The claims on lanes: the first unfinished delivery of each, held by a lease, ended by its fence.

A lane is worked on by one at a time. Who claims it gets a fence, which goes up with every claim; a
result is taken only from who still has the newest one.
"""

import json
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BindParameter,
    Select,
    String,
    and_,
    bindparam,
    case,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
    update,
)

from casetrack.domain.delivery.receivers import LEASE, Moved, Receiver, Tried
from casetrack.domain.people import contact
from casetrack.domain.people.contact import CHANNELS
from casetrack.storage import schema
from casetrack.storage.delivery.due_lanes import bound, free, resting, under_way
from casetrack.storage.unit_of_work import Both, Database, UnitOfWork

#: A worker's clock may be behind that of the database, by which a lane is due: a ring that came too
#: early by so much would be for nothing.
SKEW = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery held by lease; `fence` must still be the lane's when the result comes."""

    region: str
    lane: str
    fence: int
    position: int
    number: str
    role: str
    channel: str
    type: str
    stream: str
    version: int
    attempts: int
    body: str
    #: The channels that come next if this one fails for good, and those that failed already.
    then: tuple[str, ...] = ()
    tried: tuple[Tried, ...] = ()
    #: The events that joined, oldest first; all of them are newer than its own.
    joined: tuple[str, ...] = ()
    #: Whether nobody ever claimed it before.
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Freed:
    """A lane that was given back, and when its next delivery may be tried; None is never."""

    due_at: datetime | None


def claim(database: Database, region: str, name: str, now: datetime) -> Claim | None:
    """Take the first unfinished delivery of a lane for a lease; None if it is not to be had.

    Not to be had is also what would be one too many at once for its queue. Claims made in the same
    moment do not see each other, so the bound may be passed by as many as those; to count exactly
    would make every claim of an endpoint wait for the commit of the one before.
    """
    asked = {
        "in_region": region,
        "of_lane": name,
        "now": now,
        "soon": now + SKEW,
        "until": now + LEASE,
    }
    if database.dialect == "postgresql":
        with database.at_once() as uow:
            row = uow.execute(_AT_ONCE, asked).first()
            if row is None:
                return None
            if row.fence is not None:
                return _claim(uow, region, name, **row._mapping)
        # Empty, or another had it in the moment between the look and the lock: with the lock first,
        # what is seen is so.
    with database.write() as uow:
        return _in_turn(uow, region, name, asked)


def _in_turn(uow: UnitOfWork, region: str, name: str, asked: dict[str, Any]) -> Claim | None:
    """Lock the lane, then look: two statements, of which the second sees all that came before."""
    held = uow.execute(_HELD, asked).first()
    if held is None:
        return None
    first = uow.execute(_FIRST, asked).first()
    mine = update(schema.lanes).where(*_at(schema.lanes, region, name))
    if first is None:
        uow.execute(mine.values(due_at=None))
        return None
    fence = held.fence + 1
    # From here on nothing joins it: a repeat must say what the first attempt may have said.
    claimed = max(held.claimed or 0, first.position)
    uow.execute(mine.values(lease_until=asked["until"], fence=fence, claimed=claimed))
    fresh = first.position > (held.claimed or 0)
    return _claim(uow, region, name, **first._mapping, fence=fence, fresh=fresh)


def _claim(
    uow: UnitOfWork,
    region: str,
    name: str,
    *,
    next_channels: str | None,
    tried: str | None,
    **values: Any,
) -> Claim:
    # What joined was committed before the claim, or waits for the next: the lane was locked for both.
    several = values["channel"] in CHANNELS
    joined = _joined(uow, region, name, values["position"]) if several else ()
    return Claim(
        region=region,
        lane=name,
        **values,
        then=contact.read(next_channels),
        tried=read_tried(tried),
        joined=joined,
    )


def _joined(uow: UnitOfWork, region: str, name: str, position: int) -> tuple[str, ...]:
    """The bodies of the events that joined a delivery, oldest first."""
    at = {"in_region": region, "of_lane": name, "at_position": position}
    return tuple(uow.execute(_JOINED, at).scalars())


def read_tried(column: str | None) -> tuple[Tried, ...]:
    """The channels that failed, as the column holds them; a newer release may say more of each."""
    entries = json.loads(column or "[]")
    return tuple(Tried(*[entry[part.name] for part in fields(Tried)]) for entry in entries)


def finish(
    uow: UnitOfWork,
    held: Claim,
    state: str,
    now: datetime,
    *,
    attempts: int,
    error: str | None = None,
    not_before: datetime | None = None,
    moved: Moved | None = None,
    template: str | None = None,
) -> Freed | None:
    """Write down how the attempt ended and free the lane. None when the lease was lost.

    `moved` says by which channel it goes on. Written once: asked again because the answer to the commit
    was lost, it changes nothing.
    """
    at = {"in_region": held.region, "of_lane": held.lane}
    lane = uow.execute(_LOCK, at).first()
    if lane is None or lane.fence != held.fence:
        return None
    if lane.lease_until is None:
        return Freed(lane.due_at)
    written = {
        **at,
        "at_position": held.position,
        "to_state": state,
        "made": attempts,
        "said": error[:200] if error else None,
        "wait_until": not_before,
        "over_at": None if state == "pending" else now,
        "now": now,
        "by_template": template,
    }
    if moved is None:
        return Freed(uow.run_for(_FINISH, written))
    queue = Receiver(held.role, moved.channel).queue
    on = {f"next_{name}": value for name, value in moved_values(moved).items()}
    return Freed(uow.run_for(_MOVE_ON, {**written, **on, "next_queue": queue}))


def postpone(uow: UnitOfWork, held: Claim, until: datetime | None) -> None:
    """Put back what was claimed and not tried, for a later time or, with None, as it was.

    Nothing happens when the lease was lost.
    """
    lanes, deliveries = schema.lanes, schema.deliveries
    # Nobody has been told anything: later events may join it again.
    claimed = {"claimed": held.position - 1} if held.fresh else {}
    mine = (*_at(lanes, held.region, held.lane), lanes.c.fence == held.fence)
    freed = update(lanes).where(*mine).values(lease_until=None, **claimed)
    if uow.execute(freed).rowcount and until is not None:
        uow.execute(
            update(deliveries)
            .where(*_at(deliveries, held.region, held.lane), deliveries.c.position == held.position)
            .values(not_before=until)
        )
        # An older one may have come back meanwhile; it does not wait with this one.
        uow.execute(update(lanes).where(*mine).values(due_at=first_due(until)))


def moved_values(moved: Moved | None) -> dict[str, Any]:
    """The columns of a delivery that goes on by another channel."""
    if moved is None:
        return {}
    return {
        "channel": moved.channel,
        "next_channels": contact.written(moved.then),
        "tried": json.dumps([asdict(entry) for entry in moved.tried]),
    }


def first_due(now: datetime) -> Any:
    """In an UPDATE of lanes: when the first unfinished delivery may be tried, or null."""
    table, lanes = schema.deliveries.c, schema.lanes
    return (
        select(func.coalesce(table.not_before, literal(now, schema.Instant())))
        .where(*_pending(lanes.c.region, lanes.c.lane))
        .order_by(table.position)
        .limit(1)
        .correlate(lanes)
        .scalar_subquery()
    )


def _at(table: Any, region: Any, name: Any) -> tuple[Any, ...]:
    return (table.c.region == region, table.c.lane == name)


def _pending(region: Any, name: Any) -> tuple[Any, ...]:
    table = schema.deliveries
    return (*_at(table, region, name), schema.is_one_of(table.c.state, schema.PENDING))


# --- the statements, made once: to make them costs more than to run them ---------------------------

# Not named as columns are: an UPDATE would write them.
_REGION: BindParameter[str] = bindparam("in_region")
_LANE: BindParameter[str] = bindparam("of_lane")
_NOW = bindparam("now", type_=schema.Instant())
_SOON = bindparam("soon", type_=schema.Instant())
_UNTIL = bindparam("until", type_=schema.Instant())
_POSITION: BindParameter[int] = bindparam("at_position")
_STATE: BindParameter[str] = bindparam("to_state", type_=String())
_WAIT = bindparam("wait_until", type_=schema.Instant())


#: What a claim takes of a delivery.
_OF_FIRST = (
    *("position", "number", "role", "channel", "type", "stream", "version", "attempts"),
    *("next_channels", "tried"),
)


def _held() -> Select[Any]:
    """The lane, locked, if it is due, free, awake, and not one too many."""
    lanes = schema.lanes
    return (
        select(lanes.c.fence, lanes.c.lease_until, lanes.c.claimed)
        .where(
            *_at(lanes, _REGION, _LANE),
            lanes.c.due_at <= _SOON,
            free(lanes, _NOW),
            ~resting(lanes, _NOW),
            under_way(lanes, _NOW) < bound(lanes),
        )
        .with_for_update(skip_locked=True, of=lanes)
    )


def _first() -> Select[Any]:
    """Its first unfinished delivery."""
    deliveries, events = schema.deliveries, schema.events
    return (
        select(*[deliveries.c[name] for name in _OF_FIRST], events.c.body)
        .join(
            events,
            schema.its_event(deliveries),
        )
        .where(*_pending(_REGION, _LANE))
        .order_by(deliveries.c.position)
        .limit(1)
    )


def _at_once() -> Select[Any]:
    """Lock, look and take in one statement.

    Its parts see one moment, which is older than the lock: what the lane held then may have been
    delivered since. So it is taken only if nobody had it in between, which the fence tells, or the
    lease that ran out and was ended all the same.
    """
    lanes = schema.lanes
    held, first = _HELD.cte("held"), _FIRST.cte("first")
    seen = select(lanes).where(*_at(lanes, _REGION, _LANE)).cte("seen")
    same = and_(
        held.c.fence == seen.c.fence,
        held.c.lease_until.is_not_distinct_from(seen.c.lease_until),
    )
    before = func.coalesce(held.c.claimed, literal_column("0"))
    ours = (
        select(
            seen.c.region,
            seen.c.lane,
            (held.c.fence + 1).label("fence"),
            func.greatest(before, first.c.position).label("claimed"),
        )
        .select_from(held.join(seen, same).join(first, true()))
        .cte("ours")
    )
    taken = (
        update(lanes)
        .where(*_at(lanes, ours.c.region, ours.c.lane))
        .values(lease_until=_UNTIL, fence=ours.c.fence, claimed=ours.c.claimed)
        .returning(lanes.c.fence)
        .cte("taken")
    )
    fresh = (first.c.position > before).label("fresh")
    return select(*first.c, fresh, taken.c.fence).select_from(
        held.outerjoin(first, true()).outerjoin(taken, true())
    )


def _due_behind() -> Any:
    """When the first unfinished delivery may be tried, once this one is as it will be."""
    table = schema.deliveries.c
    mine = table.position == _POSITION
    at = case((mine, _WAIT), else_=table.not_before)
    return (
        select(func.coalesce(at, _NOW))
        .where(*_pending(_REGION, _LANE), or_(~mine, literal_column("'pending'") == _STATE))
        .order_by(table.position)
        .limit(1)
        .scalar_subquery()
    )


def _finish(*, moves: bool) -> Both:
    """The lane is free, and the delivery is as the attempt left it."""
    lanes, deliveries = schema.lanes, schema.deliveries
    queue: dict[str, Any] = {"queue": bindparam("next_queue")} if moves else {}
    columns = ("channel", "next_channels", "tried") if moves else ()
    return Both(
        update(lanes)
        .where(*_at(lanes, _REGION, _LANE))
        .values(lease_until=None, due_at=_due_behind(), **queue)
        .returning(lanes.c.due_at),
        update(deliveries)
        .where(*_at(deliveries, _REGION, _LANE), deliveries.c.position == _POSITION)
        .values(
            state=_STATE,
            attempts=bindparam("made"),
            last_error=bindparam("said"),
            not_before=_WAIT,
            ended_at=bindparam("over_at"),
            template=func.coalesce(bindparam("by_template", type_=String()), deliveries.c.template),
            **{name: bindparam(f"next_{name}") for name in columns},
        ),
    )


def _joined_bodies() -> Select[Any]:
    joined, events = schema.joined, schema.events
    return (
        select(events.c.body)
        .join(
            joined,
            schema.its_event(joined),
        )
        .where(*_at(joined, _REGION, _LANE), joined.c.position == _POSITION)
        .order_by(joined.c.event_position)
    )


_HELD, _FIRST = _held(), _first()
_AT_ONCE = _at_once()
_JOINED = _joined_bodies()
_LOCK = (
    select(schema.lanes.c.fence, schema.lanes.c.lease_until, schema.lanes.c.due_at)
    .where(*_at(schema.lanes, _REGION, _LANE))
    .with_for_update()
)
_FINISH, _MOVE_ON = _finish(moves=False), _finish(moves=True)
