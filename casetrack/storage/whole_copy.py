"""A whole database held at one moment while others write, and places that hold nothing yet."""

import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import DBAPIError

from casetrack.domain.errors import BadInput
from casetrack.storage import schema, schema_version
from casetrack.storage.engines import translated
from casetrack.storage.unit_of_work import Database

_HEADS = select(
    schema.ledger_heads.c.region, schema.ledger_heads.c.position, schema.ledger_heads.c.hash
).order_by(schema.ledger_heads.c.region)
_FILES = select(
    schema.files.c.region, schema.files.c.file, schema.files.c.number, schema.files.c.digest
).order_by(schema.files.c.region, schema.files.c.file)
_KEYS = select(schema.fingerprints.c.key, schema.fingerprints.c.digest)
#: Rows of files in memory at a time.
_BATCH = 1000


@dataclass(frozen=True, slots=True)
class Held:
    """The database as it was at one moment."""

    connection: Connection
    #: The name by which another program reads the same moment; none where the database is a copy itself.
    moment: str

    def heads(self) -> dict[str, tuple[int, str]]:
        """Region → position and hash of its newest ledger entry."""
        return {row.region: (row.position, row.hash) for row in self.connection.execute(_HEADS)}

    def keys(self) -> dict[str, str]:
        """Digests of the keys that it was begun with, by their names."""
        return {row.key: row.digest for row in self.connection.execute(_KEYS)}

    def files(self) -> Iterator[Any]:
        """Region, file, number and digest of each file that lies in the store."""
        with self.connection.execute(_FILES, execution_options={"yield_per": _BATCH}) as rows:
            yield from rows

    def rows(self) -> dict[str, int]:
        """Table → how many rows it has, of those that have some."""
        counted = {
            table.name: self.connection.execute(
                select(func.count()).select_from(table)
            ).scalar_one()
            for table in schema.metadata.sorted_tables
        }
        return {name: count for name, count in counted.items() if count}


@contextmanager
def held(database: Database) -> Iterator[Held]:
    """The database at one moment, which PostgreSQL keeps for other programs too.

    Of SQLite it is the file that `copied` made, which nobody else writes. Raises DatabaseDown.
    """
    with database.snapshot() as connection:
        moment = ""
        if database.dialect == "postgresql":
            moment = str(connection.execute(text("SELECT pg_export_snapshot()")).scalar_one())
        yield Held(connection, moment)


@contextmanager
def scratch(database: Database) -> Iterator[str]:
    """The address of an empty database beside this one on PostgreSQL, dropped at the end.

    Raises BadInput where its user may make none.
    """
    name = f"{database.url.database}_drill_{secrets.token_hex(4)}"
    try:
        _administer(database, f'CREATE DATABASE "{name}" TEMPLATE template0')
    except (DBAPIError, psycopg.Error) as error:
        raise BadInput(
            "the drill makes a database beside this one and drops it again; its user may not do so "
            "(ALTER ROLE ... CREATEDB), or the server has no room"
        ) from error
    try:
        yield database.url.set(database=name).render_as_string(hide_password=False)
    finally:
        _administer(database, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _administer(database: Database, statement: str) -> None:
    with database.reader.connect() as connection:
        connection.execute(text(statement))


def copied(database: Database, into: Path) -> None:
    """Copy a SQLite database that is in use into one file. Writers go on meanwhile."""
    with (
        translated(),
        closing(sqlite3.connect(into)) as copy,
        closing(sqlite3.connect(str(database.url.database))) as source,
    ):
        source.backup(copy)


def one_file(path: Path) -> None:
    """A SQLite database that nobody has open becomes one file, without a log beside it."""
    with translated(), closing(sqlite3.connect(path)) as copy:
        copy.execute("PRAGMA journal_mode=DELETE")


def require_empty(database: Database) -> None:
    """Raises BadInput where the database has tables: a restore writes over nothing."""
    if not schema_version.is_empty(database):
        raise BadInput(
            "the database that the settings name is not empty, and a restore writes over nothing; "
            "name a new one (CASETRACK_DATABASE_URL, or CASETRACK_DATA_DIR for SQLite)"
        )
