"""A limit on a whole talk with the outside: mail server, gateway, subscriber's endpoint."""

import os
import socket
import time
from contextlib import suppress
from threading import Lock, Timer
from types import TracebackType
from typing import Self


class Watchdog:
    """Ends a talk when its time is up, whatever the talk waits for.

    A socket's own limit starts anew with every byte. Whoever sends a byte now and then would hold a
    thread for ever.
    """

    def __init__(self, seconds: float) -> None:
        self._guarded: socket.socket | None = None
        self._lock = Lock()
        self._barked = False
        self._until = time.monotonic() + seconds
        self._timer = Timer(max(seconds, 0.001), self._bark)
        self._timer.daemon = True

    @property
    def left(self) -> float:
        """Seconds that are left, as a limit that a socket takes: never 0."""
        return max(self._until - time.monotonic(), 0.001)

    def __enter__(self) -> Self:
        """The time runs."""
        self._timer.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """The talk has ended by itself."""
        self._timer.cancel()
        self._watch(None)

    def barked(self) -> bool:
        """Whether time was up: what was cut off reads like an answer that ended there."""
        return self._barked

    def guard(self, connected: socket.socket) -> None:
        """Watch this connection from now on, and no other; end it at once where the time is up."""
        # A second handle of the same connection: it stays good when TLS takes the first one over,
        # and ending it is the plain shutdown. That of a TLS socket would go on in clear text.
        self._watch(socket.socket(fileno=os.dup(connected.fileno())))

    def _watch(self, handle: socket.socket | None) -> None:
        with self._lock:
            if self._guarded is not None:
                self._guarded.close()
            self._guarded = handle
            if handle is not None and self._barked:
                _end(handle)

    def _bark(self) -> None:
        with self._lock:
            self._barked = True
            if self._guarded is not None:
                _end(self._guarded)


def _end(connected: socket.socket) -> None:
    with suppress(OSError):
        connected.shutdown(socket.SHUT_RDWR)
