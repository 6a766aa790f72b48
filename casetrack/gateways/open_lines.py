"""Connections that outlast their set for a moment: the next set of the same receiver need not call again.

Under load sets are small, and to call a mail server, to introduce oneself and to take leave costs more
than to hand over a mail.
"""

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Condition, Thread
from typing import Any, Protocol

#: Seconds that a connection waits for another set; since it was made; and how many wait at most.
RESTS, LASTS, MOST = 1.0, 30.0, 32


class Closing(Protocol):
    """A connection."""

    def close(self) -> Any:
        """End it."""


@dataclass(frozen=True, slots=True)
class Line:
    """A connection, for whom it is, and since when it stands: an address is looked up anew some time."""

    key: Hashable
    connection: Closing
    since: float


class OpenLines:
    """Those that wait, for whichever thread of this process has a set for them."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._changed = Condition()
        #: Each with the moment until which it waits, the first to go at the beginning.
        self._waiting: list[tuple[float, Line]] = []
        self._ending: Thread | None = None

    def take(self, key: Hashable) -> Line | None:
        """One of these, the one that was used last, now the caller's; None where there is none."""
        with self._changed:
            for place in range(len(self._waiting) - 1, -1, -1):
                if self._waiting[place][1].key == key:
                    return self._waiting.pop(place)[1]
        return None

    def put(self, line: Line) -> None:
        """Let it wait, or end it: it stands for long, or as many wait already."""
        now = self._clock()
        with self._changed:
            waits = now - line.since < LASTS and len(self._waiting) < MOST
            if waits:
                self._waiting.append((now + RESTS, line))
                if self._ending is None:
                    self._ending = Thread(target=self._end, name="open lines", daemon=True)
                    self._ending.start()
        if not waits:
            line.connection.close()

    def _end(self) -> None:
        """End each at its time, until none waits."""
        while (line := self._next()) is not None:
            # Outside the lock: a server may take its time to hear a farewell.
            line.connection.close()

    def _next(self) -> Line | None:
        with self._changed:
            while self._waiting:
                left = self._waiting[0][0] - self._clock()
                if left <= 0:
                    return self._waiting.pop(0)[1]
                self._changed.wait(left)
            self._ending = None
            return None
