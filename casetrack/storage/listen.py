"""NOTIFY, and LISTEN on a connection of its own, never one of the pool; a plain wait on SQLite."""

import logging
import time

import psycopg
from sqlalchemy.engine import make_url

from casetrack.storage.unit_of_work import Database

#: PostgreSQL channel on which the relay is woken.
WAKE_CHANNEL = "casetrack_events"
#: PostgreSQL channel on which the relay tells that the ledger has grown.
LEDGER_CHANNEL = "casetrack_ledger"


def notify(database: Database, channel: str) -> None:
    """Tell who listens. Best effort: everybody who listens also looks from time to time."""
    try:
        database.notify(channel)
    except Exception:
        logging.getLogger("casetrack").warning("nobody could be told on %s; polls see", channel)


class Listener:
    """Waits for a NOTIFY on a channel; when the connection breaks, just for the time."""

    def __init__(self, url: str, channel: str) -> None:
        parsed = make_url(url)
        self._dsn: str | None = None
        if parsed.get_backend_name() == "postgresql":
            self._dsn = parsed.set(drivername="postgresql").render_as_string(hide_password=False)
        self._channel = channel
        self._connection: psycopg.Connection | None = None

    def wait(self, seconds: float) -> None:
        """Until notified, at most so long."""
        if self._dsn is None:
            time.sleep(seconds)
            return
        began = time.monotonic()
        try:
            if self._connection is None:
                self._connection = psycopg.connect(self._dsn, autocommit=True, connect_timeout=5)
                self._connection.execute(f"LISTEN {self._channel}")
            for _ in self._connection.notifies(timeout=seconds, stop_after=1):
                pass
        except psycopg.Error:
            self.close()
            time.sleep(max(0.0, seconds - (time.monotonic() - began)))

    def close(self) -> None:
        """Give the connection back."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
