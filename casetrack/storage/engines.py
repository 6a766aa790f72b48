"""How each database is connected to, and what its errors mean to those above."""

import select
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import (
    DBAPIError,
    DisconnectionError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout

from casetrack.storage.database_url import DatabaseUrl
from casetrack.storage.round_trips import trips_of

#: Seconds that a writer waits for another before it gives up with a clear error.
BUSY_SECONDS = 30

_CONNECT = {
    # What is prepared has names of ours (round_trips): psycopg would forget all of them, its own and
    # those, at a ROLLBACK.
    "prepare_threshold": None,
}

#: Connections that a process keeps in hand while nobody uses them.
KEPT_IDLE = 20

#: Seconds for which a server without a free connection is asked again, and between two times.
FULL_SECONDS, FULL_PAUSE = 5.0, 0.05
#: What such a server says. libpq gives no code for it; in another language it fails at once.
_FULL = ("too many clients", "remaining connection slots", "too many connections")

#: A key that another transaction has taken.
_TAKEN = (sqlite3.IntegrityError, psycopg.IntegrityError)
#: A server that is away, became a standby, or ended a transaction that stood still: not errors of ours.
_PASSING = (
    sqlite3.OperationalError,
    psycopg.OperationalError,
    psycopg.errors.ReadOnlySqlTransaction,
    psycopg.errors.IdleInTransactionSessionTimeout,
    psycopg.InterfaceError,
)


class DatabaseDown(Exception):
    """The database cannot be reached, or did not answer in time."""


class Conflict(Exception):
    """Another transaction wrote the same key first; names the constraint's table."""


@contextmanager
def translated() -> Iterator[None]:
    """Errors of the driver in this block become DatabaseDown and Conflict."""
    try:
        yield
    except PoolTimeout as error:
        raise DatabaseDown("every connection is in use") from error
    except (DBAPIError, psycopg.Error) as error:
        meant = _meaning(error)
        if meant is None:
            raise
        raise meant from error


def _meaning(error: DBAPIError | psycopg.Error) -> DatabaseDown | Conflict | None:
    """What those above are told, or None for an error of ours."""
    lost = isinstance(error, DBAPIError) and error.connection_invalidated
    driver = error.orig if isinstance(error, DBAPIError) else error
    said = str(error)
    if isinstance(driver, _TAKEN):
        return Conflict(_first_line(driver))
    if isinstance(driver, psycopg.errors.UndefinedTable) or "no such table" in said:
        return DatabaseDown("the tables are missing; run: casetrack db upgrade")
    if "not a database" in said or "malformed" in said:
        return DatabaseDown(f"the SQLite file cannot be read: {driver}")
    return DatabaseDown(_first_line(driver)) if lost or isinstance(driver, _PASSING) else None


def is_standby(error: BaseException) -> bool:
    """Whether a server refused to write: one behind a shared address that is not the first any more."""
    driver = error.orig if isinstance(error, DBAPIError) else error
    return isinstance(driver, psycopg.errors.ReadOnlySqlTransaction)


def _first_line(error: BaseException | None) -> str:
    # Some errors say nothing at all.
    return next(iter(str(error).splitlines()), type(error).__name__)


def postgresql_engine(url: DatabaseUrl, *, prepares: bool = True) -> Engine:
    """A pool of connections that are seen to be dead before they are used.

    Without `prepares` no statement gets a name: a pooler may give each transaction another server.
    """
    engine = create_engine(
        "postgresql+psycopg://",
        pool_size=KEPT_IDLE,
        max_overflow=20,
        pool_timeout=10,
        # Not pre_ping, which costs a round trip: see still_there.
        pool_pre_ping=False,
        # Transactions of ours are begun and ended by statements of ours (round_trips), so a connection is
        # as it is kept: to change it and back would be two calls at every use.
        isolation_level="AUTOCOMMIT",
        skip_autocommit_rollback=True,
        # An error's text goes into the log; the values of its statement do not.
        hide_parameters=True,
    )
    # libpq reads the address, not SQLAlchemy: so who listens and the pool reach the same server.
    event.listen(engine, "do_connect", lambda *_: _connect(url))
    event.listen(engine, "checkout", _checked)
    event.listen(engine, "before_cursor_execute", _after_what_waits)
    event.listen(engine, "connect", lambda _, record: record.info.update(prepares=prepares))
    return engine


def _after_what_waits(connection: Connection, *_: object) -> None:
    """What goes through SQLAlchemy comes behind what was put before it on the same connection."""
    trips_of(connection).flush()


def _connect(url: DatabaseUrl) -> psycopg.Connection:
    """A connection. A server whose connections are all taken, as in a rush, is waited for."""
    until = time.monotonic() + FULL_SECONDS
    while True:
        try:
            return url.connect(**_CONNECT)
        except psycopg.OperationalError as error:
            full = any(words in str(error) for words in _FULL)
            if not full or time.monotonic() > until:
                raise
        time.sleep(FULL_PAUSE)


def _checked(connection: psycopg.Connection, _record: object, _proxy: object) -> None:
    """Of the pool's own: take another than one that is not there any more."""
    if not _is_quiet(connection):
        raise DisconnectionError("the server ended this connection")


def still_there(connection: Connection) -> bool:
    """Whether an idle connection can be used: one on which something has arrived was ended by the server.

    One system call and no round trip, so that no request fails because the server was started again
    since the last one. What this cannot see (no word from the server) fails once: SQLAlchemy then
    throws away every connection of its pool that is as old.
    """
    if connection.invalidated:
        return False
    driver: Any = connection.connection.driver_connection
    return not driver.closed and _is_quiet(driver)


def _is_quiet(connection: psycopg.Connection) -> bool:
    waiting = select.poll()
    waiting.register(connection.pgconn.socket, select.POLLIN)
    return not waiting.poll(0)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseDown(
            f"CASETRACK_DATABASE_URL: cannot make the folder {folder}: {error.strerror}"
        ) from error


def sqlite_engine(path: str, *, writer: bool) -> Engine:
    """One writer, for whom threads queue; readers beside it."""
    if path != ":memory:" and writer:
        _make_folder(Path(path).parent)
    engine = create_engine(
        f"sqlite:///{path}",
        # One writer: threads queue for its connection instead of racing for the file's lock.
        pool_size=1 if writer else 10,
        max_overflow=0 if writer else 20,
        pool_timeout=BUSY_SECONDS,
        hide_parameters=True,
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # the begin event below opens transactions
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        # What is removed is overwritten, and not only forgotten; some builds do so without being told.
        cursor.execute("PRAGMA secure_delete=ON")
        cursor.close()

    if writer:

        @event.listens_for(engine, "begin")
        def begin(connection: Connection) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def forget_on_power_cut(engine: Engine) -> None:
    """Commits of this SQLite engine do not wait for the disk."""

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA synchronous=OFF")
