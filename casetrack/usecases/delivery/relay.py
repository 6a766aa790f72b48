"""From committed events to numbered ledger entries and deliveries, and the rings for those."""

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Protocol

from casetrack.domain.delivery.receivers import Told
from casetrack.storage.delivery import due_lanes, sequencing
from casetrack.storage.unit_of_work import DatabaseDown
from casetrack.usecases.context import Context
from casetrack.usecases.delivery.channel_choice import Ways

#: What one transaction of the relay has numbered.
Batch = sequencing.Sequenced
#: Region and queue, of each queue in which something is due.
Ring = Callable[[Iterable[tuple[str, str]]], None]

BATCH = 500
#: What has been due for less is left to the ring that is on its way.
FRESH = timedelta(seconds=2)
#: Seconds that a region is left alone after an error of its own.
REST = 1.0

_LOG = logging.getLogger("casetrack.relay")


class Batches(Protocol):
    """Sees each batch that was committed."""

    @property
    def reads(self) -> bool:
        """Whether it wants the events themselves, too."""

    def __call__(self, region: str, batch: Batch, began_ns: int, /) -> None:
        """A batch was committed; `began_ns` is nanoseconds of Unix time."""


@dataclass
class Relay:
    """Gives each region its batches, one region after the other, and each its own errors.

    The bell is rung after the commit: a doorbell that is lost is rung again by the sweeper.
    """

    ctx: Context
    told: Told
    ring: Ring
    batches: Batches | None = None
    clock: Callable[[], float] = time.monotonic
    #: Region → when it is tried again, and its last error.
    _failed: dict[str, tuple[float, Exception]] = field(default_factory=dict)

    def round(self) -> int:
        """One batch for every region that waits; gives how many events were sequenced.

        A region that fails stops only itself, for a while. Raises what stops all.
        """
        regions, none_answers = self._waiting()
        done, tried, failed = 0, 0, dict[str, Exception]()
        for region in regions:
            rests_until, _ = self._failed.get(region, (0.0, None))
            if self.clock() < rests_until:
                continue
            tried += 1
            try:
                done += self._batch(region)
            except Exception as error:  # whatever it is: the other regions get their turn
                failed[region] = error
            else:
                self._note(region, None)
        if none_answers is not None and tried and len(failed) == tried:
            # No region can be reached: it is the database, and not one machine of several.
            raise none_answers
        for region, reason in failed.items():
            self._note(region, reason)
        return done

    @property
    def errors(self) -> list[Exception]:
        """What stands against regions that cannot be numbered now."""
        return [error for _, error in self._failed.values()]

    def _waiting(self) -> tuple[list[str], Exception | None]:
        """Where something waits. When not all can be asked at once, all, and why.

        Then each is asked by itself.
        """
        try:
            with self.ctx.database.read() as connection:
                return sequencing.regions_waiting(connection), None
        except Exception as error:  # a machine of several may be away
            _LOG.debug("not every region can be asked", exc_info=True)
            not_asked = error
        with self.ctx.database.read() as connection:
            return sequencing.all_regions(connection), not_asked

    def _batch(self, region: str) -> int:
        began = time.time_ns()
        reads = self.batches is not None and self.batches.reads
        with self.ctx.database.write() as uow:
            ways = partial(Ways, self.ctx, region)
            batch = sequencing.sequence(uow, region, BATCH, self.told, ways, read=reads)
        if batch is None or not batch.events:
            return 0
        self.ring(batch.queues)
        if self.batches is not None:
            self.batches(region, batch, began)
        return batch.events

    def _note(self, region: str, error: Exception | None) -> None:
        """How a region fares; said once."""
        before = self._failed.pop(region, None)
        if error is None:
            if before is not None:
                _LOG.warning("region %s is numbered again", region)
            return
        self._failed[region] = (self.clock() + REST, error)
        if before is None:
            shown = None if isinstance(error, DatabaseDown) else error
            _LOG.error("region %s cannot be numbered now: %s", region, error, exc_info=shown)


def sequence_once(ctx: Context, told: Told, ring: Ring, batches: Batches | None = None) -> int:
    """One batch for every region that waits; gives how many events were sequenced.

    Raises the first error, after every region had its turn.
    """
    relay = Relay(ctx, told, ring, batches)
    done = relay.round()
    for error in relay.errors:
        raise error
    return done


def drain(ctx: Context, told: Told, ring: Ring) -> int:
    """Sequence until nothing waits."""
    total = 0
    while done := sequence_once(ctx, told, ring):
        total += done
    return total


def sweep(ctx: Context, ring: Ring, limit: int = 1000) -> int:
    """Ring again for queues with lanes that are due or whose lease ran out; gives how many.

    What became due only now was rung for when it did.
    """
    with ctx.database.read() as connection:
        queues = due_lanes.due_queues(connection, ctx.database.now() - FRESH, limit)
    ring(queues)
    return len(queues)
