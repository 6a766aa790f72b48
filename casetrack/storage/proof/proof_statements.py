"""The statements by which verify reads, each made once: what a batch asks for is one of a few dozen.

`of` stands for the region and `among` for the cases, streams or subjects of a batch. Columns come without
conversion, since a changed one may not convert.
"""

from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    Table,
    and_,
    bindparam,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
)

from casetrack.storage import schema
from casetrack.storage.proof.row_tables import TABLES, raw, stream_sql, whole

#: So many rows are no reason for a server's cursor.
FEW = 200


@cache
def few(query: Select[Any]) -> Select[Any]:
    """The first rows of a statement of this module, and one more than few."""
    return query.limit(FEW + 1)


def _in(table: Table) -> ColumnElement[bool]:
    return table.c.region == bindparam("of")


def _among() -> BindParameter[Any]:
    return bindparam("among", expanding=True)


def _same_place(one: Table, other: Table) -> ColumnElement[bool]:
    return and_(
        one.c.region == other.c.region,
        one.c.stream == other.c.stream,
        one.c.version == other.c.version,
    )


@cache
def first_region() -> Select[Any]:
    """The first region that any row names."""
    return _least([select(_first(table)) for table in TABLES.values()])


@cache
def next_region() -> Select[Any]:
    """The first behind `last`."""
    return _least(
        [
            select(_first(table)).where(table.c.region > bindparam("last"))
            for table in TABLES.values()
        ]
    )


def _first(table: Table) -> ColumnElement[Any]:
    return func.min(table.c.region).label("region")


def _least(of_tables: list[Select[Any]]) -> Select[Any]:
    found = union_all(*of_tables).subquery()
    return select(func.min(found.c.region))


@cache
def filled() -> Select[Any]:
    """For each table whether it has a row of the region."""
    asked: list[ColumnElement[Any]] = [
        exists().where(_in(table)).label(table.name) for table in TABLES.values()
    ]
    return select(*asked)


@cache
def events() -> Select[Any]:
    """Events by stream and version, each with its places in ledger and queue."""
    table, ledger, queue = schema.events, schema.ledger, schema.queue
    names = ("stream", "version", "id", "type", "recorded_at", "body", "hash")
    return (
        select(
            *[raw(table.c[name]) for name in names],
            raw(ledger.c.position),
            raw(queue.c.id).label("queued"),
        )
        .select_from(table)
        .outerjoin(ledger, _same_place(ledger, table))
        .outerjoin(queue, and_(queue.c.region == table.c.region, queue.c.id == table.c.id))
        .where(_in(table))
        .order_by(table.c.region, table.c.stream, table.c.version)
    )


@cache
def events_of_streams() -> Select[Any]:
    """The same of these streams."""
    return events().where(schema.events.c.stream.in_(_among()))


@cache
def bodies() -> Select[Any]:
    """Stream and body of these streams' events, in order."""
    table = schema.events
    return (
        select(raw(table.c.stream), raw(table.c.body))
        .where(_in(table), table.c.stream.in_(_among()))
        .order_by(table.c.stream, table.c.version)
    )


@cache
def ledger() -> Select[Any]:
    """The ledger by position, each entry with the events that it may mean."""
    table, of_place, of_id = schema.ledger, schema.events, schema.events.alias("of_id")
    names = ("position", "id", "stream", "version", "prev_hash", "hash")
    return (
        select(
            *[raw(table.c[name]) for name in names],
            raw(of_place.c.id).label("event_id"),
            raw(of_place.c.hash).label("event_hash"),
            of_id.c.id.label("named"),
        )
        .select_from(table)
        .outerjoin(of_place, _same_place(of_place, table))
        .outerjoin(of_id, of_id.c.id == table.c.id)
        .where(_in(table))
        .order_by(table.c.region, table.c.position)
    )


@cache
def places() -> Select[Any]:
    """The ledger's positions with their streams."""
    table = schema.ledger.c
    return (
        select(table.position, table.stream)
        .where(_in(schema.ledger))
        .order_by(table.region, table.position)
    )


@cache
def concerned() -> Select[Any]:
    """Which agencies which entries concern, by position."""
    table = schema.ledger_agencies.c
    return (
        select(raw(table.position), raw(table.agency))
        .where(_in(schema.ledger_agencies))
        .order_by(table.position, table.agency)
    )


@cache
def orphans() -> Select[Any]:
    """Queue rows that do not fit an event."""
    queue, events, cases = schema.queue, schema.events, schema.cases
    return (
        select(
            raw(queue.c.id),
            raw(queue.c.stream),
            raw(queue.c.version),
            raw(events.c.id).label("event_id"),
            raw(cases.c.version).label("reached"),
        )
        .select_from(queue)
        .outerjoin(events, and_(events.c.region == queue.c.region, events.c.id == queue.c.id))
        .outerjoin(cases, and_(cases.c.region == queue.c.region, cases.c.number == queue.c.stream))
        .where(
            _in(queue),
            or_(
                events.c.id.is_(None),
                events.c.stream != queue.c.stream,
                events.c.version != queue.c.version,
            ),
        )
        .order_by(queue.c.id)
    )


@cache
def rows_among(table: str, column: str) -> Select[Any]:
    """Rows that belong to these cases, streams or subjects, by primary key."""
    which = TABLES[table]
    query = whole(which).where(_in(which), which.c[column].in_(_among()))
    return query.order_by(*which.primary_key)


@cache
def rows_of_region(table: str) -> Select[Any]:
    """All rows of a region, by primary key."""
    which = TABLES[table]
    return whole(which).where(_in(which)).order_by(*which.primary_key)


@cache
def entries() -> Select[Any]:
    """Every revision of these entries of one `kind` in the register."""
    which = schema.register_entries
    query = whole(which).where(
        _in(which), which.c.kind == bindparam("kind"), which.c.entry.in_(_among())
    )
    return query.order_by(*which.primary_key)


@cache
def rows_without_stream(table: str) -> Select[Any]:
    """Rows for whose stream there is no first event."""
    which, events = TABLES[table], schema.events
    first = exists().where(
        events.c.region == which.c.region,
        events.c.stream == stream_sql(which),
        events.c.version == 1,
    )
    return whole(which).where(_in(which), ~first).order_by(*which.primary_key)


@cache
def looks_without_reading() -> Select[Any]:
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
    return select(raw(of.c.number)).where(_in(of), ~fits).order_by(*of.primary_key)


@cache
def unmaskings() -> Select[Any]:
    """The looks that unmasked somebody in these cases, each with the number of its case."""
    of, table = schema.reading_cases, schema.readings
    same = and_(*[of.c[name] == table.c[name] for name in ("region", "at", "reading")])
    return (
        whole(table)
        .add_columns(raw(of.c.number))
        .join(of, same)
        .where(_in(of), of.c.number.in_(_among()), table.c.reason.is_not(None))
        .order_by(*table.primary_key)
    )
