"""What operations ask the database at every scrape: by index, and never more than so many rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select

from casetrack.storage import schema
from casetrack.storage.delivery import due_lanes
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
    #: Files for which no scanner has answered, and those that should have left the store.
    unscanned: int
    leaving: int


_QUEUED = select(func.count()).select_from(select(schema.queue.c.id).limit(MOST).subquery())
_UNSCANNED, _LEAVING = (
    select(func.count()).select_from(select(column).where(*which).limit(MOST).subquery())
    for column, which in (
        (schema.files.c.file, [schema.files.c.scan_at.is_not(None)]),
        (schema.leaving_files.c.file, [schema.leaving_files.c.due_at <= bindparam("now")]),
    )
)
# Each region's first, by index. Ids come from one sequence: the smallest is the oldest. From the heads:
# where regions lie on several machines, no sub-query of what all of them have may ask for it.
_FIRST = select(
    schema.ledger_heads.c.region,
    select(func.min(schema.queue.c.id))
    .where(schema.queue.c.region == schema.ledger_heads.c.region)
    .scalar_subquery()
    .label("id"),
)
_OLDEST_MISSED = select(
    func.min(
        select(func.min(schema.deadlines.c.due_at))
        .where(
            schema.deadlines.c.region == schema.ledger_heads.c.region,
            ~schema.deadlines.c.missed_noted,
        )
        .scalar_subquery()
    )
).select_from(schema.ledger_heads)


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
            oldest_queued=_oldest_queued(connection),
            deliveries=deliveries,
            oldest_due=due_lanes.oldest_due(connection, database.now()),
            oldest_missed=connection.execute(_OLDEST_MISSED).scalar(),
            unscanned=int(connection.execute(_UNSCANNED).scalar_one()),
            leaving=int(connection.execute(_LEAVING, {"now": database.now()}).scalar_one()),
        )


def _oldest_queued(connection: Connection) -> datetime | None:
    first = [row for row in connection.execute(_FIRST) if row.id is not None]
    if not first:
        return None
    oldest = min(first, key=lambda row: row.id)
    events = schema.events.c
    recorded = select(events.recorded_at).where(
        events.region == oldest.region, events.id == oldest.id
    )
    return connection.execute(recorded).scalar()
