"""A mail that came back: its delivery goes on by the next channel, or is to be told in person."""

from casetrack.domain.delivery import Tried, lane, move_on
from casetrack.domain.events import instant
from casetrack.storage import outbox, queries
from casetrack.usecases.context import Context
from casetrack.usecases.notify import message_id, reach

CHANNEL = "email"


def take(ctx: Context, region: str, position: int, role: str, seal: str, status: str) -> str | None:
    """What became of the delivery: the next channel, or "in_person". None when nothing did.

    A seal that is not ours, an address that is not the party's any more, a delivery that did not go
    out by mail or came back before: all the same, nothing changes. So forging helps nobody, and who
    tries learns nothing.
    """
    with ctx.database.read() as connection:
        number = queries.number_at(connection, region, position)
    if number is None:
        return None
    reached = reach(ctx, region, number, role, CHANNEL)
    if reached is None:
        return None
    ours = message_id(ctx, region, position, role, reached).rpartition(".")[2]
    if not ctx.vault.equal(seal, ours):
        return None
    name = lane(number, role)
    with ctx.database.write() as uow:
        sent = outbox.lock_delivered(uow, region, name, position, CHANNEL)
        if sent is None:
            return None
        now = uow.time(None)
        error = f"the mail came back ({status})"
        failed = Tried(CHANNEL, instant(now), sent.attempts, error)
        moved = move_on(failed, sent.then, sent.tried)
        outbox.came_back(uow, region, name, position, now, error=error, moved=moved)
    return moved.channel if moved else "in_person"
