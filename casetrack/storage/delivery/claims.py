"""The claims on lanes: the first unfinished delivery of each, held by a lease, ended by its fence.

A lane is worked on by one at a time. Who claims it gets a fence, which goes up with every claim; a
result is taken only from who still has the newest one. Lanes are claimed by the set, with all that
their attempts need.
"""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any

from sqlalchemy import BindParameter, Integer, Select, and_, bindparam, func, literal, select

from casetrack.domain.delivery.receivers import LEASE, Moved, Tried
from casetrack.domain.people import contact
from casetrack.domain.people.contact import CHANNELS
from casetrack.storage import schema
from casetrack.storage.delivery import addressees, due_lanes, subscriptions
from casetrack.storage.delivery.addressees import ReachedRow, ToldCase
from casetrack.storage.delivery.due_lanes import free, room
from casetrack.storage.each_of import each_of
from casetrack.storage.fixed import Fixed
from casetrack.storage.row_sets import Changes, Texts, among
from casetrack.storage.unit_of_work import Database, UnitOfWork

#: A worker's clock may be behind that of the database, by which a lane is due: a ring that came too
#: early by so much would be for nothing.
SKEW = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery held by lease; `fence` must still be the lane's when the result comes.

    What its attempt needs to know is as it was when the claim was made.
    """

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
    #: Of a message to a person: the case, and how each of its parties is reached, by role.
    case: ToldCase | None = None
    parties: Mapping[str, ReachedRow] = field(default_factory=dict)
    #: Of what goes to an endpoint: its subscription, and how many others were at work on its queue.
    subscription: subscriptions.Row | None = None
    beside: int = 0


def claim(
    database: Database, region: str, queue: str, now: datetime, *, most: int, newest: bool = False
) -> list[Claim]:
    """Take the first unfinished deliveries of a queue's lanes for a lease, of `most` lanes at most.

    Those that are due longest come first; with `newest`, those that are due shortest. Fewer are to be
    had where an endpoint is paused, rests, is slow or fails, or has as many attempts under way as it
    may have. Claims made in the same moment do not see each other, so that bound may be passed by as
    many as those; to count exactly would make every claim wait for the commit of the one before.
    """
    asked = {"in_region": region, "of_queue": queue, "now": now, "soon": now + SKEW}
    with database.write() as uow:
        endpoint, at_work = _endpoint(uow, region, queue, now)
        few = room(endpoint, at_work, now, most)
        if not few:
            return []
        locked = uow.ask(_NEWEST if newest else _OLDEST, {**asked, "most": few})
        return take(uow, region, queue, locked, now, endpoint, at_work)


def _endpoint(
    uow: UnitOfWork, region: str, queue: str, now: datetime
) -> tuple[subscriptions.Row | None, int]:
    """The endpoint that a queue is of, and how many work on it; None for any other queue.

    Asked by itself: what locks lanes looks at nothing else, wherever the region's rows lie.
    """
    if queue in CHANNELS:
        return None, 0
    named = {"in_region": region, "named": queue}
    found, counted = uow.ask_all(
        [(subscriptions.ONE, named), due_lanes.at_work(region, queue, now)]
    )
    return next(map(subscriptions.read, found), None), int(counted[0].at_work)


def take(
    uow: UnitOfWork,
    region: str,
    queue: str,
    locked: Sequence[Any],
    now: datetime,
    endpoint: subscriptions.Row | None,
    at_work: int = 0,
) -> list[Claim]:
    """Look into lanes that are locked, and take them: what is seen came before the locks.

    A lane in which nothing is unfinished falls silent.
    """
    if not locked:
        return []
    known = {row.lane: row for row in locked}
    if queue in CHANNELS:
        found = _to_people(uow, region, known, now)
    else:
        firsts = uow.ask(_FIRST, {"in_region": region, "of_lanes": [*known]})
        found = [
            _claim(region, each, known, subscription=endpoint, beside=at_work)
            for each in _in_order(firsts)
        ]
    until = now + LEASE
    taken = [
        {
            "lane": each.lane,
            "fence": each.fence,
            "lease_until": until,
            # From here on nothing joins it: a repeat must say what the first attempt may have said.
            "claimed": max(known[each.lane].claimed or 0, each.position),
        }
        for each in found
    ]
    empty = sorted(known.keys() - {each.lane for each in found})
    if taken:
        uow.put(_TAKE, {"in_region": region, "lanes": taken})
    if empty:
        uow.put(_SILENT, {"in_region": region, "lanes": [_silent(name) for name in empty]})
    return found


def _silent(name: str) -> dict[str, Any]:
    return {"lane": name, "due_at": None}


def _to_people(
    uow: UnitOfWork, region: str, known: Mapping[str, Any], now: datetime
) -> list[Claim]:
    """The first message of each lane and what it needs, in one round trip.

    By the names of the lanes: so the first of a case's parties comes before the others.
    """
    asked = {"in_region": region, "of_lanes": [*known]}
    numbers = map(_number, known)
    firsts, along, *about = uow.ask_all(
        [(_FIRST, asked), (_JOINED, asked), *addressees.asked(region, numbers, now)]
    )
    joined = defaultdict[str, list[str]](list)
    for row in sorted(along, key=attrgetter("event_position")):
        joined[row.lane].append(row.body)
    cases, parties = addressees.read(*about)
    return [
        _claim(
            region,
            first,
            known,
            joined=tuple(joined[first.lane]),
            case=cases.get(first.number),
            parties=parties.get(first.number, {}),
        )
        for first in _in_order(firsts)
    ]


def _in_order(firsts: Sequence[Any]) -> list[Any]:
    return sorted(firsts, key=attrgetter("lane"))


def _number(lane: str) -> str:
    """The case that a lane is of."""
    return lane.rpartition("/")[0]


def _claim(region: str, first: Any, known: Mapping[str, Any], **more: Any) -> Claim:
    values = first._asdict()
    held = known[first.lane]
    then, tried = values.pop("next_channels"), values.pop("tried")
    return Claim(
        region=region,
        **values,
        fence=held.fence + 1,
        fresh=first.position > (held.claimed or 0),
        then=contact.read(then),
        tried=read_tried(tried),
        **more,
    )


def read_tried(column: str | None) -> tuple[Tried, ...]:
    """The channels that failed, as the column holds them; a newer release may say more of each."""
    if not column:
        return ()
    return tuple(
        Tried(*[entry[part.name] for part in fields(Tried)]) for entry in json.loads(column)
    )


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
    return first_due_or(literal(now, schema.Instant()))


def first_due_or(otherwise: Any) -> Any:
    """The same, with the time of one that waits for none."""
    table, lanes = schema.deliveries.c, schema.lanes
    return (
        select(func.coalesce(table.not_before, otherwise))
        .where(
            table.region == lanes.c.region,
            table.lane == lanes.c.lane,
            schema.is_one_of(table.state, schema.PENDING),
        )
        .order_by(table.position)
        .limit(1)
        .correlate(lanes)
        .scalar_subquery()
    )


# --- the statements, made once --------------------------------------------------------------------

_REGION: BindParameter[str] = bindparam("in_region")
_QUEUE: BindParameter[str] = bindparam("of_queue")
_LANES = bindparam("of_lanes", type_=Texts())
_NOW = bindparam("now", type_=schema.Instant())
_SOON = bindparam("soon", type_=schema.Instant())
_MOST = bindparam("most", type_=Integer())
#: What a claim takes of a delivery.
_OF_FIRST = (
    *("lane", "position", "number", "role", "channel", "type", "stream", "version", "attempts"),
    *("next_channels", "tried"),
)


def _to_be_had(*, newest: bool) -> Fixed:
    """Lanes of a queue that are due and free, locked. What is in them is looked for afterwards."""
    lanes = schema.lanes
    return Fixed(
        select(lanes.c.lane, lanes.c.fence, lanes.c.claimed)
        .where(
            lanes.c.region == _REGION,
            lanes.c.queue == _QUEUE,
            lanes.c.due_at <= _SOON,
            free(lanes, _NOW),
        )
        .order_by(lanes.c.due_at.desc() if newest else lanes.c.due_at)
        .limit(_MOST)
        .with_for_update(skip_locked=True, of=lanes)
    )


def _position_of_first() -> Any:
    """The position of the first unfinished delivery of a lane."""
    lanes, waiting = schema.lanes, schema.deliveries.alias("waiting")
    return (
        select(func.min(waiting.c.position))
        .where(
            waiting.c.region == _REGION,
            waiting.c.lane == lanes.c.lane,
            schema.is_one_of(waiting.c.state, schema.PENDING),
        )
        .correlate(lanes)
        .scalar_subquery()
    )


def _of_lanes(query: Select[Any], table: Any) -> Select[Any]:
    """What a table holds of the first unfinished delivery of each of these lanes."""
    lanes, first = schema.lanes, _position_of_first()
    same = and_(
        table.c.region == lanes.c.region,
        table.c.lane == lanes.c.lane,
        table.c.position == first,
    )
    source = lanes.join(table, same).join(schema.events, schema.its_event(table))
    return query.select_from(source).where(
        lanes.c.region == _REGION, table.c.region == _REGION, among(lanes.c.lane, _LANES)
    )


def _event_of(found: Any) -> Select[Any]:
    """The event that a row found before names."""
    events = schema.events.c
    return select(events.body).where(
        events.region == _REGION, events.stream == found.stream, events.version == found.version
    )


def _first() -> Fixed:
    """The first unfinished delivery of each of these lanes, with its event."""
    deliveries = schema.deliveries
    taken = [deliveries.c[name] for name in _OF_FIRST]
    return each_of(
        select(*taken).where(
            deliveries.c.region == _REGION,
            schema.is_one_of(deliveries.c.state, schema.PENDING),
        ),
        deliveries.c.lane,
        "of_lanes",
        first=deliveries.c.position,
        then=[lambda first: _event_of(first.c)],
        sqlite=_of_lanes(select(*taken, schema.events.c.body), deliveries),
    )


def _joined() -> Fixed:
    """The events that joined it, in no order."""
    deliveries, joined = schema.deliveries.c, schema.joined
    wanted = (joined.c.event_position, joined.c.stream, joined.c.version)

    def along(first: Any) -> Select[Any]:
        return select(*wanted).where(
            joined.c.region == _REGION,
            joined.c.lane == first.c.lane,
            joined.c.position == first.c.position,
        )

    return each_of(
        select(deliveries.lane, deliveries.position).where(
            deliveries.region == _REGION, schema.is_one_of(deliveries.state, schema.PENDING)
        ),
        deliveries.lane,
        "of_lanes",
        first=deliveries.position,
        then=[along, lambda _, along: _event_of(along.c)],
        sqlite=_of_lanes(
            select(joined.c.lane, joined.c.event_position, schema.events.c.body), joined
        ),
    )


_OLDEST, _NEWEST = _to_be_had(newest=False), _to_be_had(newest=True)
_FIRST, _JOINED = _first(), _joined()
_TAKE = Changes(schema.lanes, "fence", "lease_until", "claimed")
_SILENT = Changes(schema.lanes, "due_at")
