"""The events of cases as they are read: a stream, a page of it, a stretch of the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, Connection, Integer, bindparam, func, literal_column, or_, select

from casetrack.domain.events import COMPANIONS
from casetrack.storage import schema
from casetrack.storage.fixed import Fixed, ask
from casetrack.storage.row_sets import Texts, among


@dataclass(frozen=True, slots=True)
class EventRow:
    """An event with its place in the ledger, once it has one."""

    position: int | None
    body: str
    hash: str


#: Events with their ledger positions, where they have one already.
_POSITIONED = (
    select(schema.ledger.c.position, schema.events.c.body, schema.events.c.hash)
    .select_from(schema.events)
    .outerjoin(
        schema.ledger,
        schema.its_event(schema.ledger),
    )
)


_E = schema.events.c
_HERE = _E.region == bindparam("region")
_MOST: Any = bindparam("most", type_=Integer)
# A cursor that nobody gave out may hold more than a version can be.
_AFTER: Any = bindparam("after", type_=BigInteger)
_STREAM = Fixed(
    _POSITIONED.where(_HERE, _E.stream == bindparam("stream"), _E.version > _AFTER)
    .order_by(_E.version)
    .limit(_MOST)
)
_NEWEST = Fixed(
    _POSITIONED.where(
        _HERE,
        _E.stream == bindparam("stream"),
        _E.recorded_at >= bindparam("since", type_=schema.Instant()),
        _E.recorded_at < bindparam("until", type_=schema.Instant()),
        _E.version < bindparam("before", type_=BigInteger),
    )
    .order_by(_E.version.desc())
    .limit(_MOST)
)
_OF_CASE = Fixed(
    _POSITIONED.where(_HERE, among(_E.stream, bindparam("streams", type_=Texts())), _E.id > _AFTER)
    .order_by(_E.id)
    .limit(_MOST)
)
#: Before and behind every event; no stream has so many.
_FIRST, _LAST_MOMENT = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)
_NO_VERSION = 2**63 - 1


def stream_events(
    connection: Connection, region: str, stream: str, *, after: int, limit: int
) -> list[EventRow]:
    """A stream's events in their order, behind a version."""
    values = {"region": region, "stream": stream, "after": after, "most": limit}
    return [EventRow(*row) for row in ask(connection, _STREAM, values)]


def newest_of_stream(
    connection: Connection,
    region: str,
    stream: str,
    *,
    since: datetime | None,
    until: datetime | None,
    before: int | None,
    limit: int,
) -> list[EventRow]:
    """A stream's events recorded from one moment to before another, the newest first.

    `before` is the version that the page before ended with.
    """
    values = {
        "region": region,
        "stream": stream,
        "since": since or _FIRST,
        "until": until or _LAST_MOMENT,
        "before": _NO_VERSION if before is None else before,
        "most": limit,
    }
    return [EventRow(*row) for row in ask(connection, _NEWEST, values)]


def case_events(
    connection: Connection, region: str, number: str, *, after: int, limit: int
) -> list[EventRow]:
    """A case's own stream and its companions in the order of recording.

    `after` is the id of the last event of the page before.
    """
    streams = [number, *(f"{kind}/{number}" for kind in COMPANIONS)]
    values = {"region": region, "streams": streams, "after": after, "most": limit}
    return [EventRow(*row) for row in ask(connection, _OF_CASE, values)]


#: Under which of its names an event refers to somebody's own words.
WORDS = ("note", "reason", "why")


def with_words(connection: Connection, region: str, streams: Sequence[str]) -> list[str]:
    """The bodies of those events of these streams that refer to somebody's own words, in order."""
    table = schema.events.c
    spelled = [table.body.like(f'%"{name}":{{"hmac"%') for name in WORDS]
    rows = connection.execute(
        select(table.body)
        .where(table.region == region, table.stream.in_(streams), or_(*spelled))
        .order_by(table.id)
    )
    return list(rows.scalars())


@dataclass(frozen=True, slots=True)
class Entry:
    """A ledger entry without its event."""

    position: int
    stream: str


def ledger_entries(connection: Connection, region: str, *, after: int, limit: int) -> list[Entry]:
    """The region's ledger behind a position, in order and without gaps."""
    table = schema.ledger.c
    rows = connection.execute(
        select(table.position, table.stream)
        .where(table.region == region, table.position > after)
        .order_by(table.position)
        .limit(limit)
    )
    return [Entry(*row) for row in rows]


def last_position(connection: Connection, region: str) -> int:
    """Where the region's ledger ends; 0 while it is empty."""
    table = schema.ledger.c
    newest = select(func.max(table.position)).where(table.region == region)
    return connection.execute(newest).scalar() or 0


def events_of(connection: Connection, region: str, entries: Sequence[Entry]) -> list[EventRow]:
    """The events of these entries, in the ledger's order."""
    if not entries:
        return []
    query = (
        select(schema.ledger.c.position, schema.events.c.body, schema.events.c.hash)
        .join(
            schema.events,
            schema.its_event(schema.ledger),
        )
        .where(
            schema.ledger.c.region == region,
            schema.ledger.c.position.in_([entry.position for entry in entries]),
        )
        .order_by(schema.ledger.c.position)
    )
    return [EventRow(*row) for row in connection.execute(query)]


def id_of(connection: Connection, region: str, stream: str, version: int) -> int:
    """The id of a stream's event of this version, or of the last one before it; 0 without any."""
    table = schema.events.c
    found = connection.execute(
        select(table.id)
        .where(table.region == region, table.stream == stream, table.version <= version)
        .order_by(table.version.desc())
        .limit(1)
    ).scalar()
    return int(found or 0)


def last_version(connection: Connection, region: str, stream: str) -> int:
    """The version of a stream's last event; 0 without any."""
    rows = ask(connection, _LAST, {"region": region, "stream": stream})
    return rows[0].version if rows else 0


_LAST = Fixed(
    select(schema.events.c.version)
    .where(
        schema.events.c.region == bindparam("region"),
        schema.events.c.stream == bindparam("stream"),
    )
    .order_by(schema.events.c.version.desc())
    .limit(literal_column("1"))
)


def number_at(connection: Connection, region: str, position: int) -> str | None:
    """The case that the event at this position of the ledger is about."""
    stream: str | None = connection.execute(
        select(schema.ledger.c.stream).where(
            schema.ledger.c.region == region, schema.ledger.c.position == position
        )
    ).scalar()
    return stream.rpartition("/")[2] if stream else None


def of_versions(
    connection: Connection, region: str, stream: str, versions: Sequence[int]
) -> list[str]:
    """The bodies of these events of a stream."""
    if not versions:
        return []
    table = schema.events.c
    query = select(table.body).where(
        table.region == region, table.stream == stream, table.version.in_(versions)
    )
    return list(connection.execute(query).scalars())
