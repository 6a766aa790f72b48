"""One transaction, and how each database gives it: the locks of docs/architecture.md.

PostgreSQL: READ COMMITTED, row locks, the region's register lock as a shared advisory lock.
SQLite: BEGIN IMMEDIATE through one writing connection for which writers queue; readers are apart.
"""

import hashlib
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    Executable,
    Integer,
    bindparam,
    func,
    literal,
    literal_column,
    select,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.pool import QueuePool
from sqlalchemy.sql.dml import Delete, Insert, Update

from casetrack.domain.events import GENESIS
from casetrack.storage.engines import (
    KEPT_IDLE,
    Conflict,
    DatabaseDown,
    forget_on_power_cut,
    parsed,
    postgresql_engine,
    sqlite_engine,
    still_there,
    translated,
)
from casetrack.storage.fixed import Call, Fixed, Tell, ask, ask_all, put
from casetrack.storage.round_trips import trips_of
from casetrack.storage.row_sets import Changes, Writes
from casetrack.storage.schema import Instant, events, ledger_heads

__all__ = ["Call", "Conflict", "Database", "DatabaseDown", "UnitOfWork", "Write", "register_key"]

Write = Insert | Update | Delete


_NOTIFY = Fixed(select(func.pg_notify(bindparam("channel"), literal_column("''"))))


class UnitOfWork:
    """One open transaction: reads after its locks, writes together, then the commit."""

    def __init__(
        self, connection: Connection, dialect: str, clock: Callable[[], datetime] | None
    ) -> None:
        self.connection = connection
        self.dialect = dialect
        self._clock = clock

    def lock_register(self, region: str, *, exclusive: bool = False) -> None:
        """Hold the region's register still (shared), or change it (exclusive), until the commit."""
        self._behind(_LOCK_EXCLUSIVE if exclusive else _LOCK_SHARED, region, region, ())

    def lock(self, region: str, name: str, behind: Sequence[Call] = ()) -> list[Sequence[Any]]:
        """One after the other for who locks this name in the region, until the commit; asks this behind
        it."""
        return self._behind(_LOCK_EXCLUSIVE, region, f"{region}/{name}", behind)

    def ask_behind_register(self, region: str, calls: Sequence[Call]) -> list[Sequence[Any]]:
        """Hold the region's register still until the commit, and ask this behind it."""
        return self._behind(_LOCK_SHARED, region, region, calls)

    def _behind(
        self, lock: Fixed, region: str, name: str, calls: Sequence[Call]
    ) -> list[Sequence[Any]]:
        if self.dialect != "postgresql":
            return self.ask_all(calls)
        locked = (lock, {"region": region, "key": register_key(name)})
        found = self.ask_all([locked, *calls])
        if not found[0]:
            # The region has no row yet to which its locks belong.
            self.put(_HEAD, {"of_region": region})
            found = self.ask_all([locked, *calls])
        return found[1:]

    def given_time(self) -> datetime | None:
        """The time that a test gives in place of the database's."""
        return self._clock() if self._clock is not None else None

    def draw(self) -> tuple[int, datetime]:
        """The next event id and the time, drawn after the locks."""
        ids, now = self.draw_many(1)
        return ids[0], now

    def draw_many(self, count: int) -> tuple[Sequence[int], datetime]:
        """So many event ids, ascending, and the time."""
        if self.dialect == "postgresql":
            rows = self.ask(_DRAWN, {"count": count})
            # The time of the last draw: no event of this transaction is later.
            return [row.id for row in rows], self.time(rows[-1].now)
        last = self.connection.execute(select(func.max(events.c.id))).scalar() or 0
        return range(last + 1, last + 1 + count), self.time(None)

    def time(self, of_database: datetime | None) -> datetime:
        """The database's time where it has one, or the one that a test gives."""
        return self.given_time() or (of_database or datetime.now(UTC)).astimezone(UTC)

    def ask(self, fixed: Fixed, values: Mapping[str, Any]) -> Sequence[Any]:
        """The rows of a statement that was made once; what was put before it goes with it."""
        return ask(self.connection, fixed, values)

    def ask_all(self, calls: Sequence[Call]) -> list[Sequence[Any]]:
        """The rows of several, one carried out after the other, in one round trip where there is one."""
        return ask_all(self.connection, calls)

    def put(self, statement: Fixed | Writes | Changes, values: Mapping[str, Any]) -> None:
        """Carry out writes that were made once, at the latest with the commit."""
        if isinstance(statement, Writes | Changes):
            statement.put(self.connection, values)
        else:
            put(self.connection, statement, values)

    def put_and_tell(self, statement: Fixed, values: Mapping[str, Any], tell: Tell) -> None:
        """Carry it out at the latest with the commit, and tell its rows by then: no trip of their own."""
        put(self.connection, statement, values, tell)

    def execute(self, statement: Executable, rows: Any = None) -> Any:
        """One statement, or one for many rows."""
        return self.connection.execute(statement, rows)


def _lock(function: str) -> Fixed:
    # Of the region's own row: so both halves of the lock are taken where the region's rows lie, however
    # many machines there are.
    taken = getattr(func, function)(bindparam("key", type_=BigInteger))
    return Fixed(
        select(taken).select_from(ledger_heads).where(ledger_heads.c.region == bindparam("region"))
    )


_DRAWN = Fixed(
    select(
        func.nextval("event_ids", type_=BigInteger).label("id"),
        func.clock_timestamp(type_=Instant).label("now"),
    ).select_from(func.generate_series(literal_column("1"), bindparam("count", type_=Integer)))
)
_HEAD = Fixed(
    postgresql.insert(ledger_heads)
    .values(
        region=bindparam("of_region"),
        position=literal_column("0"),
        hash=literal_column(f"'{GENESIS}'"),
    )
    .on_conflict_do_nothing()
)
_LOCK_SHARED = _lock("pg_advisory_xact_lock_shared")
_LOCK_EXCLUSIVE = _lock("pg_advisory_xact_lock")


def register_key(region: str) -> int:
    """The advisory lock of a region's register: 63 bits of its code's hash."""
    return int.from_bytes(hashlib.sha256(f"register:{region}".encode()).digest()[:8]) >> 1


class Database:
    """Where everything is kept. Opens no connection before the first transaction.

    `clock` replaces the database's time; only tests and measurements give one. Without `prepares` no
    statement is prepared under a name.
    """

    def __init__(
        self, url: str, *, clock: Callable[[], datetime] | None = None, prepares: bool = True
    ) -> None:
        self.url = parsed(url)
        self.dialect = self.url.get_backend_name()
        self._clock = clock
        #: Connections in nobody's hands, the one that was used last at the end: to take one from
        #: SQLAlchemy's pool and to give it back costs as much as a round trip.
        self._idle: deque[Connection] = deque()
        if self.dialect == "sqlite":
            self.writer = sqlite_engine(self.url.database or ":memory:", writer=True)
            self.reader = sqlite_engine(self.url.database or ":memory:", writer=False)
        else:
            # A read is one statement: no BEGIN and no COMMIT around it.
            self.reader = postgresql_engine(self.url, prepares=prepares)
            self.writer = self.reader.execution_options(isolation_level="READ COMMITTED")

    @contextmanager
    def write(self) -> Iterator[UnitOfWork]:
        """A transaction that commits at the end of the block and rolls back on any error.

        Raises Conflict when a key is taken, DatabaseDown when the database is away.
        """
        if self.dialect == "sqlite":
            with translated(), self.writer.begin() as connection:
                yield UnitOfWork(connection, self.dialect, self._clock)
            return
        # BEGIN and COMMIT are ours: they travel with what is asked first and what is written last.
        with self._connected() as connection:
            trips = trips_of(connection)
            trips.begin()
            try:
                yield UnitOfWork(connection, self.dialect, self._clock)
                trips.commit()
            except BaseException:
                trips.roll_back()
                raise

    @contextmanager
    def at_once(self) -> Iterator[UnitOfWork]:
        """For statements that are a transaction each: no BEGIN and COMMIT where none is needed."""
        if self.dialect == "sqlite":
            with self.write() as uow:
                yield uow
            return
        with self._connected() as connection:
            trips = trips_of(connection)
            try:
                yield UnitOfWork(connection, self.dialect, self._clock)
                trips.flush()
            except BaseException:
                # What was put and not yet sent is not the next one's to carry out.
                trips.roll_back()
                raise

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection for reading: each statement sees what was committed before it."""
        with self._connected() as connection:
            yield connection

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        """A connection on which nobody has begun a transaction. One that is lost is not used again."""
        if self.dialect == "sqlite":
            with translated(), self.reader.connect() as connection:
                yield connection
            return
        with translated():
            connection = self._taken()
            try:
                yield connection
            except BaseException:
                # Also an error of ours, or a signal, that came while it waited for the server.
                if not connection.invalidated:
                    driver: Any = connection.connection.driver_connection
                    if driver.closed:
                        connection.invalidate()
                connection.close()
                raise
            self._give_back(connection)

    def _taken(self) -> Connection:
        """An idle connection that is still there, or one of the pool's."""
        while self._idle:
            try:
                connection = self._idle.pop()
            except IndexError:  # another thread was faster
                break
            if still_there(connection):
                return connection
            connection.invalidate()
            connection.close()
        return self.reader.connect()

    def _give_back(self, connection: Connection) -> None:
        if connection.in_transaction():
            # Of SQLAlchemy's only: the server knows of none, and is told nothing.
            connection.rollback()
        if connection.invalidated or len(self._idle) >= KEPT_IDLE:
            connection.close()
        else:
            self._idle.append(connection)

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """A connection whose statements all see one moment: for verify, export, backup."""
        with translated():
            if self.dialect == "sqlite":
                with self.reader.connect() as connection:
                    connection.exec_driver_sql("BEGIN")
                    yield connection
                    connection.exec_driver_sql("ROLLBACK")
            else:
                # Of the reader: on the writer its own isolation level would win.
                engine = self.reader.execution_options(isolation_level="REPEATABLE READ")
                with engine.begin() as connection:
                    yield connection

    def do_not_wait_for_disk(self) -> None:
        """Be quick and forgetful: for a SQLite database that is thrown away. Before its first use."""
        if self.dialect == "sqlite":
            forget_on_power_cut(self.writer)

    def now(self, of_database: datetime | None = None) -> datetime:
        """This machine's time, or the database's where it was read; or the one that a test gives."""
        return self._clock() if self._clock else of_database or datetime.now(UTC)

    def in_use(self) -> int:
        """How many connections of the pool are in use in this process."""
        pool = self.writer.pool
        return pool.checkedout() - len(self._idle) if isinstance(pool, QueuePool) else 0

    def ping(self) -> None:
        """Raises DatabaseDown when the database does not answer."""
        with self.read() as connection:
            connection.execute(select(literal(1)))

    def notify(self, channel: str) -> None:
        """Wake who listens, outside any write transaction: NOTIFY inside one serialises commits."""
        if self.dialect == "postgresql":
            with self.at_once() as uow:
                uow.ask(_NOTIFY, {"channel": channel})

    def close(self) -> None:
        """Give back every connection."""
        while self._idle:
            self._idle.pop().close()
        self.writer.dispose()
        self.reader.dispose()
