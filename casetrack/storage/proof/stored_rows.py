"""Rows as they are stored, whatever they hold, streamed in order: what verify reads, rebuild mends.

Columns come without conversion, since a changed one may not convert. Moments come as RFC 3339 text.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Select,
    Table,
    and_,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    tuple_,
    type_coerce,
)
from sqlalchemy.types import NullType

from casetrack.domain.events import instant, parse_instant
from casetrack.domain.proof.verdict import StoredEntry, StoredEvent
from casetrack.storage import schema
from casetrack.storage.authority.register_keys import stream_of
from casetrack.storage.bulk import upsert
from casetrack.storage.unit_of_work import Database, UnitOfWork

#: Rows in memory at a time.
BATCH = 1000
#: Tables whose rows say which regions there are to check: the right ones, and what a change made.
_WITH_REGION = (
    schema.regions,
    schema.events,
    schema.ledger,
    schema.ledger_heads,
    schema.queue,
    schema.cases,
    schema.steps,
    schema.deadlines,
    schema.case_agencies,
    schema.imported_cases,
    schema.subjects,
    schema.texts,
    schema.parties,
    schema.register_entries,
    schema.register_keys,
    schema.decisions,
    schema.decision_links,
    schema.stalled_steps,
    schema.readings,
    schema.reading_cases,
)
_TABLES = {table.name: table for table in _WITH_REGION}

#: In a column's `info`: the number of the migration whose first half added it. It is empty in older
#: rows until the second half has filled it.
SINCE = "since"

Stored = dict[str, Any]


def plain(values: Mapping[str, Any]) -> Stored:
    """The same row with its moments as text: for comparing on either database."""
    return {
        name: instant(value) if isinstance(value, datetime) else value
        for name, value in values.items()
    }


def young_columns(
    missing: Iterable[str], tables: Iterable[Table] = _WITH_REGION
) -> dict[str, frozenset[str]]:
    """Table → columns that these second halves, which are not applied yet, are to fill."""
    numbers = {name.partition("_")[0] for name in missing}
    found = {
        table.name: frozenset(c.name for c in table.columns if c.info.get(SINCE) in numbers)
        for table in tables
    }
    return {table: columns for table, columns in found.items() if columns}


def key_of(table: str, values: Mapping[str, Any]) -> tuple[Any, ...]:
    """A row's primary key."""
    return tuple(values[column.name] for column in _TABLES[table].primary_key)


def stream_of_row(table: str, row: Mapping[str, Any]) -> str:
    """The stream whose events make this row."""
    if table == "register_entries":
        return stream_of(row["kind"], row["entry"])
    return str(row["stream" if table == "imported_cases" else "number"])


def _stream_sql(table: Table) -> ColumnElement[Any]:
    """The same in SQL."""
    if table.name == "register_entries":
        return literal("register/") + table.c.kind + "/" + table.c.entry
    return table.c["stream" if table.name == "imported_cases" else "number"]


def _raw(column: Column[Any]) -> ColumnElement[Any]:
    return type_coerce(column, NullType()).label(column.name)


def _whole(table: Table) -> Select[Any]:
    return select(*[_raw(column) for column in table.columns])


def _same_place(one: Table, other: Table) -> ColumnElement[bool]:
    return and_(
        one.c.region == other.c.region,
        one.c.stream == other.c.stream,
        one.c.version == other.c.version,
    )


@dataclass(frozen=True, slots=True)
class Orphan:
    """A queue row that no event has or that names another place than its event; `reached` is the
    version of the case of that name, if there is one."""

    id: Any
    stream: Any
    version: Any
    event_id: Any
    reached: Any


class Reader:
    """Reads on one connection, so that a snapshot is one moment."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def _stream(self, query: Select[Any]) -> Iterator[Any]:
        # Closed also when the reader stops early: a server's cursor is not left to chance.
        with self.connection.execute(query, execution_options={"yield_per": BATCH}) as rows:
            yield from rows

    def regions(self) -> list[str]:
        """Every region that any row names, by index probes."""
        found: set[str] = set()
        for table in _WITH_REGION:
            column = table.c.region
            last = self.connection.execute(select(func.min(column))).scalar()
            while last is not None:
                found.add(str(last))
                query = select(func.min(column)).where(column > last)
                last = self.connection.execute(query).scalar()
        return sorted(found)

    def definitions(self) -> set[tuple[str, str, int]]:
        """The published versions: region, service, version."""
        table = schema.service_versions.c
        rows = self.connection.execute(select(table.region, table.service, table.version))
        return {(row.region, row.service, row.version) for row in rows}

    def events(self, region: str, streams: Sequence[str] | None = None) -> Iterator[StoredEvent]:
        """Events by stream and version, each with its places in ledger and queue."""
        table, ledger, queue = schema.events, schema.ledger, schema.queue
        names = ("stream", "version", "id", "type", "recorded_at", "body", "hash")
        query = (
            select(
                *[_raw(table.c[name]) for name in names],
                _raw(ledger.c.position),
                _raw(queue.c.id).label("queued"),
            )
            .select_from(table)
            .outerjoin(ledger, _same_place(ledger, table))
            .outerjoin(queue, and_(queue.c.region == table.c.region, queue.c.id == table.c.id))
            .where(table.c.region == region)
            .order_by(table.c.region, table.c.stream, table.c.version)
        )
        if streams is not None:
            query = query.where(table.c.stream.in_(streams))
        for row in self._stream(query):
            stream, version, event_id, type_, moment, *rest = row
            if isinstance(moment, datetime):
                moment = instant(moment)
            yield StoredEvent(stream, version, event_id, type_, moment, *rest)

    def ledger(self, region: str) -> Iterator[StoredEntry]:
        """The ledger by position, each entry with the events that it may mean."""
        table, of_place, of_id = schema.ledger, schema.events, schema.events.alias("of_id")
        names = ("position", "id", "stream", "version", "prev_hash", "hash")
        query = (
            select(
                *[_raw(table.c[name]) for name in names],
                _raw(of_place.c.id).label("event_id"),
                _raw(of_place.c.hash).label("event_hash"),
                of_id.c.id.label("named"),
            )
            .select_from(table)
            .outerjoin(of_place, _same_place(of_place, table))
            .outerjoin(of_id, of_id.c.id == table.c.id)
            .where(table.c.region == region)
            .order_by(table.c.region, table.c.position)
        )
        for row in self._stream(query):
            yield StoredEntry(*row)

    def head(self, region: str) -> tuple[Any, Any] | None:
        """The ledger's head row: position and hash."""
        table = schema.ledger_heads.c
        query = select(_raw(table.position), _raw(table.hash)).where(table.region == region)
        row = self.connection.execute(query).first()
        return (row[0], row[1]) if row else None

    def orphans(self, region: str) -> Iterator[Orphan]:
        """Queue rows that do not fit an event."""
        queue, events, cases = schema.queue, schema.events, schema.cases
        query = (
            select(
                _raw(queue.c.id),
                _raw(queue.c.stream),
                _raw(queue.c.version),
                _raw(events.c.id).label("event_id"),
                _raw(cases.c.version).label("reached"),
            )
            .select_from(queue)
            .outerjoin(events, and_(events.c.region == queue.c.region, events.c.id == queue.c.id))
            .outerjoin(
                cases, and_(cases.c.region == queue.c.region, cases.c.number == queue.c.stream)
            )
            .where(
                queue.c.region == region,
                or_(
                    events.c.id.is_(None),
                    events.c.stream != queue.c.stream,
                    events.c.version != queue.c.version,
                ),
            )
            .order_by(queue.c.id)
        )
        for row in self._stream(query):
            yield Orphan(*row)

    def rows(self, table: str, region: str, column: str, values: Sequence[str]) -> list[Stored]:
        """All rows that belong to these cases, streams or subjects, by primary key."""
        which = _TABLES[table]
        query = (
            _whole(which)
            .where(which.c.region == region, which.c[column].in_(values))
            .order_by(*which.primary_key)
        )
        return [plain(row._asdict()) for row in self.connection.execute(query)]

    def all_rows(self, table: str, region: str) -> Iterator[Stored]:
        """All rows of a region, by primary key."""
        which = _TABLES[table]
        query = _whole(which).where(which.c.region == region).order_by(*which.primary_key)
        for row in self._stream(query):
            yield plain(row._asdict())

    def entries(self, region: str, kind: str, names: Sequence[str]) -> list[Stored]:
        """Every revision of these entries of the register."""
        which = schema.register_entries
        query = (
            _whole(which)
            .where(which.c.region == region, which.c.kind == kind, which.c.entry.in_(names))
            .order_by(*which.primary_key)
        )
        return [plain(row._asdict()) for row in self.connection.execute(query)]

    def without_stream(self, table: str, region: str) -> Iterator[Stored]:
        """Rows for whose stream there is no first event."""
        which, events = _TABLES[table], schema.events
        first = exists().where(
            events.c.region == which.c.region,
            events.c.stream == _stream_sql(which),
            events.c.version == 1,
        )
        query = _whole(which).where(which.c.region == region, ~first)
        for row in self._stream(query.order_by(*which.primary_key)):
            yield plain(row._asdict())

    def looks_without_reading(self, region: str) -> Iterator[str]:
        """Cases that are led to a look which is not there, is of other cases, or by another officer."""
        of, table = schema.reading_cases, schema.readings
        named = literal('%"') + of.c.number + literal('"%')
        fits = exists().where(
            table.c.region == of.c.region,
            table.c.at == of.c.at,
            table.c.reading == of.c.reading,
            table.c.login == of.c.login,
            table.c.kind == of.c.kind,
            table.c.cases.like(named),
        )
        query = select(_raw(of.c.number)).where(of.c.region == region, ~fits)
        for row in self._stream(query.order_by(*of.primary_key)):
            yield str(row.number)

    def unmaskings(self, region: str, numbers: Sequence[str]) -> list[Stored]:
        """The looks that unmasked somebody in these cases, each with the number of its case."""
        of, table = schema.reading_cases, schema.readings
        same = and_(*[of.c[name] == table.c[name] for name in ("region", "at", "reading")])
        query = (
            _whole(table)
            .add_columns(_raw(of.c.number))
            .join(of, same)
            .where(of.c.region == region, of.c.number.in_(numbers), table.c.reason.is_not(None))
            .order_by(*table.primary_key)
        )
        return [plain(row._asdict()) for row in self.connection.execute(query)]

    def looks_at_cases(self, region: str) -> int:
        """How many looks the cases of a region are led to."""
        table = schema.reading_cases.c
        query = select(func.count()).where(table.region == region)
        return int(self.connection.execute(query).scalar_one())

    def bodies(self, region: str, streams: Sequence[str]) -> list[tuple[str, Any]]:
        """Stream and body of these streams' events, in order."""
        table = schema.events
        query = (
            select(_raw(table.c.stream), _raw(table.c.body))
            .where(table.c.region == region, table.c.stream.in_(streams))
            .order_by(table.c.stream, table.c.version)
        )
        return [(row[0], row[1]) for row in self.connection.execute(query)]

    def region_of_case(self, number: str) -> str | None:
        """The region that keeps anything of this case."""
        for table, column in ((schema.cases, "number"), (schema.events, "stream")):
            for region in self.regions():
                query = select(table.c.region).where(
                    table.c.region == region, table.c[column] == number
                )
                if self.connection.execute(query.limit(1)).first():
                    return region
        return None

    def streams(self, region: str, after: str, limit: int) -> list[str]:
        """The next streams behind `after`."""
        table = schema.events.c
        query = (
            select(table.stream)
            .where(table.region == region, table.version == 1, table.stream > after)
            .order_by(table.stream)
            .limit(limit)
        )
        return list(self.connection.execute(query).scalars())

    def is_sequenced(self, region: str, stream: str) -> bool:
        """Whether ledger or queue know an event of this stream."""
        for table in (schema.ledger, schema.queue):
            query = select(table.c.id).where(table.c.region == region, table.c.stream == stream)
            if self.connection.execute(query.limit(1)).first():
                return True
        return False


@contextmanager
def snapshot(database: Database) -> Iterator[Reader]:
    """A reader of one moment. Text that is no UTF-8 any more comes too, instead of failing."""
    with database.snapshot() as connection:
        if database.dialect != "sqlite":
            yield Reader(connection)
            return
        driver: Any = connection.connection.driver_connection
        usual = driver.text_factory
        driver.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
        try:
            yield Reader(connection)
        finally:
            driver.text_factory = usual


def lock(uow: UnitOfWork, region: str, number: str) -> Reader:
    """The locks of a transition, without reading a row that may be unreadable."""
    uow.lock_register(region)
    uow.execute(
        select(schema.cases.c.version)
        .where(schema.cases.c.region == region, schema.cases.c.number == number)
        .with_for_update()
    )
    return Reader(uow.connection)


def lock_import(uow: UnitOfWork, region: str, source: str) -> Reader:
    """The locks of a replay."""
    uow.lock_register(region)
    uow.lock(region, f"import/{source}")
    return Reader(uow.connection)


def lock_register(uow: UnitOfWork, region: str) -> Reader:
    """The lock of a change of the register."""
    uow.lock_register(region, exclusive=True)
    return Reader(uow.connection)


def put(uow: UnitOfWork, table: str, values: Mapping[str, Any]) -> None:
    """Write a folded row, its moments as text, as it should be."""
    which = _TABLES[table]
    typed = {
        name: parse_instant(value)
        if value is not None and isinstance(which.c[name].type, schema.Instant)
        else value
        for name, value in values.items()
    }
    uow.execute(upsert(uow.dialect, which, [typed]))


def drop(uow: UnitOfWork, table: str, key: Sequence[Any]) -> None:
    """Remove a folded row that should not be."""
    which = _TABLES[table]
    uow.execute(delete(which).where(tuple_(*which.primary_key) == tuple_(*key)))
