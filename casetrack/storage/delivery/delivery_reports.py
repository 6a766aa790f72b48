"""What is known of a delivery when somebody outside says later that it did not arrive."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, select

from casetrack.storage import schema


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a delivery went out by the channel, or is about to; when its last attempt ended."""

    delivered: bool
    under_way: bool
    ended_at: datetime | None


def standing(
    connection: Connection, region: str, lane: str, position: int, channel: str, now: datetime
) -> Standing:
    """How a delivery stands with this channel; neither nor, where there is none by it."""
    deliveries, lanes = schema.deliveries.c, schema.lanes.c
    row = connection.execute(
        select(deliveries.state, deliveries.channel, deliveries.ended_at, lanes.lease_until)
        .join(
            schema.lanes,
            and_(lanes.region == deliveries.region, lanes.lane == deliveries.lane),
        )
        .where(
            deliveries.region == region,
            deliveries.lane == lane,
            deliveries.position == position,
        )
    ).first()
    if row is None or row.channel != channel:
        return Standing(delivered=False, under_way=False, ended_at=None)
    leased = row.lease_until is not None and row.lease_until > now
    return Standing(row.state == "delivered", row.state == "pending" and leased, row.ended_at)
