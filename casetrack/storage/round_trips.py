"""Several prepared statements in one round trip to PostgreSQL, over libpq's pipeline.

What is put waits until something is asked or the transaction ends, and then goes with it: BEGIN
travels with the first read and COMMIT with the last write. Each statement has its own snapshot, as if
it had been sent alone, so what stands behind a lock sees what was committed before the lock was had.
"""

import select
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import psycopg
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus, TransactionStatus
from sqlalchemy import Connection

_OK = (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK)


class Prepared(Protocol):
    """A statement as it is prepared and executed."""

    @property
    def number(self) -> int:
        """Its own number in this process."""

    @property
    def sql(self) -> bytes:
        """Its text."""

    def written(self, values: Mapping[str, Any], /) -> list[bytes | None]:
        """Its values in their order, as text."""

    def rows(self, result: Any, /) -> list[Any]:
        """The rows of its result."""


class _Command:
    """BEGIN and COMMIT: no values and no rows."""

    def __init__(self, number: int, sql: bytes) -> None:
        self.number, self.sql = number, sql

    def written(self, _values: Mapping[str, Any]) -> list[bytes | None]:
        return []

    def rows(self, result: Any) -> list[Any]:
        if self is _COMMIT and result.command_status == b"ROLLBACK":
            # What a server answers to the COMMIT of a transaction in which something had failed.
            raise psycopg.errors.InFailedSqlTransaction("nothing was committed")
        return []


_BEGIN, _COMMIT = _Command(-1, b"BEGIN ISOLATION LEVEL READ COMMITTED"), _Command(-2, b"COMMIT")
#: Uses of a statement on a connection at which it is prepared anew: PostgreSQL keeps the plan that was
#: as good as any while a table was small, until statistics of it come, a minute or more.
PLANNED_AGAIN = frozenset(16 * 4**power for power in range(12))
_Call = tuple[Prepared, Mapping[str, Any]]
#: Told of every round trip before it is made, with its statements and their values: for tests and
#: measurements, which hear of all other statements from SQLAlchemy.
observers: list[Callable[[Sequence[_Call]], None]] = []


class Trips:
    """One connection of PostgreSQL, with what waits to be sent on it."""

    def __init__(self, driver: psycopg.Connection, *, named: bool) -> None:
        self._driver = driver
        self._named = named
        self._names: dict[int, bytes] = {}
        self._uses: dict[int, int] = {}
        self._made = 0
        self._waiting: list[_Call] = []
        self._poll = select.poll()

    @property
    def apart(self) -> bool:
        """Whether nobody else begins transactions on this connection."""
        return self._driver.autocommit

    def begin(self) -> None:
        """From the next statement on, a transaction."""
        self._waiting = [(_BEGIN, {})]

    def put(self, statement: Prepared, values: Mapping[str, Any]) -> None:
        """Carry this out before whatever comes next; its rows are not asked for."""
        self._waiting.append((statement, values))

    def ask(self, statement: Prepared, values: Mapping[str, Any]) -> list[Any]:
        """The rows of a statement, in one round trip with all that waits."""
        return self._go([*self._taken(), (statement, values)])[-1]

    def ask_all(self, calls: Sequence[_Call]) -> list[list[Any]]:
        """The rows of several statements in one round trip, one carried out after the other."""
        waiting = self._taken()
        return self._go([*waiting, *calls])[len(waiting) :]

    def flush(self) -> None:
        """Send what waits: somebody else is about to use the connection."""
        if self._waiting:
            self._go(self._taken())

    def commit(self) -> None:
        """End the transaction, with what waits; one that was never begun has nothing to end."""
        waiting = self._taken()
        if waiting and waiting[0][0] is _BEGIN and len(waiting) == 1:
            return
        self._go([*waiting, (_COMMIT, {})])

    def roll_back(self) -> None:
        """Undo everything. A connection that is lost has nothing to undo."""
        self._waiting = []
        if self._driver.pgconn.transaction_status not in (
            TransactionStatus.IDLE,
            TransactionStatus.UNKNOWN,
        ):
            try:
                self._driver.rollback()
            except psycopg.OperationalError:
                # Lost in the meantime: nothing of it was committed, and what failed first is to be told.
                self._driver.close()

    def _taken(self) -> list[_Call]:
        waiting, self._waiting = self._waiting, []
        return waiting

    def _go(self, calls: Sequence[_Call]) -> list[list[Any]]:
        """Send all, then wait once; gives each one's rows.

        Raises what the server said of the first that failed. Those behind it were not carried out.
        """
        written = [(statement, statement.written(values)) for statement, values in calls]
        for observer in observers:
            observer(calls)
        results, made = self._sent(written)
        failed = next((result for result in results if result.status not in _OK), None)
        if failed is not None:
            # Whether they were prepared depends on which one failed: the next time they get new names.
            for (statement, _), new in zip(calls, made, strict=True):
                if new:
                    self._names.pop(statement.number, None)
            raise error_from_result(failed)
        # A statement that was prepared on the way gave a result of its own, before its rows.
        own, rows = iter(results), []
        for (statement, _), new in zip(calls, made, strict=True):
            if new:
                next(own)
            rows.append(statement.rows(next(own)))
        return rows

    def _sent(
        self, calls: Sequence[tuple[Prepared, Sequence[bytes | None]]]
    ) -> tuple[list[Any], list[bool]]:
        """The results of all, and for each whether it was prepared on the way."""
        libpq = self._driver.pgconn
        libpq.enter_pipeline_mode()
        try:
            made = [self._send(statement, values) for statement, values in calls]
            libpq.pipeline_sync()
            return self._results(), made
        finally:
            _leave(libpq)

    def _send(self, statement: Prepared, values: Sequence[bytes | None]) -> bool:
        """Send one; gives whether it is prepared first."""
        libpq = self._driver.pgconn
        if not self._named:
            libpq.send_query_params(statement.sql, values)
            return False
        number = statement.number
        uses = self._uses[number] = self._uses.get(number, 0) + 1
        name = self._names.get(number)
        anew = name is None or (uses in PLANNED_AGAIN and number > 0)
        if name is None or anew:
            self._made += 1
            name = self._names[number] = b"ct_%d" % self._made
            libpq.send_prepare(name, statement.sql)
        libpq.send_query_prepared(name, values)
        return anew

    def _results(self) -> list[Any]:
        """Every result up to the end of the round trip."""
        libpq = self._driver.pgconn
        results: list[Any] = []
        self._poll.register(libpq.socket, select.POLLIN | select.POLLOUT)
        # Reads while it writes: else both sides could wait for the other to read.
        while libpq.flush():
            if self._poll.poll()[0][1] & select.POLLIN:
                libpq.consume_input()
        self._poll.modify(libpq.socket, select.POLLIN)
        while True:
            while libpq.is_busy():
                self._poll.poll()
                libpq.consume_input()
            result = libpq.get_result()
            if result is None:
                continue
            if result.status == ExecStatus.PIPELINE_SYNC:
                return results
            results.append(result)


def _leave(libpq: Any) -> None:
    """Back to how psycopg uses the connection. One that is lost cannot, and is not used again."""
    try:
        libpq.exit_pipeline_mode()
    except psycopg.OperationalError:
        if libpq.status == psycopg.pq.ConnStatus.OK:
            libpq.finish()


def trips_of(connection: Connection) -> Trips:
    """Those of this connection, which the pool keeps with it."""
    info = connection.info
    trips: Trips | None = info.get("trips")
    if trips is None:
        driver: Any = connection.connection.driver_connection
        trips = info["trips"] = Trips(driver, named=info.get("prepares", True))
    return trips
