"""What a measurement asks of the database, and a database of its own."""

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import psycopg
from psycopg.sql import SQL, Identifier
from sqlalchemy import Connection, event, func, or_, select, text
from sqlalchemy.engine import make_url

from casetrack.storage import schema
from casetrack.storage.unit_of_work import Database, DatabaseDown


def events_of(connection: Connection, region: str, types: Sequence[str]) -> int:
    """How many events of a region have one of these types; a star at the end is anything."""
    column = schema.events.c.type
    wanted = [
        column.like(f"{kind[:-1]}%") if kind.endswith("*") else column == kind for kind in types
    ]
    counted = select(func.count()).where(schema.events.c.region == region, or_(*wanted))
    return int(connection.execute(counted).scalar_one())


def put_in_line(database: Database, region: str, subscription: str, count: int) -> None:
    """So many deliveries for this subscription, each in a lane of its own and due: PostgreSQL only.

    They are copies of the one that it has; raises ValueError when it has none.
    """
    of = {"region": region, "subscription": subscription, "count": count}
    with database.write() as uow:
        made = uow.execute(text(_DELIVERIES), of).rowcount
        if made != count:
            raise ValueError("the subscription has not one delivery to be copied")
        uow.execute(text(_LANES), of)
    with database.at_once() as uow:
        uow.execute(text("ANALYZE deliveries, lanes"))


_DELIVERIES = """
INSERT INTO deliveries (region, lane, position, number, role, channel, type, stream, version, state,
                        attempts, recorded_at)
SELECT region, n || '/' || role, position, CAST(n AS text), role, channel, type, stream, version,
       'pending', 0, recorded_at
FROM deliveries, generate_series(1, :count) AS n
WHERE region = :region AND role = :subscription AND channel = 'webhook'
"""
_LANES = """
INSERT INTO lanes (region, lane, queue, due_at, fence)
SELECT :region, n || '/' || :subscription, :subscription, now() - interval '1 hour', 0
FROM generate_series(1, :count) AS n
"""


def waiting_for(connection: Connection, region: str, subscription: str) -> int:
    """How many lanes have something for this subscription."""
    lanes = schema.lanes.c
    counted = select(func.count()).where(
        lanes.region == region, lanes.queue == subscription, lanes.due_at.is_not(None)
    )
    return int(connection.execute(counted).scalar_one())


def version(database: Database) -> str:
    """The database's name and version: "PostgreSQL 15.4", "SQLite 3.45.1"."""
    with database.read() as connection:
        if database.dialect == "postgresql":
            shown = connection.execute(text("SHOW server_version")).scalar_one()
            return f"PostgreSQL {str(shown).split()[0]}"
        return f"SQLite {connection.execute(text('SELECT sqlite_version()')).scalar_one()}"


@contextmanager
def counted(connection: Connection) -> Iterator[Callable[[], int]]:
    """Counts the statements that this connection carries out; gives how many it has been."""
    seen = 0

    def count(*_: object) -> None:
        nonlocal seen
        seen += 1

    event.listen(connection, "before_cursor_execute", count)
    try:
        yield lambda: seen
    finally:
        event.remove(connection, "before_cursor_execute", count)


@contextmanager
def database_beside(url: str, prefix: str) -> Iterator[str]:
    """A new PostgreSQL database on the server of this one; gives its URL and drops it afterwards.

    Raises DatabaseDown when the server is away or the user may not make databases.
    """
    parsed = make_url(url)
    dsn = parsed.set(drivername="postgresql").render_as_string(hide_password=False)
    name = f"{prefix}_{secrets.token_hex(4)}"
    _on_server(dsn, "CREATE DATABASE {}", name)
    try:
        yield parsed.set(database=name).render_as_string(hide_password=False)
    finally:
        _on_server(dsn, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def _on_server(dsn: str, statement: str, name: str) -> None:
    try:
        with psycopg.connect(dsn, autocommit=True, connect_timeout=5) as connection:
            connection.execute(SQL(statement).format(Identifier(name)))
    except psycopg.Error as error:
        raise DatabaseDown(
            f"a database for the measurement could not be made: {str(error).splitlines()[0]}"
        ) from error
