"""How the other parties of a case were told of the same events: their lanes, read and not locked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, select

from casetrack.storage import schema


@dataclass(frozen=True, slots=True)
class ToldThere:
    """A delivery of another lane, and one of the events that it tells."""

    lane: str
    position: int
    stream: str
    version: int
    state: str
    channel: str
    not_before: datetime | None
    last_error: str | None


def told_there(
    connection: Connection, region: str, lanes: Sequence[str], events: Sequence[tuple[str, int]]
) -> list[ToldThere]:
    """The deliveries of these lanes that tell one of these events (stream and version)."""
    deliveries, joined = schema.deliveries, schema.joined
    told = (
        deliveries.c.state,
        deliveries.c.channel,
        deliveries.c.not_before,
        deliveries.c.last_error,
    )
    streams = sorted({stream for stream, _ in events})
    own = select(
        deliveries.c.lane,
        deliveries.c.position,
        deliveries.c.stream,
        deliveries.c.version,
        *told,
    ).where(
        deliveries.c.region == region,
        deliveries.c.lane.in_(lanes),
        deliveries.c.stream.in_(streams),
    )
    along = (
        select(joined.c.lane, joined.c.position, joined.c.stream, joined.c.version, *told)
        .join(
            deliveries,
            and_(
                deliveries.c.region == joined.c.region,
                deliveries.c.lane == joined.c.lane,
                deliveries.c.position == joined.c.position,
            ),
        )
        .where(
            joined.c.region == region,
            joined.c.lane.in_(lanes),
            joined.c.stream.in_(streams),
        )
    )
    rows = [*connection.execute(own), *connection.execute(along)]
    return [ToldThere(*row) for row in rows if (row.stream, row.version) in events]


def told_with(
    connection: Connection, region: str, name: str, position: int
) -> list[tuple[str, int]]:
    """The events of a delivery: its own, and those that joined it."""
    deliveries, joined = schema.deliveries.c, schema.joined.c
    own = select(deliveries.stream, deliveries.version).where(
        deliveries.region == region, deliveries.lane == name, deliveries.position == position
    )
    along = select(joined.stream, joined.version).where(
        joined.region == region, joined.lane == name, joined.position == position
    )
    return [
        (row.stream, row.version) for query in (own, along) for row in connection.execute(query)
    ]
