"""How the databases would carry out what the product asks of them, by EXPLAIN."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, event

from casetrack.storage import round_trips, schema

PARTIAL = {
    index.name
    for table in schema.metadata.sorted_tables
    for index in table.indexes
    if index.dialect_kwargs.get("sqlite_where") is not None
}
#: Walked along, for as many rows as a page has.
ORDERED = (
    "ix_cases_newest",
    "sqlite_autoindex_queue_1",
    "ix_decisions_newest",
    "sqlite_autoindex_register_entries_1",
    "sqlite_autoindex_readings_1",
)


@contextmanager
def recorded() -> Iterator[dict[str, Any]]:
    """The statements of everybody in this process, each with the values it had first."""
    found: dict[str, Any] = {}

    def note(
        _connection: Any, _cursor: Any, statement: str, values: Any, _context: Any, many: bool
    ) -> None:
        found.setdefault(statement, values[0] if many else values)

    def note_trip(calls: Sequence[tuple[Any, Mapping[str, Any]]]) -> None:
        for statement, values in calls:
            found.setdefault(statement.sql.decode(), statement.written(values))

    event.listen(Engine, "before_cursor_execute", note)
    round_trips.observers.append(note_trip)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", note)
        round_trips.observers.remove(note_trip)


def explainable(statement: str) -> bool:
    """Whether a database can say how it would carry this out."""
    return statement.lstrip().split(None, 1)[0].upper() in ("SELECT", "INSERT", "UPDATE", "DELETE",
                                                            "WITH")  # fmt: skip


def scanned(connection: Connection, statement: str, values: Any) -> set[str]:
    """Tables that the plan reads from end to end."""
    if connection.dialect.name == "postgresql":
        plan = explained(connection, f"EXPLAIN (FORMAT JSON) {statement}", values)
        return set(_sequential(plan[0]["Plan"]))
    rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
    lines = [row[3] for row in rows]
    sorts = "USE TEMP B-TREE FOR ORDER BY" in lines
    return {line.split()[1] for line in lines if _reads_all(line, sorts)}


def explained(connection: Connection, statement: str, values: Any) -> Any:
    """What PostgreSQL answers to an EXPLAIN."""
    if "$1" not in statement:
        return connection.exec_driver_sql(statement, values).scalar_one()
    # As it is prepared: with numbered places, and its values as text.
    driver: Any = connection.connection.driver_connection
    texts = [None if value is None else value.decode() for value in values]
    row = psycopg.RawCursor(driver).execute(statement, texts).fetchone()
    assert row is not None
    return row[0]


def _reads_all(line: str, sorts: bool) -> bool:
    """Whether SQLite goes through a table, or through all of a region's rows to sort or sift them."""
    partial = any(f" INDEX {name}" in line for name in PARTIAL)
    if line.startswith("SCAN"):
        # A partial index holds only what is open; to go through it is what it is for.
        return not partial
    if not line.startswith("SEARCH") or partial:
        return False
    ordered = not sorts and any(f" INDEX {name} " in line for name in ORDERED)
    wide = ("(region=?)", "(region=? AND status=?)", "(region=? AND agency=?)")
    return line.endswith(wide if sorts else wide[0]) and not ordered


def _sequential(plan: dict[str, Any]) -> Iterator[str]:
    if plan["Node Type"] == "Seq Scan":
        yield plan["Relation Name"]
    for inner in plan.get("Plans", ()):
        yield from _sequential(inner)
