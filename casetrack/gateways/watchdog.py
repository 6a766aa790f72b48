"""A limit on a whole talk with the outside: mail server, gateway, subscriber's endpoint."""

import heapq
import os
import socket
import time
from contextlib import suppress
from itertools import count
from threading import Condition, Lock, Thread
from types import TracebackType
from typing import Self

#: Seconds that the watching thread sleeps while nothing is to be watched. Talks that may last longer
#: begin and end without waking it.
_IDLE = 10.0


class Watchdog:
    """Ends a talk when its time is up, whatever the talk waits for.

    A socket's own limit starts anew with every byte. Whoever sends a byte now and then would hold a
    thread for ever.
    """

    def __init__(self, seconds: float) -> None:
        self._guarded: socket.socket | None = None
        self._lock = Lock()
        self._barked = False
        self.until = time.monotonic() + seconds
        #: Whether the talk has ended by itself.
        self.over = False

    @property
    def left(self) -> float:
        """Seconds that are left, as a limit that a socket takes: never 0."""
        return max(self.until - time.monotonic(), 0.001)

    def __enter__(self) -> Self:
        """The time runs."""
        _WATCH.add(self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """The talk has ended by itself."""
        self.over = True
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

    def bark(self) -> None:
        """Time is up."""
        with self._lock:
            if self.over:
                return
            self._barked = True
            if self._guarded is not None:
                _end(self._guarded)


def _end(connected: socket.socket) -> None:
    with suppress(OSError):
        connected.shutdown(socket.SHUT_RDWR)


class _Watch:
    """The thread of this process that looks at the time for all watchdogs."""

    def __init__(self) -> None:
        self._wake = Condition()
        self._thread: Thread | None = None
        self._dogs: list[tuple[float, int, Watchdog]] = []
        self._asleep_until = 0.0
        self._count = count()

    def add(self, dog: Watchdog) -> None:
        """Let it bark at its time."""
        with self._wake:
            self._forget()
            heapq.heappush(self._dogs, (dog.until, next(self._count), dog))
            if self._thread is None:
                self._thread = Thread(target=self._run, name="watchdog", daemon=True)
                self._thread.start()
            elif dog.until < self._asleep_until:
                self._wake.notify()

    def _forget(self) -> None:
        """Those that are first and have ended."""
        while self._dogs and self._dogs[0][2].over:
            heapq.heappop(self._dogs)

    def _run(self) -> None:
        while True:
            self._next().bark()

    def _next(self) -> Watchdog:
        with self._wake:
            while True:
                self._forget()
                now = time.monotonic()
                if self._dogs and self._dogs[0][0] <= now:
                    return heapq.heappop(self._dogs)[2]
                self._asleep_until = self._dogs[0][0] if self._dogs else now + _IDLE
                self._wake.wait(self._asleep_until - now)


_WATCH = _Watch()
# A forked process has the lock as it was in that moment, and no thread.
os.register_at_fork(after_in_child=_WATCH.__init__)  # type: ignore[misc]
