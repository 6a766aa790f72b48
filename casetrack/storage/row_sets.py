"""Writes that go in together, with as many rows as there are: one statement of one shape.

On PostgreSQL rows travel as JSON, one value whatever their number, and all writes are one statement.
SQLite carries them out one after the other in the same transaction. They must not touch one row
twice, and must come after the locks: a statement's snapshot is older than its wait for a lock.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    Boolean,
    ColumnElement,
    Connection,
    Dialect,
    String,
    Table,
    bindparam,
    cast,
    func,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.dml import Delete, Insert, Update
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine

from casetrack.storage.fixed import Fixed
from casetrack.storage.round_trips import trips_of

Row = Mapping[str, Any]


class Texts(TypeDecorator[Sequence[Any]]):
    """Several texts as one value: an array on PostgreSQL, JSON on SQLite."""

    impl = String
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """An array where there is one."""
        return dialect.type_descriptor(ARRAY(String) if _is_postgresql(dialect) else String())

    def process_bind_param(self, value: Sequence[Any] | None, dialect: Dialect) -> Any:
        """The texts, as the database takes them."""
        if value is None or _is_postgresql(dialect):
            return value
        return json.dumps(list(value))


class Numbers(Texts):
    """Several whole numbers as one value."""

    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """An array where there is one."""
        return dialect.type_descriptor(ARRAY(BigInteger) if _is_postgresql(dialect) else String())


class among(FunctionElement[bool]):  # noqa: N801 - it is used as a function
    """Whether a column's value is one of several, given as one value: `Texts` or `Numbers`."""

    type = Boolean()
    inherit_cache = True
    name = "among"

    def self_group(self, against: Any = None) -> Any:
        """As it stands: SQLite has no booleans, and of "… = 1" it would not see the index."""
        return self


@compiles(among, "postgresql")
def _among_array(element: Any, compiler: Any, **options: Any) -> str:
    column, texts = (compiler.process(part, **options) for part in element.clauses)
    return f"{column} = ANY({texts})"


@compiles(among, "sqlite")
def _among_json(element: Any, compiler: Any, **options: Any) -> str:
    column, texts = (compiler.process(part, **options) for part in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({texts}))"  # noqa: S608


def _is_postgresql(dialect: Dialect) -> bool:
    return dialect.name == "postgresql"


#: What is written over a row whose key is there already, made of the row that was to be inserted.
Over = Callable[[Any], Mapping[str, ColumnElement[Any]]]


class Rows:
    """Rows to be inserted into a table; of those whose key is there already `there` says what becomes.

    "fails", "is_overwritten" or "stays", or what is written over them. Every row has the same columns.
    They go in in their order.
    """

    def __init__(
        self,
        table: Table,
        *,
        there: str | Over = "fails",
        name: str = "",
        without: Sequence[str] = (),
    ) -> None:
        self.table, self.there = table, there
        self.name = name or table.name
        self.columns = [column for column in table.c if column.name not in without]

    @cached_property
    def together(self) -> Insert:
        """All rows, from one JSON document."""
        names = [column.name for column in self.columns]
        row_type: Any = literal_column(f"NULL::{self.table.name}")
        rows = func.json_populate_recordset(row_type, cast(bindparam(self.name), JSON))
        source = rows.table_valued(*names)
        into = postgresql.insert(self.table).from_select(names, select(*source.c))
        return self._with_conflict(into)

    @cached_property
    def one_by_one(self) -> Insert:
        """One row, with its values by the columns' names."""
        return self._with_conflict(sqlite.insert(self.table))

    def _with_conflict(self, into: Any) -> Insert:
        keys = [column.name for column in self.table.primary_key]
        if self.there == "stays":
            return into.on_conflict_do_nothing()  # type: ignore[no-any-return]
        if callable(self.there):
            over = self.there(into.excluded)
            return into.on_conflict_do_update(index_elements=keys, set_=over)  # type: ignore[no-any-return]
        if self.there == "is_overwritten":
            changed = {c.name: into.excluded[c.name] for c in self.columns if c.name not in keys}
            return into.on_conflict_do_update(index_elements=keys, set_=changed)  # type: ignore[no-any-return]
        return into  # type: ignore[no-any-return]


class Changes:
    """New values for some columns of rows that are there, of one region, found by their key.

    Where a value of a column that is `kept` is null, the row's own stays. One statement a row, all in
    one round trip: each is one descent of the key's index. As one statement for all rows it was a join,
    and where little is known of a table, or it is small, the planner reads all of the region for it.
    """

    def __init__(
        self, table: Table, *columns: str, kept: Sequence[str] = (), name: str = ""
    ) -> None:
        self.table, self.name = table, name or table.name
        self._columns, self._kept = (*columns, *kept), kept
        self._keys = [key.name for key in table.primary_key if key.name != "region"]

    @cached_property
    def one(self) -> Fixed:
        """One row, with its values by the columns' names behind an underscore."""
        table = self.table
        names = (*self._keys, *self._columns)
        given = {name: bindparam(f"_{name}", type_=table.c[name].type) for name in names}
        at = [table.c[name] == given[name] for name in self._keys]
        new = {
            name: func.coalesce(given[name], table.c[name]) if name in self._kept else given[name]
            for name in self._columns
        }
        return Fixed(update(table).where(table.c.region == bindparam("in_region"), *at).values(new))

    def put(self, connection: Connection, values: Mapping[str, Any]) -> None:
        """Carry them out: on PostgreSQL with whatever is asked next, at the latest with the commit."""
        rows = [_underscored(row, values) for row in values[self.name]]
        if connection.dialect.name == "postgresql":
            trips = trips_of(connection)
            for row in rows:
                trips.put(self.one, row)
        elif rows:
            connection.execute(self.one.on_sqlite, rows)


Part = Insert | Update | Delete | Rows


class Writes:
    """Writes of one shape, made once; `values` has one for each of their names."""

    def __init__(self, *parts: Part) -> None:
        self._parts = parts

    @cached_property
    def together(self) -> Fixed:
        """All of them as one statement."""
        ctes = [
            (part.together if isinstance(part, Rows) else part).cte(f"write_{place}")
            for place, part in enumerate(self._parts)
        ]
        return Fixed(select(literal_column("1").label("done")).add_cte(*ctes))

    @cached_property
    def _each(self) -> list[tuple[Part, frozenset[str]]]:
        return [
            (part, frozenset() if isinstance(part, Rows) else _names(part)) for part in self._parts
        ]

    def put(self, connection: Connection, values: Mapping[str, Any]) -> None:
        """Carry them out: on PostgreSQL with whatever is asked next, at the latest with the commit."""
        if connection.dialect.name == "postgresql":
            trips_of(connection).put(self.together, self._as_json(values))
            return
        for part, names in self._each:
            if isinstance(part, Rows):
                if rows := values[part.name]:
                    connection.execute(part.one_by_one, [dict(row) for row in rows])
            else:
                own = {name: value for name, value in values.items() if name in names}
                connection.execute(part, own)

    def _as_json(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        rows = {
            part.name: _as_rows(given) if (given := values[part.name]) else "[]"
            for part in self._parts
            if isinstance(part, Rows)
        }
        return {**values, **rows}


def _names(part: Insert | Update | Delete) -> frozenset[str]:
    dialect: Any = sqlite.dialect()
    return frozenset(part.compile(dialect=dialect).params)


def _underscored(row: Row, values: Row) -> dict[str, Any]:
    named = {f"_{name}": value for name, value in row.items()}
    return {**named, "in_region": values["in_region"]}


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return "\\x" + value.hex()
    raise TypeError(f"{type(value).__name__} cannot be in a row")


#: Made once: `json.dumps` with any argument makes an encoder each time.
_as_rows = json.JSONEncoder(default=_plain).encode
