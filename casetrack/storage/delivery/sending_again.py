"""What is sent again, what came back, and what a clerk has told in person."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, select, text, update

from casetrack.domain.delivery.receivers import Moved, PartyWay, Receiver, Tried
from casetrack.domain.people import contact
from casetrack.domain.people.former_roles import is_former
from casetrack.storage import schema
from casetrack.storage.delivery.claims import first_due, moved_values, read_tried
from casetrack.storage.delivery.fanout import Woken, wake_lanes
from casetrack.storage.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Sent:
    """What is known of a delivery that went out, should it come back."""

    then: tuple[str, ...]
    tried: tuple[Tried, ...]
    attempts: int


def retry(
    uow: UnitOfWork,
    region: str,
    name: str,
    position: int,
    now: datetime,
    way: PartyWay | None = None,
) -> bool:
    """Send again what was given up, by the way that a party has now. False when there is none."""
    deliveries = schema.deliveries
    changed = uow.execute(
        update(deliveries)
        .where(
            deliveries.c.region == region,
            deliveries.c.lane == name,
            deliveries.c.position == position,
            deliveries.c.state == "given_up",
        )
        .values(state="pending", attempts=0, not_before=None, ended_at=None, **_way_values(way))
    ).rowcount
    if changed:
        wake_again(uow, region, {name: queue_of(uow, region, name, position)}, now)
    return bool(changed)


def _way_values(way: PartyWay | None) -> dict[str, Any]:
    if way is None or way.channel is None:
        return {}
    return {
        "channel": way.channel,
        "next_channels": contact.written(way.then),
    }


def wake_again(uow: UnitOfWork, region: str, queues: Mapping[str, str], now: datetime) -> None:
    """Something older waits again in these lanes (lane → queue): it goes before all that is newer.

    It does not wait for the time of a newer one, and who looked at a free lane before looks again.
    """
    wake_lanes(uow, region, {name: Woken(queue, now) for name, queue in queues.items()})
    lanes = schema.lanes.c
    fence = case((lanes.lease_until.is_(None), lanes.fence + 1), else_=lanes.fence)
    uow.execute(
        update(schema.lanes)
        .where(lanes.region == region, lanes.lane.in_(sorted(queues)))
        .values(due_at=first_due(now), fence=fence)
    )


def lock_delivered(
    uow: UnitOfWork, region: str, name: str, position: int, channel: str
) -> Sent | None:
    """A delivery that went out by this channel, held still with its lane; None if there is none."""
    lanes, deliveries = schema.lanes, schema.deliveries
    uow.execute(
        select(lanes.c.fence)
        .where(lanes.c.region == region, lanes.c.lane == name)
        .with_for_update()
    )
    row = uow.execute(
        select(deliveries.c.next_channels, deliveries.c.tried, deliveries.c.attempts).where(
            deliveries.c.region == region,
            deliveries.c.lane == name,
            deliveries.c.position == position,
            deliveries.c.state == "delivered",
            deliveries.c.channel == channel,
        )
    ).first()
    if row is None:
        return None
    return Sent(contact.read(row.next_channels), read_tried(row.tried), row.attempts)


def came_back(
    uow: UnitOfWork,
    region: str,
    name: str,
    position: int,
    now: datetime,
    *,
    error: str,
    moved: Moved | None,
) -> None:
    """What had gone out came back: it goes on by the next channel, or is given up."""
    deliveries = schema.deliveries
    # Who left their role is told by a message or not at all.
    end = "cancelled" if is_former(name.rpartition("/")[2]) else "given_up"
    ended = {"state": end, "last_error": error[:200], "ended_at": now}
    goes_on = {"state": "pending", "attempts": 0, "last_error": None, "ended_at": None}
    uow.execute(
        update(deliveries)
        .where(
            deliveries.c.region == region,
            deliveries.c.lane == name,
            deliveries.c.position == position,
        )
        .values(**(goes_on if moved else ended), not_before=None, **moved_values(moved))
    )
    if moved is not None:
        wake_again(uow, region, {name: queue_of(uow, region, name, position)}, now)


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
    """The clerk has told the person all up to this position. False when nothing of that kind was open."""
    deliveries = schema.deliveries
    return bool(
        uow.execute(
            update(deliveries)
            .where(
                deliveries.c.region == region,
                deliveries.c.number == number,
                deliveries.c.position <= position,
                schema.is_one_of(deliveries.c.state, schema.UNTOLD),
                text(schema.TO_PEOPLE_SQL),
            )
            .values(state="told_in_person", ended_at=now)
        ).rowcount
    )
