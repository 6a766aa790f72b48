"""Writes that go in together and whole: one that writes other rows than it was given undoes all."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql.dml import Delete, Insert, Update

from casetrack.storage.fixed import Fixed
from casetrack.storage.round_trips import trips_of
from casetrack.storage.row_sets import Rows, Writes

_ONE: Any = literal_column("1")
_INSTEAD = " rows instead of "


class RowsMissing(Exception):
    """A write wrote other rows than it was given. PostgreSQL says so in an error of its own."""


class WholeWrites(Writes):
    """Writes each of which has to write all of its rows: those given, or as many as `counts` says.

    `counts` names the tables of the others, each with the number, or with the name of the rows that
    are as many.
    """

    def __init__(self, *parts: Insert | Update | Delete | Rows, **counts: int | str) -> None:
        super().__init__(*parts)
        self._whole = [(part, _table(part)) for part in parts]
        self._counts = counts

    def _wanted(self, values: Mapping[str, Any]) -> dict[str, int]:
        """Table → how many rows."""
        found: dict[str, int] = {}
        for part, table in self._whole:
            count = part.name if isinstance(part, Rows) else self._counts[table]
            found[table] = count if isinstance(count, int) else len(values[count])
        return found

    @cached_property
    def together(self) -> Fixed:
        """All of them as one statement."""
        ctes, checks = [], []
        for part, table in self._whole:
            write = (part.together if isinstance(part, Rows) else part).returning(_ONE.label("one"))
            done = write.cte(f"write_{table}")
            ctes.append(done)
            checks.append(_check(table, done).label(table))
        return Fixed(select(*checks).add_cte(*ctes))

    @cached_property
    def _names(self) -> list[Sequence[str]]:
        """The values of each that is no set of rows."""
        dialect: Any = sqlite.dialect()
        return [
            () if isinstance(part, Rows) else list(part.compile(dialect=dialect).params)
            for part, _ in self._whole
        ]

    def put(self, connection: Connection, values: Mapping[str, Any]) -> None:
        """Carry them out: on PostgreSQL with whatever is asked next, at the latest with the commit."""
        wanted = self._wanted(values)
        if connection.dialect.name == "postgresql":
            counts = {_bind(table): count for table, count in wanted.items()}
            trips_of(connection).put(self.together, {**self._as_json(values), **counts})
            return
        for (part, table), names in zip(self._whole, self._names, strict=True):
            done = _carried_out(connection, part, names, values)
            if done != wanted[table]:
                raise RowsMissing(f"{table}: {done}{_INSTEAD}{wanted[table]}")


def _table(part: Insert | Update | Delete | Rows) -> str:
    return part.table.name if isinstance(part, Rows) else str(part.table)


def _bind(table: str) -> str:
    return f"{table}_count"


def _check(table: str, done: Any) -> ColumnElement[Any]:
    """Nought, or an error that says how many rows were written; `done` has one row for each."""
    found = select(func.count()).select_from(done).scalar_subquery()
    wanted = cast(bindparam(_bind(table)), Integer)
    said: Any = (literal_column(f"'{table}: '"), found, literal_column(f"'{_INSTEAD}'"), wanted)
    # A statement has no other way to end in an error of ours.
    wrong = cast(func.concat(*said), Integer)
    return case((found == wanted, literal_column("0")), else_=wrong)


def _carried_out(
    connection: Connection,
    part: Insert | Update | Delete | Rows,
    names: Sequence[str],
    values: Mapping[str, Any],
) -> int:
    if not isinstance(part, Rows):
        return int(connection.execute(part, {name: values[name] for name in names}).rowcount)
    rows = [dict(row) for row in values[part.name]]
    if not rows:
        return 0
    counted = part.one_by_one.execution_options(preserve_rowcount=True)
    return int(connection.execute(counted, rows).rowcount)
