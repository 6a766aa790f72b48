"""NOTIFY, and LISTEN on a connection of its own, never one of the pool; a plain wait on SQLite."""

import logging
import time
from collections.abc import Callable
from threading import Lock

import psycopg

from casetrack.storage import database_url
from casetrack.storage.unit_of_work import Database

#: PostgreSQL channel on which the relay is woken.
WAKE_CHANNEL = "casetrack_events"
#: PostgreSQL channel on which the relay tells that the ledger has grown.
LEDGER_CHANNEL = "casetrack_ledger"
#: Seconds for which polls do alone before LISTEN is tried again: a server that is away, or a pooler, is
#: not asked at each poll.
_DEAF_SECONDS = 1.0
_LOG = logging.getLogger("casetrack")

#: Seconds that a relay goes on looking by itself after it was told or found something, and seconds in
#: which a process that told it need not tell it again. The first outlasts the second, with time for
#: the word to arrive: what is committed meanwhile is seen by a relay that is at work.
AT_WORK, TOLD = 0.05, 0.025


def notify(database: Database, channel: str) -> bool:
    """Tell who listens; gives whether it was said. Best effort: who listens also looks now and then."""
    try:
        database.notify(channel)
    except Exception:
        _LOG.warning("nobody could be told on %s; polls see", channel)
        return False
    return True


class Wake:
    """Tells the relay that there is something to sequence, unless it knows that the relay is at work.

    `say` says it and gives whether it was said. By the thread of the first commit that has to, and no
    other: nothing is started after a fork, nothing is owed when the process ends.
    """

    def __init__(
        self, say: Callable[[], bool], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._say, self._clock = say, clock
        self._lock = Lock()
        self._again_at = 0.0

    def __call__(self) -> None:
        """After a commit, never inside a transaction."""
        now = self._clock()
        with self._lock:
            if now < self._again_at:
                return
            self._again_at = now + TOLD
        if not self._say():
            self._again_at = 0.0


class Listener:
    """Waits for a NOTIFY on a channel; where none can be heard, just for the time.

    `past_pooler` is the address of the server itself where a pooler stands before it.
    """

    def __init__(self, url: str, channel: str, past_pooler: str | None = None) -> None:
        direct = database_url.read(past_pooler, "CASETRACK_LISTEN_URL") if past_pooler else None
        self._url = direct or database_url.read(url)
        self._trusted = direct is not None
        self._channel = channel
        self._connection: psycopg.Connection | None = None
        #: Whether it was said that nothing is heard, and when it is tried again.
        self._told = False
        self._again_at = 0.0

    def wait(self, seconds: float) -> bool:
        """Until notified, at most so long; gives whether it was."""
        began = time.monotonic()
        if self._url.dialect == "postgresql" and began >= self._again_at:
            try:
                connection = self._connected()
                return any(True for _ in connection.notifies(timeout=seconds, stop_after=1))
            except psycopg.Error as error:
                self._deaf(_why(error))
        time.sleep(max(0.0, seconds - (time.monotonic() - began)))
        return False

    def _connected(self) -> psycopg.Connection:
        if self._connection is None:
            connection = self._connection = self._url.connect(
                autocommit=True, prepare_threshold=None
            )
            # A pooler gives a number of its own, and carries LISTEN to a server that another one gets.
            asked = connection.execute("SELECT pg_backend_pid()").fetchone()
            if not self._trusted and asked != (connection.info.backend_pid,):
                raise psycopg.OperationalError(
                    "a pooler stands before the server; set CASETRACK_LISTEN_URL to the server itself"
                )
            connection.execute(f"LISTEN {self._channel}")
            if self._told:
                _LOG.warning("LISTEN %s: heard again", self._channel)
            self._told = False
        return self._connection

    def _deaf(self, why: str) -> None:
        """Said once until it can be had again: polls carry what it would have told."""
        self.close()
        self._again_at = time.monotonic() + _DEAF_SECONDS
        if not self._told:
            self._told = True
            _LOG.warning("LISTEN %s cannot be had, polls see later: %s", self._channel, why)

    def close(self) -> None:
        """Give the connection back."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _why(error: psycopg.Error) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)
