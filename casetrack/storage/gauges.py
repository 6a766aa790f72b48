"""What operations ask the database at every scrape: by index, and never more than so many rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from casetrack.storage import schema
from casetrack.storage.unit_of_work import Database

#: Rows that one count reads at most. The true number is not worth what it costs when it is larger.
MOST = 10_000


@dataclass(frozen=True, slots=True)
class Gauges:
    """What waits now."""

    queued: int
    oldest_queued: datetime | None
    #: (state, channel) → how many; only what is not done.
    deliveries: Mapping[tuple[str, str], int]
    oldest_due: datetime | None
    oldest_missed: datetime | None


_QUEUED = select(func.count()).select_from(select(schema.queue.c.id).limit(MOST).subquery())
# Each region's first, by index; the oldest of these.
_FIRST = (
    select(schema.queue.c.stream, schema.queue.c.version)
    .where(schema.queue.c.region == schema.regions.c.region)
    .order_by(schema.queue.c.id)
    .limit(1)
)
_OLDEST_QUEUED = (
    select(schema.events.c.recorded_at)
    .select_from(schema.regions)
    .join(
        schema.events,
        (schema.events.c.region == schema.regions.c.region)
        & (
            schema.events.c.stream
            == _FIRST.with_only_columns(schema.queue.c.stream).scalar_subquery()
        )
        & (
            schema.events.c.version
            == _FIRST.with_only_columns(schema.queue.c.version).scalar_subquery()
        ),
    )
    .order_by(schema.events.c.recorded_at)
    .limit(1)
)
_OLDEST_DUE = select(func.min(schema.lanes.c.due_at)).where(schema.lanes.c.due_at.is_not(None))
_OLDEST_MISSED = select(func.min(schema.deadlines.c.due_at)).where(~schema.deadlines.c.missed_noted)


def read(database: Database) -> Gauges:
    """All of them. Raises DatabaseDown."""
    deliveries: dict[tuple[str, str], int] = {}
    with database.read() as connection:
        for states in (schema.PENDING, schema.UNTOLD):
            some = (
                select(schema.deliveries.c.state, schema.deliveries.c.channel)
                .where(schema.is_one_of(schema.deliveries.c.state, states))
                .limit(MOST)
                .subquery()
            )
            counted = select(some.c.state, some.c.channel, func.count()).group_by(
                some.c.state, some.c.channel
            )
            deliveries.update(
                {(row[0], row[1]): int(row[2]) for row in connection.execute(counted)}
            )
        return Gauges(
            queued=int(connection.execute(_QUEUED).scalar_one()),
            oldest_queued=connection.execute(_OLDEST_QUEUED).scalar(),
            deliveries=deliveries,
            oldest_due=connection.execute(_OLDEST_DUE).scalar(),
            oldest_missed=connection.execute(_OLDEST_MISSED).scalar(),
        )
