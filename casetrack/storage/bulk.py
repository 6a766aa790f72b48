"""Many rows in one statement: what the relay writes for a batch is one round trip a table."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Table, bindparam, text

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
