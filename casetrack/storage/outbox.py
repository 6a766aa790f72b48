"""From the queue of the unsequenced to the ledger and the lanes, and the claims on the lanes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    and_,
    delete,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from casetrack.domain.delivery import LEASE, Receiver, Told
from casetrack.domain.events import GENESIS, Event
from casetrack.domain.ledger import ledger_hash
from casetrack.storage import schema
from casetrack.storage.bulk import insert_many
from casetrack.storage.fanout import fan_out, wake_lanes
from casetrack.storage.turns import bound, free, resting, under_way
from casetrack.storage.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Sequenced:
    """What one batch of the relay did."""

    events: int
    lanes: tuple[tuple[str, str], ...]
    #: The traces of its events, where they were asked for.
    traces: tuple[str, ...] = ()


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


def regions_waiting(connection: Connection) -> list[str]:
    """Regions that have events to be sequenced."""
    # One index probe a region: a skip scan, not a look at the whole queue.
    queued = select(schema.queue.c.id).where(schema.queue.c.region == schema.regions.c.region)
    rows = connection.execute(select(schema.regions.c.region).where(queued.exists()))
    return list(rows.scalars())


def sequence(
    uow: UnitOfWork, region: str, limit: int, told: Told, *, traced: bool = False
) -> Sequenced | None:
    """One batch: ledger rows, deliveries and their lanes. None when another relay has the region."""
    head = _lock_head(uow, region)
    if head is None:
        return None
    rows = uow.execute(
        select(
            schema.queue.c.id,
            schema.queue.c.stream,
            schema.queue.c.version,
            schema.events.c.hash,
            schema.events.c.type,
            schema.events.c.recorded_at,
        )
        .join(
            schema.events,
            and_(
                schema.events.c.region == schema.queue.c.region,
                schema.events.c.stream == schema.queue.c.stream,
                schema.events.c.version == schema.queue.c.version,
            ),
        )
        .where(schema.queue.c.region == region)
        .order_by(schema.queue.c.id)
        .limit(limit)
    ).all()
    if not rows:
        return Sequenced(0, ())
    position, previous = head
    entries = []
    for row in rows:
        position += 1
        digest = ledger_hash(previous, position, row.hash)
        entries.append(
            {
                "region": region,
                "position": position,
                "id": row.id,
                "stream": row.stream,
                "version": row.version,
                "prev_hash": previous,
                "hash": digest,
            }
        )
        previous = digest
    insert_many(uow, schema.ledger, entries)
    lanes = fan_out(uow, region, rows, entries, told)
    uow.execute(
        delete(schema.queue).where(
            schema.queue.c.region == region, schema.queue.c.id.in_([row.id for row in rows])
        )
    )
    uow.execute(
        update(schema.ledger_heads)
        .where(schema.ledger_heads.c.region == region)
        .values(position=position, hash=previous)
    )
    rung = tuple((region, name) for name in lanes)
    return Sequenced(len(rows), rung, _traces(uow, region, rows) if traced else ())


def _traces(uow: UnitOfWork, region: str, rows: Sequence[Any]) -> tuple[str, ...]:
    """The traces of a batch's events, each once."""
    table = schema.events.c
    bodies = uow.execute(
        select(table.body).where(table.region == region, table.id.in_([row.id for row in rows]))
    ).scalars()
    found = (Event.from_body(body).traceparent for body in bodies)
    return tuple(dict.fromkeys(one for one in found if one is not None))


def _lock_head(uow: UnitOfWork, region: str) -> tuple[int, str] | None:
    make = postgresql.insert if uow.dialect == "postgresql" else sqlite.insert
    query = select(schema.ledger_heads.c.position, schema.ledger_heads.c.hash).where(
        schema.ledger_heads.c.region == region
    )
    row = uow.execute(query.with_for_update(skip_locked=True)).first()
    if row is None:
        # No head yet, or another relay holds it: only the first case makes one.
        made = uow.execute(
            make(schema.ledger_heads)
            .values(region=region, position=0, hash=GENESIS)
            .on_conflict_do_nothing()
            # An INSERT's rowcount is not told by every driver; a row that comes back is.
            .returning(schema.ledger_heads.c.position)
        ).first()
        return (0, GENESIS) if made else None
    return row.position, row.hash


def claim(uow: UnitOfWork, region: str, name: str, now: datetime) -> Claim | None:
    """Take the first unfinished delivery of a lane for a lease; None if it is not to be had.

    Not to be had is also what would be one too many at once for its queue. Claims made in the same
    moment do not see each other, so the bound may be passed by as many as those; to count exactly
    would make every claim of an endpoint wait for the commit of the one before.
    """
    lanes, deliveries, events = schema.lanes, schema.deliveries, schema.events
    row = uow.execute(
        select(lanes.c.fence)
        .where(
            lanes.c.region == region,
            lanes.c.lane == name,
            lanes.c.due_at <= now,
            free(lanes, now),
            ~resting(lanes, now),
            under_way(lanes, now) < bound(lanes),
        )
        .with_for_update(skip_locked=True, of=lanes)
    ).first()
    if row is None:
        return None
    first = uow.execute(
        select(
            deliveries.c.position,
            deliveries.c.number,
            deliveries.c.role,
            deliveries.c.channel,
            deliveries.c.type,
            deliveries.c.stream,
            deliveries.c.version,
            deliveries.c.attempts,
            events.c.body,
        )
        .join(
            events,
            and_(
                events.c.region == deliveries.c.region,
                events.c.stream == deliveries.c.stream,
                events.c.version == deliveries.c.version,
            ),
        )
        .where(
            deliveries.c.region == region,
            deliveries.c.lane == name,
            schema.is_one_of(deliveries.c.state, schema.PENDING),
        )
        .order_by(deliveries.c.position)
        .limit(1)
    ).first()
    taken = {"lease_until": now + LEASE, "fence": row.fence + 1} if first else {"due_at": None}
    uow.execute(update(lanes).where(lanes.c.region == region, lanes.c.lane == name).values(**taken))
    return Claim(region, name, row.fence + 1, *first) if first else None


def finish(
    uow: UnitOfWork,
    held: Claim,
    state: str,
    now: datetime,
    *,
    attempts: int,
    error: str | None = None,
    not_before: datetime | None = None,
) -> bool:
    """Write down how the attempt ended and free the lane. False when the lease was lost."""
    lanes, deliveries = schema.lanes, schema.deliveries
    mine = uow.execute(
        select(lanes.c.fence)
        .where(lanes.c.region == held.region, lanes.c.lane == held.lane)
        .with_for_update()
    ).scalar()
    if mine != held.fence:
        return False
    uow.execute(
        update(deliveries)
        .where(
            deliveries.c.region == held.region,
            deliveries.c.lane == held.lane,
            deliveries.c.position == held.position,
        )
        .values(
            state=state,
            attempts=attempts,
            last_error=error[:200] if error else None,
            not_before=not_before,
            ended_at=None if state == "pending" else now,
        )
    )
    uow.execute(
        update(lanes)
        .where(lanes.c.region == held.region, lanes.c.lane == held.lane)
        .values(lease_until=None, due_at=_due(uow, held.region, held.lane, now))
    )
    return True


def _due(uow: UnitOfWork, region: str, name: str, now: datetime) -> datetime | None:
    """When the first unfinished delivery of a lane may be tried: its own time, or at once."""
    deliveries = schema.deliveries
    first = uow.execute(
        select(deliveries.c.not_before)
        .where(
            deliveries.c.region == region,
            deliveries.c.lane == name,
            schema.is_one_of(deliveries.c.state, schema.PENDING),
        )
        .order_by(deliveries.c.position)
        .limit(1)
    ).first()
    return (first.not_before or now) if first else None


def retry(uow: UnitOfWork, region: str, name: str, position: int, now: datetime) -> bool:
    """Send again what was given up. False when there is no such delivery."""
    deliveries = schema.deliveries
    changed = uow.execute(
        update(deliveries)
        .where(
            deliveries.c.region == region,
            deliveries.c.lane == name,
            deliveries.c.position == position,
            deliveries.c.state == "given_up",
        )
        .values(state="pending", attempts=0, not_before=None, ended_at=None)
    ).rowcount
    if changed:
        wake_lanes(uow, region, {name: queue_of(uow, region, name, position)}, now)
        # A newer one of the lane may be waiting for its time; the older one does not wait with it.
        uow.execute(
            update(schema.lanes)
            .where(schema.lanes.c.region == region, schema.lanes.c.lane == name)
            .values(due_at=_due(uow, region, name, now))
        )
    return bool(changed)


def queue_of(uow: UnitOfWork, region: str, name: str, position: int) -> str:
    """The queue of a delivery, as the fan-out named it."""
    table = schema.deliveries.c
    row = uow.execute(
        select(table.role, table.channel).where(
            table.region == region, table.lane == name, table.position == position
        )
    ).one()
    return Receiver(row.role, row.channel).queue


def told_in_person(uow: UnitOfWork, region: str, number: str, position: int, now: datetime) -> bool:
    """The clerk has told the person. False when nothing of that kind was open."""
    deliveries = schema.deliveries
    return bool(
        uow.execute(
            update(deliveries)
            .where(
                deliveries.c.region == region,
                deliveries.c.number == number,
                deliveries.c.position == position,
                schema.is_one_of(deliveries.c.state, schema.UNTOLD),
                text(schema.TO_PEOPLE_SQL),
            )
            .values(state="told_in_person", ended_at=now)
        ).rowcount
    )
