"""PostgreSQL for tests: one migrated template a session, one copy a test."""

import atexit
import os
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache

import psycopg

from casetrack.storage import migrate
from casetrack.storage.unit_of_work import Database

#: Where a server is asked for; CASETRACK_TEST_POSTGRES names another.
SERVER = os.environ.get("CASETRACK_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")


def url_of(database: str) -> str:
    """The address of one database on the server."""
    return f"{SERVER.rpartition('/')[0]}/{database}"


@cache
def available() -> bool:
    """Whether the server answers. CASETRACK_TEST_SERVICES=none plays a machine without any."""
    if os.environ.get("CASETRACK_TEST_SERVICES") == "none":
        return False
    try:
        psycopg.connect(SERVER, connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True


def _run(statement: str) -> None:
    with psycopg.connect(SERVER, autocommit=True) as connection:
        connection.execute(statement.encode())


@contextmanager
def fresh() -> Iterator[str]:
    """An empty database, dropped afterwards."""
    name = f"casetrack_test_{secrets.token_hex(6)}"
    _run(f'CREATE DATABASE "{name}"')
    try:
        yield url_of(name)
    finally:
        _run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@cache
def migrated() -> str:
    """The name of a migrated database to copy, made once a process and dropped at its end."""
    made = ExitStack()
    url = made.enter_context(fresh())
    atexit.register(made.close)
    database = Database(url)
    migrate.upgrade(database)
    database.close()
    return url.rpartition("/")[2]


@contextmanager
def copy_of(template_name: str) -> Iterator[str]:
    """A copy of the template, dropped afterwards."""
    name = f"casetrack_test_{secrets.token_hex(6)}"
    _run(f'CREATE DATABASE "{name}" TEMPLATE "{template_name}"')
    # Do not wait for the disk: what a test proves does not depend on a power cut.
    _run(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
    try:
        yield url_of(name)
    finally:
        _run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
