"""Rows put in by value: many in one statement, and those whose key is there already overwritten."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, cast

from sqlalchemy import Insert, Table, bindparam, text
from sqlalchemy.dialects import postgresql, sqlite

from casetrack.storage.unit_of_work import UnitOfWork


def insert_many(
    uow: UnitOfWork, table: Table, rows: Sequence[Mapping[str, Any]], conflict: str = ""
) -> None:
    """Insert these rows, all with the same columns, in their order.

    On PostgreSQL they travel as one JSON document: one parameter whatever their number, where an
    executemany sends, parses and answers each row. `conflict` is an ON CONFLICT clause for both.
    """
    if not rows:
        return
    names = list(rows[0])
    columns = ", ".join(f'"{name}"' for name in names)
    if uow.dialect == "postgresql":
        source = f"FROM json_populate_recordset(NULL::{table.name}, CAST(:rows AS json))"
        values = {"rows": json.dumps(rows, default=datetime.isoformat)}
        into = f"INSERT INTO {table.name} ({columns}) SELECT {columns} {source} {conflict}"
        uow.execute(text(into), values)
        return
    places = ", ".join(f":{name}" for name in names)
    into = f"INSERT INTO {table.name} ({columns}) VALUES ({places}) {conflict}"  # noqa: S608
    typed = [bindparam(name, type_=table.c[name].type) for name in names]
    uow.execute(text(into).bindparams(*typed), rows)


def upsert(dialect: str, table: Any, rows: Sequence[Mapping[str, Any]]) -> Insert:
    """Insert these rows, or overwrite those whose primary key is there: one statement for many."""
    return cast(Insert, _upsert(dialect, table, tuple(rows[0])).values(list(rows)))


@cache
def _upsert(dialect: str, table: Any, columns: tuple[str, ...]) -> Any:
    """The statement without its values: naming its columns costs more than all the rest."""
    make = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement: Any = make(table)
    keys = [column.name for column in table.primary_key]
    changed = {name: statement.excluded[name] for name in columns if name not in keys}
    if not changed:
        return statement.on_conflict_do_nothing()
    return statement.on_conflict_do_update(index_elements=keys, set_=changed)
