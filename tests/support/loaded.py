"""Regions that are loaded: by the program itself, or copied from what the same load left before.

To load the cast's two regions is half of what a test costs that opens a case and looks at it.
"""

import pickle
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import select

from casetrack.bootstrap import App
from casetrack.domain.region.region_data import RegionData
from casetrack.storage import database_url, schema
from casetrack.storage.unit_of_work import Database
from casetrack.usecases.region import loading
from tests.support import sqlite

#: A load that was seen so often is kept; of one that comes once nothing is.
_OFTEN = 2


@dataclass
class Load:
    """One load: of these regions, by these settings, into this kind of database."""

    regions: tuple[RegionData, ...]
    seen: int = 0
    #: What it left, once that is kept: the time, and the file of SQLite or the SQL of PostgreSQL.
    now: datetime | None = None
    file: bytes = b""
    rows: bytes = b""

    def prepare(self, url: str) -> bool:
        """Write the file of a SQLite database that is not there yet. True if the regions are in it."""
        return sqlite.prepare(url, self.file) and bool(self.file)

    def copy_into(self, database: Database) -> bool:
        """Write the rows into a PostgreSQL that has none. True if the regions are in it."""
        if not self.rows:
            return False
        with _driver(database) as connection:
            try:
                if connection.execute("SELECT EXISTS (TABLE regions)").fetchone() == (True,):
                    return False
            except psycopg.errors.UndefinedTable:
                return False
            connection.execute(self.rows)
            connection.commit()
        return True

    def carry_out(self, app: App, now: Callable[[], datetime]) -> None:
        """Load, and keep what that left if it is wanted often."""
        with app.database.read() as connection:
            pristine = connection.execute(select(schema.regions.c.region)).first() is None
        for data in self.regions:
            loading.load(app.ctx, data)
        self.seen += 1
        if pristine and self.seen == _OFTEN:
            self.now = now()
            if app.database.dialect == "sqlite":
                self.file = _file(app.database)
            else:
                self.rows = _rows(app.database)


_loads: dict[tuple[Any, ...], Load] = {}


def load_of(url: str, settings: Mapping[str, str], regions: Iterable[RegionData]) -> Load:
    """The load of these; the same one each time."""
    data = tuple(regions)
    name = (database_url.read(url).dialect, *sorted(settings.items()), pickle.dumps(data))
    return _loads.setdefault(name, Load(data))


def _file(database: Database) -> bytes:
    with closing(sqlite3.connect(str(database.url.database))) as connection:
        return connection.serialize()


@contextmanager
def _driver(database: Database) -> Iterator[psycopg.Connection]:
    with closing(database.writer.raw_connection()) as raw:
        connection = raw.driver_connection
        assert isinstance(connection, psycopg.Connection)
        yield connection


def _rows(database: Database) -> bytes:
    """SQL that writes every row again, past every trigger, and takes the ids they have."""
    again: list[sql.Composable] = [sql.SQL("SET LOCAL session_replication_role = replica")]
    with _driver(database) as connection:
        for table in schema.metadata.sorted_tables:
            name = sql.Identifier(table.name)
            read = sql.SQL("SELECT json_agg(each)::text FROM {} each").format(name)
            (rows,) = connection.execute(read).fetchone() or (None,)
            if rows is not None:
                write = "INSERT INTO {} SELECT * FROM json_populate_recordset(NULL::{}, {})"
                again.append(sql.SQL(write).format(name, name, sql.Literal(rows)))
        (last,) = connection.execute("SELECT last_value FROM event_ids").fetchone() or (0,)
        again.append(sql.SQL("SELECT setval('event_ids', {})").format(sql.Literal(last)))
        return sql.SQL("; ").join(again).as_bytes(connection)
