"""A region's ledger: its order, its hashes, its head, and the queue of what waits for it."""

from collections.abc import Iterator

from casetrack.domain.proof.verdict import Fault, LedgerCheck
from casetrack.usecases.proof.checked_region import CheckedRegion


def check_ledger(at: CheckedRegion, expected: dict[int, str]) -> int:
    """The ledger's order and hashes, its head, its queue, and what was written down outside.

    Gives how many of the expected entries were met.
    """
    head = at.reader.head(at.region)
    last = head[0] if head and isinstance(head[0], int) else None
    check = LedgerCheck(at.region, expected, at.losses)
    for count, entry in enumerate(at.reader.ledger(at.region)):
        at.report(check.add(entry, last))
        at.progress(at.verdict.events + count)
    unplaced = at.region in at.judge.unplaced
    at.report(check.finish(head, unplaced=unplaced))
    if check.position or head is not None:
        at.verdict.checked_to[at.region] = {"position": check.position, "hash": check.hash}
    at.report(_queue(at))
    return len(check.met)


def _queue(at: CheckedRegion) -> Iterator[Fault]:
    for row in at.reader.orphans(at.region):
        place = (at.region, row.stream, row.version)
        if row.event_id is not None:
            yield Fault("queue", *place, "the queue names another place than the event has")
        elif isinstance(row.reached, int) and row.reached >= row.version:
            yield Fault("missing_event", *place, "it waits for the ledger and is not there")
        else:
            yield Fault("queue", *place, "the queue names an event that is not there")
