"""Rows of who looked at personal data: written before the data are shown, read by auditors."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, text

from casetrack.domain.people.readings import Reading
from casetrack.storage import schema
from casetrack.storage.unit_of_work import UnitOfWork

_COLUMNS = ("region", "at", "reading", "login", "role", "agency", "kind", "cases", "query", "seal")
_INTO = f"INSERT INTO readings ({', '.join(_COLUMNS)}) VALUES (:{', :'.join(_COLUMNS)})"  # noqa: S608
_OF_CASES = "INSERT INTO reading_cases (region, number, at, reading, login, kind) "
_AT = bindparam("at", type_=schema.Instant())
#: On PostgreSQL one statement, and so one round trip and one transaction.
_TOGETHER = text(
    f"WITH looked AS ({_INTO} RETURNING region, at, reading, login, kind, cases) {_OF_CASES}"  # noqa: S608
    "SELECT region, of_case, at, reading, login, kind "
    "FROM looked, json_array_elements_text(CAST(looked.cases AS json)) AS of_case"
).bindparams(_AT)
_FIRST = text(_INTO).bindparams(_AT)
_THEN = text(
    f"{_OF_CASES} SELECT :region, value, :at, :reading, :login, :kind FROM json_each(:cases)"  # noqa: S608
).bindparams(_AT)


def put(uow: UnitOfWork, reading: Reading, seal: str) -> None:
    """Write one down, with the cases by which it is found."""
    values = {
        **{name: getattr(reading, name) for name in _COLUMNS if name != "seal"},
        "cases": json.dumps(reading.cases),
        "seal": seal,
    }
    if uow.dialect == "postgresql":
        uow.execute(_TOGETHER, values)
        return
    uow.execute(_FIRST, values)
    uow.execute(_THEN, values)


def is_looking(
    connection: Connection, region: str, number: str, login: str, since: datetime
) -> bool:
    """Whether this officer's look at this case since then is written down already."""
    table = schema.reading_cases.c
    query = (
        select(table.reading)
        .where(
            table.region == region,
            table.number == number,
            table.at > since,
            table.login == login,
            table.kind == "case",
        )
        .limit(1)
    )
    return connection.execute(query).first() is not None


def as_reading(row: Any) -> Reading:
    """The reading that a row holds."""
    cases = tuple(json.loads(row.cases))
    return Reading(
        row.region, row.at, row.reading, row.login, row.role, row.agency, row.kind, cases, row.query
    )
