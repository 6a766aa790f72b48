"""From committed events to numbered ledger entries and deliveries, and the rings for those."""

import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Protocol

from casetrack.domain.delivery.receivers import Told
from casetrack.storage.delivery import due_lanes, sequencing
from casetrack.usecases.context import Context
from casetrack.usecases.delivery.channel_choice import Ways

#: What one transaction of the relay has numbered.
Batch = sequencing.Sequenced

BATCH = 500
#: What has been due for less is left to the ring that is on its way.
FRESH = timedelta(seconds=2)
#: Region and queue, of each queue in which something is due.
Ring = Callable[[Iterable[tuple[str, str]]], None]


class Batches(Protocol):
    """Sees each batch that was committed."""

    @property
    def reads(self) -> bool:
        """Whether it wants the events themselves, too; to read them costs a statement a batch."""

    def __call__(self, region: str, batch: Batch, began_ns: int, /) -> None:
        """A batch was committed; `began_ns` is nanoseconds of Unix time."""


def sequence_once(ctx: Context, told: Told, ring: Ring, batches: Batches | None = None) -> int:
    """One batch for every region that waits; gives how many events were sequenced.

    The bell is rung after the commit: a doorbell that is lost is rung again by the sweeper.
    """
    with ctx.database.read() as connection:
        regions = sequencing.regions_waiting(connection)
    done = 0
    for region in regions:
        ways = Ways(ctx, region)
        began = time.time_ns()
        with ctx.database.write() as uow:
            batch = sequencing.sequence(
                uow, region, BATCH, told, ways, read=batches is not None and batches.reads
            )
        if batch is not None:
            done += batch.events
            ring(batch.queues)
            if batches is not None and batch.events:
                batches(region, batch, began)
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
