"""Long polls: woken by the relay's word, few at a time, and never with a connection of the pool."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Condition, Thread
from typing import Protocol

#: Polls that may wait at once in one process: half of its threads stay free for work.
MOST = 4
#: Seconds without a word after which everybody looks without being told.
LOOK = 0.5


class Waits(Protocol):
    """Waits for the relay's word."""

    def wait(self, seconds: float) -> bool:
        """Until there is one, at most so long; gives whether there was."""

    def close(self) -> None:
        """Give back what it held."""


class Waiting:
    """One listener a process, started with the first who waits and ended with the last."""

    def __init__(self, listen: Callable[[], Waits], most: int = MOST) -> None:
        self._listen, self._most = listen, most
        self._changed = Condition()
        self._waiting = 0
        self._running = False
        #: No poll waits any more: the process ends.
        self._over = False

    @contextmanager
    def place(self) -> Iterator[bool]:
        """Whether there is a place to wait; without one the poll is answered at once."""
        with self._changed:
            has_place = self._waiting < self._most and not self._over
            self._waiting += has_place
            if has_place and not self._running:
                self._running = True
                Thread(target=self._run, name="long polls", daemon=True).start()
        try:
            yield has_place
        finally:
            with self._changed:
                self._waiting -= has_place

    def until_told(self, seconds: float) -> bool:
        """Until the relay numbered something, or it is time to look; at most so long.

        False when the process ends and the poll is to be answered with what there is.
        """
        with self._changed:
            if not self._over:
                self._changed.wait(min(seconds, 2 * LOOK))
            return not self._over

    def end(self) -> None:
        """Every poll that waits is answered now, and none waits any more."""
        with self._changed:
            self._over = True
            self._changed.notify_all()

    def _run(self) -> None:
        listener = self._listen()
        try:
            while True:
                listener.wait(LOOK)
                with self._changed:
                    self._changed.notify_all()
                    if not self._waiting:
                        self._running = False
                        return
        finally:
            listener.close()
