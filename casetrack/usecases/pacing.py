"""What has been due for long gives way to what is fresh, as long as something fresh comes."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Lock

#: A lane that has been due for less is left to the ring that is on its way; one that has been due for
#: longer is in arrears.
FRESH = timedelta(seconds=2)
#: Threads of a process that work on arrears at once: half of them, unless told otherwise, and one while
#: something fresh comes.
MANY, FEW = 4, 1
#: Seconds for which something fresh is taken to be followed by more.
CROWDED = 0.25
#: How often the time that an attempt has cost here is then left to others before the next, and for how
#: many seconds at most.
GIVE_WAY, LONGEST_PAUSE = 9.0, 1.0


class Arrears:
    """Whether a thread may go on with what is late, and how long it rests in between; one a process.

    On a machine that has nothing else to do arrears are worked off as fast as it can. Else they would
    take processor time from what happens now, and threads for which it then waits.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._clock, self._sleep = clock, sleep
        self._lock = Lock()
        self._at_work = 0
        self._fresh_at: float | None = None

    def something_fresh(self) -> None:
        """Somebody rang because something happened."""
        self._fresh_at = self._clock()

    @property
    def crowded(self) -> bool:
        """Whether something fresh came a moment ago."""
        return self._fresh_at is not None and self._clock() - self._fresh_at < CROWDED

    @contextmanager
    def turn(self) -> Iterator[bool]:
        """Whether this thread may work on arrears; while the block lasts it is counted."""
        with self._lock:
            mine = self._at_work < (FEW if self.crowded else MANY)
            self._at_work += mine
        try:
            yield mine
        finally:
            with self._lock:
                self._at_work -= mine

    def go_on(self, cost: float) -> bool:
        """After an attempt that has cost so many seconds here: whether to go on, rested if need be.

        What the outside took is not part of the cost: it keeps nobody here from anything.
        """
        if not self.crowded:
            return True
        if self._at_work > FEW:
            return False
        self._sleep(min(GIVE_WAY * cost, LONGEST_PAUSE))
        return True
