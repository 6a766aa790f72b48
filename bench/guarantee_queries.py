"""What a fault run asks of the database afterwards, and how it saves itself the waiting."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import func, select, text, update

from casetrack.storage import schema
from casetrack.storage.unit_of_work import Database


@dataclass(frozen=True, slots=True)
class Delivered:
    """A delivery as its row has it, with the id of the event that it is about."""

    region: str
    lane: str
    position: int
    role: str
    channel: str
    state: str
    event_id: int


@dataclass(frozen=True, slots=True)
class Ledger:
    """How many events, entries and positions there are, and streams whose versions have gaps."""

    events: int
    entries: int
    last: int
    broken_streams: int
    queued: int


def deliveries(database: Database) -> Iterator[Delivered]:
    """Every delivery, lane by lane in the order of positions."""
    table, entry = schema.deliveries.c, schema.ledger.c
    query = (
        select(
            table.region,
            table.lane,
            table.position,
            table.role,
            table.channel,
            table.state,
            entry.id,
        )
        .join(schema.ledger, (entry.region == table.region) & (entry.position == table.position))
        .order_by(table.region, table.lane, table.position)
    )
    with database.read() as connection:
        for row in connection.execute(query):
            yield Delivered(*row)


def joined(database: Database) -> set[tuple[str, int]]:
    """(lane, position) of every event that is told in the message about another."""
    table = schema.joined.c
    with database.read() as connection:
        return {
            (row.lane, int(row.event_position))
            for row in connection.execute(select(table.lane, table.event_position))
        }


def case_events(database: Database) -> dict[int, int]:
    """Position → event id of every numbered event in a case's own stream."""
    entry = schema.ledger.c
    with database.read() as connection:
        rows = connection.execute(
            select(entry.position, entry.id).where(entry.stream.not_like("%/%"))
        )
        return {int(row[0]): int(row[1]) for row in rows}


def ledger(database: Database) -> Ledger:
    """The counts of one region's measurement."""
    events, entries = schema.events.c, schema.ledger.c
    gaps = (
        select(events.stream)
        .group_by(events.region, events.stream)
        .having(func.max(events.version) != func.count())
        .subquery()
    )
    with database.read() as connection:
        return Ledger(
            *(
                int(connection.execute(select(count)).scalar_one() or 0)
                for count in (
                    select(func.count()).select_from(schema.events).scalar_subquery(),
                    select(func.count()).select_from(schema.ledger).scalar_subquery(),
                    select(func.max(entries.position)).scalar_subquery(),
                    select(func.count()).select_from(gaps).scalar_subquery(),
                    select(func.count()).select_from(schema.queue).scalar_subquery(),
                )
            )
        )


def streams(database: Database) -> dict[str, int]:
    """How many events each stream has."""
    events = schema.events.c
    with database.read() as connection:
        rows = connection.execute(select(events.stream, func.count()).group_by(events.stream))
        return {row[0]: int(row[1]) for row in rows}


def waiting(database: Database) -> tuple[int, int]:
    """Events not numbered and deliveries not done."""
    with database.read() as connection:
        queued = connection.execute(select(func.count()).select_from(schema.queue)).scalar_one()
        pending = connection.execute(
            select(func.count())
            .select_from(schema.deliveries)
            .where(schema.is_one_of(schema.deliveries.c.state, schema.PENDING))
        ).scalar_one()
        return int(queued), int(pending)


def hurry(database: Database) -> None:
    """Bring forward what would only be waited for: retries, rests, and leases of the killed.

    For a measurement's own database, once its receivers are well again: an hour of backoff proves
    no more than a second of it.
    """
    lanes, endpoints = schema.lanes, schema.subscriptions
    soon = text("clock_timestamp() - interval '3 seconds'")
    # An attempt that is under way keeps its lease for as long as it may take.
    left_behind = text("lease_until < clock_timestamp() + interval '35 seconds'")
    with database.write() as uow:
        # Never waiting for a worker, who may be waiting for us.
        free = (
            select(lanes.c.region, lanes.c.lane)
            .where(lanes.c.due_at.is_not(None), lanes.c.lease_until.is_(None) | left_behind)
            .with_for_update(skip_locked=True)
        )
        found = free.cte()
        # One set: as a list of pairs each row would be held against each pair.
        uow.execute(
            update(lanes)
            .where(lanes.c.region == found.c.region, lanes.c.lane == found.c.lane)
            .values(due_at=soon, lease_until=None)
        )
    with database.write() as uow:
        resting = endpoints.c.rests_until.is_not(None)
        uow.execute(update(endpoints).where(resting).values(rests_until=None))
