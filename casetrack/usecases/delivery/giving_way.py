"""Writing gives way to telling: a write waits a little while what was written before is not yet taken up.

Web and workers share a machine's cores. Clients that write as fast as they are answered leave the
workers too little, and messages come seconds late though nobody is away.
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Lock

from casetrack.storage.delivery import due_lanes
from casetrack.storage.unit_of_work import DatabaseDown
from casetrack.usecases.context import Context

#: Writes under way in this process before anybody looks: one clerk after the other never waits.
BUSY = 3
#: Seconds for which what a look found holds.
LOOK = 0.1
#: What is due for less is being rung for, and what for longer waits for something else than hands.
FRESH, LONGEST = timedelta(milliseconds=50), timedelta(seconds=5)
#: Lanes that may wait. Of more, each makes a write wait so many seconds longer, up to the most.
FREE, EACH, MOST = 24, 0.001, 0.25
#: So many wait because a receiver or the workers are away: to write more slowly would not help.
AWAY = 1_000

_LOG = logging.getLogger("casetrack.web")


def pause(waiting: int) -> float:
    """Seconds that a write gives way while so many lanes wait for a worker."""
    if waiting >= AWAY:
        return 0.0
    return min(MOST, max(0, waiting - FREE) * EACH)


class GivingWay:
    """The turns of one process's writes.

    `told` hears the seconds of each wait. No transaction, lock or connection is held meanwhile.
    """

    def __init__(
        self,
        ctx: Context,
        told: Callable[[float], None] = lambda seconds: None,
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._ctx, self._told, self._clock, self._wait = ctx, told, clock, wait
        self._lock = Lock()
        self._under_way = 0
        #: Region → until when its pause holds, and the pause.
        self._found: dict[str, tuple[float, float]] = {}

    @contextmanager
    def turn(self, region: str) -> Iterator[None]:
        """One write of a region, after its wait."""
        with self._lock:
            self._under_way += 1
            busy = self._under_way >= BUSY
        try:
            seconds = self._pause(region) if busy else 0.0
            if seconds:
                self._told(seconds)
                self._wait(seconds)
            yield
        finally:
            with self._lock:
                self._under_way -= 1

    def _pause(self, region: str) -> float:
        now = self._clock()
        with self._lock:
            until, seconds = self._found.get(region, (0.0, 0.0))
            if now < until:
                return seconds
            # Whoever comes meanwhile takes what was found before.
            self._found[region] = (now + LOOK, seconds)
        try:
            seconds = pause(self._waiting(region))
        except DatabaseDown:
            _LOG.debug("what waits cannot be counted", exc_info=True)
            seconds = 0.0  # the write finds that out for itself
        with self._lock:
            self._found[region] = (now + LOOK, seconds)
        return seconds

    def _waiting(self, region: str) -> int:
        now = self._ctx.database.now()
        with self._ctx.database.read() as connection:
            return due_lanes.left_waiting(connection, region, now - LONGEST, now - FRESH, AWAY)
