"""Rows as they are stored, whatever they hold, streamed in order: what verify reads, rebuild mends.

Columns come without conversion, since a changed one may not convert. Moments come as RFC 3339 text.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Row,
    Select,
    Table,
    and_,
    delete,
    exists,
    func,
    or_,
    select,
    tuple_,
    type_coerce,
)
from sqlalchemy.types import NullType

from casetrack.domain.events import instant
from casetrack.domain.proof import StoredEntry, StoredEvent
from casetrack.storage import schema
from casetrack.storage.cases import upsert
from casetrack.storage.unit_of_work import UnitOfWork

#: Rows in memory at a time.
BATCH = 1000

#: The rows that are folded from a case's events.
FOLDED = {
    table.name: table
    for table in (schema.cases, schema.steps, schema.deadlines, schema.case_agencies)
}
#: Tables whose rows say which regions there are to check, the truthful one and the others.
_WITH_REGION = (
    schema.regions,
    schema.events,
    schema.ledger,
    schema.ledger_heads,
    schema.queue,
    *FOLDED.values(),
    schema.imported_cases,
    schema.subjects,
    schema.texts,
    schema.parties,
)

Stored = dict[str, Any]


@contextmanager
def as_stored(connection: Connection) -> Iterator[Connection]:
    """Let SQLite give text that is no UTF-8 any more, instead of failing at it."""
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name != "sqlite":
        yield connection
        return
    usual = driver.text_factory
    driver.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
    try:
        yield connection
    finally:
        driver.text_factory = usual


def _raw(column: Column[Any]) -> ColumnElement[Any]:
    return type_coerce(column, NullType()).label(column.name)


def _rows(table: Table) -> Select[Any]:
    return select(*[_raw(column) for column in table.columns])


def plain(values: Mapping[str, Any]) -> Stored:
    """The same row with its moments as text: for comparing on either database."""
    return {
        name: instant(value) if isinstance(value, datetime) else value
        for name, value in values.items()
    }


def _plain_row(row: Row[Any]) -> Stored:
    return plain(row._mapping)


def regions(connection: Connection) -> list[str]:
    """Every region that any row names, by index probes."""
    found: set[str] = set()
    for table in _WITH_REGION:
        last = connection.execute(select(func.min(table.c.region))).scalar()
        while last is not None:
            found.add(str(last))
            last = connection.execute(
                select(func.min(table.c.region)).where(table.c.region > last)
            ).scalar()
    return sorted(found)


def definitions(connection: Connection) -> set[tuple[str, str, int]]:
    """The published versions: region, service, version."""
    table = schema.service_versions.c
    rows = connection.execute(select(table.region, table.service, table.version))
    return {(row.region, row.service, row.version) for row in rows}


def _same_place(one: Table, other: Table) -> ColumnElement[bool]:
    return and_(
        one.c.region == other.c.region,
        one.c.stream == other.c.stream,
        one.c.version == other.c.version,
    )


def events(
    connection: Connection, region: str, streams: Sequence[str] | None = None
) -> Iterator[StoredEvent]:
    """A region's events by stream and version, each with its places in ledger and queue."""
    table, ledger, queue = schema.events, schema.ledger, schema.queue
    names = ("stream", "version", "id", "type", "recorded_at", "body", "hash")
    query = (
        select(
            *[_raw(table.c[name]) for name in names],
            _raw(ledger.c.position),
            queue.c.id.label("queued"),
        )
        .select_from(table)
        .outerjoin(ledger, _same_place(ledger, table))
        .outerjoin(queue, and_(queue.c.region == table.c.region, queue.c.id == table.c.id))
        .where(table.c.region == region)
        .order_by(table.c.region, table.c.stream, table.c.version)
    )
    if streams is not None:
        query = query.where(table.c.stream.in_(streams))
    for row in connection.execute(query, execution_options={"yield_per": BATCH}):
        moment = row.recorded_at
        text = instant(moment) if isinstance(moment, datetime) else moment
        yield StoredEvent(row[0], row[1], row[2], row[3], text, row[5], row[6], row[7], row[8])


def ledger(connection: Connection, region: str) -> Iterator[StoredEntry]:
    """A region's ledger by position, each entry with the events that it may mean."""
    table, of_place, of_id = schema.ledger, schema.events, schema.events.alias("of_id")
    names = ("position", "id", "stream", "version", "prev_hash", "hash")
    query = (
        select(
            *[_raw(table.c[name]) for name in names],
            _raw(of_place.c.id).label("event_id"),
            _raw(of_place.c.hash).label("event_hash"),
            _raw(of_id.c.id).label("named"),
        )
        .select_from(table)
        .outerjoin(of_place, _same_place(of_place, table))
        .outerjoin(of_id, of_id.c.id == table.c.id)
        .where(table.c.region == region)
        .order_by(table.c.region, table.c.position)
    )
    for row in connection.execute(query, execution_options={"yield_per": BATCH}):
        yield StoredEntry(*row)


def head(connection: Connection, region: str) -> tuple[Any, Any] | None:
    """The ledger's head row: position and hash."""
    table = schema.ledger_heads.c
    row = connection.execute(
        select(_raw(table.position), _raw(table.hash)).where(table.region == region)
    ).first()
    return (row.position, row.hash) if row else None


def queue_misfits(connection: Connection, region: str) -> Iterator[Row[Any]]:
    """Queue rows whose event is not there (`event_id` null, `reached`: its case's version), or
    which name another place than their event has."""
    queue, events_, cases = schema.queue, schema.events, schema.cases
    query = (
        select(
            _raw(queue.c.id),
            _raw(queue.c.stream),
            _raw(queue.c.version),
            _raw(events_.c.id).label("event_id"),
            _raw(cases.c.version).label("reached"),
        )
        .select_from(queue)
        .outerjoin(events_, and_(events_.c.region == queue.c.region, events_.c.id == queue.c.id))
        .outerjoin(cases, and_(cases.c.region == queue.c.region, cases.c.number == queue.c.stream))
        .where(
            queue.c.region == region,
            or_(
                events_.c.id.is_(None),
                events_.c.stream != queue.c.stream,
                events_.c.version != queue.c.version,
            ),
        )
        .order_by(queue.c.id)
    )
    yield from connection.execute(query, execution_options={"yield_per": BATCH})


def rows_of(
    connection: Connection, table: Table, region: str, column: str, values: Sequence[str]
) -> list[Stored]:
    """All rows of a table that belong to these cases, streams or subjects, by primary key."""
    query = (
        _rows(table)
        .where(table.c.region == region, table.c[column].in_(values))
        .order_by(*table.primary_key)
    )
    return [_plain_row(row) for row in connection.execute(query)]


def bodies(connection: Connection, region: str, streams: Sequence[str]) -> list[tuple[str, str]]:
    """Stream and body of these streams' events, in order."""
    table = schema.events
    query = (
        select(_raw(table.c.stream), _raw(table.c.body))
        .where(table.c.region == region, table.c.stream.in_(streams))
        .order_by(table.c.stream, table.c.version)
    )
    return [(row.stream, row.body) for row in connection.execute(query)]


def without_stream(
    connection: Connection, table: Table, region: str, column: str, prefix: str = ""
) -> Iterator[Stored]:
    """Rows whose stream (prefix and this column) has no first event."""
    events_ = schema.events
    stream = prefix + table.c[column] if prefix else table.c[column]
    first = exists().where(
        events_.c.region == table.c.region, events_.c.stream == stream, events_.c.version == 1
    )
    query = _rows(table).where(table.c.region == region, ~first).order_by(*table.primary_key)
    for row in connection.execute(query, execution_options={"yield_per": BATCH}):
        yield _plain_row(row)


def region_of_case(connection: Connection, number: str) -> str | None:
    """The region that keeps anything of this case."""
    for table, column in ((schema.cases, "number"), (schema.events, "stream")):
        for region in regions(connection):
            query = select(table.c.region).where(
                table.c.region == region, table.c[column] == number
            )
            if connection.execute(query.limit(1)).first():
                return region
    return None


def case_streams(connection: Connection, region: str, after: str, limit: int) -> list[str]:
    """The next streams behind `after` that are cases: no companion has a number without a slash."""
    table = schema.events.c
    query = (
        select(table.stream)
        .where(
            table.region == region,
            table.version == 1,
            table.stream > after,
            table.stream.not_like("%/%"),
        )
        .order_by(table.stream)
        .limit(limit)
    )
    return list(connection.execute(query).scalars())


def lock(uow: UnitOfWork, region: str, number: str) -> None:
    """The locks of a transition, without reading a row that may be unreadable."""
    uow.lock_register(region)
    uow.execute(
        select(schema.cases.c.version)
        .where(schema.cases.c.region == region, schema.cases.c.number == number)
        .with_for_update()
    )


def in_ledger(connection: Connection, region: str, stream: str) -> bool:
    """Whether ledger or queue know an event of this stream."""
    for table in (schema.ledger, schema.queue):
        query = select(table.c.id).where(table.c.region == region, table.c.stream == stream)
        if connection.execute(query.limit(1)).first():
            return True
    return False


def put(uow: UnitOfWork, name: str, values: Mapping[str, Any]) -> None:
    """Write a folded row as it should be."""
    uow.execute(upsert(uow.dialect, FOLDED[name], [values]))


def drop(uow: UnitOfWork, name: str, key: Sequence[Any]) -> None:
    """Remove a folded row that should not be."""
    table = FOLDED[name]
    uow.execute(delete(table).where(tuple_(*table.primary_key) == tuple_(*key)))


def key_of(name: str, values: Mapping[str, Any]) -> tuple[Any, ...]:
    """A folded row's primary key."""
    return tuple(values[column.name] for column in FOLDED[name].primary_key)
