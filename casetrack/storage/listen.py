"""NOTIFY, and LISTEN on a connection of its own, never one of the pool; a plain wait on SQLite."""

import logging
import time
from collections.abc import Callable
from threading import Lock

import psycopg
from sqlalchemy.engine import make_url

from casetrack.storage.unit_of_work import Database

#: PostgreSQL channel on which the relay is woken.
WAKE_CHANNEL = "casetrack_events"
#: PostgreSQL channel on which the relay tells that the ledger has grown.
LEDGER_CHANNEL = "casetrack_ledger"


#: Seconds that a relay goes on looking by itself after it was told or found something, and seconds in
#: which a process that told it need not tell it again. The first outlasts the second, with time for
#: the word to arrive: what is committed meanwhile is seen by a relay that is at work.
AT_WORK, TOLD = 0.05, 0.025


def notify(database: Database, channel: str) -> bool:
    """Tell who listens; gives whether it was said. Best effort: who listens also looks now and then."""
    try:
        database.notify(channel)
    except Exception:
        logging.getLogger("casetrack").warning("nobody could be told on %s; polls see", channel)
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
    """Waits for a NOTIFY on a channel; when the connection breaks, just for the time."""

    def __init__(self, url: str, channel: str) -> None:
        parsed = make_url(url)
        self._dsn: str | None = None
        if parsed.get_backend_name() == "postgresql":
            self._dsn = parsed.set(drivername="postgresql").render_as_string(hide_password=False)
        self._channel = channel
        self._connection: psycopg.Connection | None = None

    def wait(self, seconds: float) -> bool:
        """Until notified, at most so long; gives whether it was."""
        if self._dsn is None:
            time.sleep(seconds)
            return False
        began = time.monotonic()
        try:
            if self._connection is None:
                self._connection = psycopg.connect(self._dsn, autocommit=True, connect_timeout=5)
                self._connection.execute(f"LISTEN {self._channel}")
            return any(True for _ in self._connection.notifies(timeout=seconds, stop_after=1))
        except psycopg.Error:
            self.close()
            time.sleep(max(0.0, seconds - (time.monotonic() - began)))
            return False

    def close(self) -> None:
        """Give the connection back."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
