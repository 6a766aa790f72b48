"""What the planner knows of the tables: looked at anew where much was written, or nothing is known yet.

PostgreSQL looks by itself a minute later at the earliest, and a plan that knows nothing can take minutes
where a second would do. SQLite plans by its indexes and needs nothing.
"""

from collections.abc import Sequence

from sqlalchemy import Connection, Table, select, text

from casetrack.storage import schema
from casetrack.storage.unit_of_work import Database

#: What a load of a region fills.
OF_A_LOAD = (
    schema.regions,
    schema.agencies,
    schema.positions,
    schema.officers,
    schema.services,
    schema.service_versions,
    schema.message_texts,
    schema.register_entries,
    schema.register_keys,
    schema.events,
)
#: Bytes of a table that any plan is quick with: PostgreSQL takes one that it does not know for as large.
SMALL = 80 * 1024
#: Tables that are larger.
_LARGE = """
SELECT relname FROM pg_class
WHERE relkind = 'r' AND relname = ANY(:names) AND relnamespace = current_schema()::regnamespace
  AND pg_relation_size(oid) > :small AND NOT pg_is_in_recovery()
"""
#: Those of them of whose columns something is known.
_KNOWN = """
SELECT DISTINCT tablename FROM pg_stats
WHERE schemaname = current_schema() AND tablename = ANY(:names)
"""


def refresh(database: Database, tables: Sequence[Table]) -> None:
    """Look at these tables now."""
    if database.dialect == "postgresql" and tables:
        with database.at_once() as uow:
            uow.execute(text(f"ANALYZE {', '.join(table.name for table in tables)}"))


def complete(database: Database) -> None:
    """Look at the tables that are not small and of which nothing is known, as after a restore."""
    if database.dialect != "postgresql":
        return
    with database.read() as connection:
        unknown = _unknown(connection)
    refresh(database, unknown)


def _unknown(connection: Connection) -> list[Table]:
    tables = schema.metadata.tables
    values = {"names": list(tables), "small": SMALL}
    large = list(connection.execute(text(_LARGE), values).scalars())
    if not large:
        return []
    known = set(connection.execute(text(_KNOWN), {"names": large}).scalars())
    unknown = [tables[name] for name in large if name not in known]
    # A table that was emptied keeps its pages. What the planner counted may be older than its rows.
    return [
        table
        for table in unknown
        if connection.execute(select(select(table).exists())).scalar_one()
    ]
