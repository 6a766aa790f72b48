"""A message that came back: its delivery goes on by the next channel, or is to be told in person."""

from datetime import datetime, timedelta

from casetrack.domain.delivery.receivers import LEASE, Tried, lane, move_on
from casetrack.domain.events import instant
from casetrack.storage.case import case_events
from casetrack.storage.delivery import delivery_reports, sending_again
from casetrack.usecases.context import Context
from casetrack.usecases.delivery import together
from casetrack.usecases.delivery.notify import message_id
from casetrack.usecases.delivery.reached import reach

CHANNEL = "email"
WHATSAPP = "whatsapp"
#: A clock of the outside may differ from ours by as much.
_SKEW = timedelta(minutes=2)


class TooEarly(Exception):
    """The attempt that it is about has not ended here yet: ask to be told again."""


def take(ctx: Context, region: str, position: int, role: str, seal: str, status: str) -> str | None:
    """What became of a mail's delivery: the next channel, or "in_person". None when nothing did.

    A seal that is not ours, an address that is not the party's any more, a delivery that did not go
    out by mail or came back before: all the same, nothing changes. So forging helps nobody, and who
    tries learns nothing.
    """
    name = _genuine(ctx, region, position, role, seal, CHANNEL)
    if name is None:
        return None
    return _all_came_back(ctx, region, name, position, CHANNEL, f"the mail came back ({status})")


def take_report(
    ctx: Context,
    region: str,
    position: int,
    role: str,
    seal: str,
    *,
    code: int,
    at: datetime,
) -> str | None:
    """The same of a WhatsApp message of which the provider said at this moment that it failed.

    Whatever the reason, the person has not been told. Raises TooEarly while the attempt is under way:
    the provider may be quicker than its answer to us.
    """
    name = _genuine(ctx, region, position, role, seal, WHATSAPP)
    if name is None:
        return None
    with ctx.database.read() as connection:
        now = ctx.database.now()
        found = delivery_reports.standing(connection, region, name, position, WHATSAPP, now)
    if found.under_way:
        raise TooEarly
    if not found.delivered or found.ended_at is None:
        return None
    if at < found.ended_at - LEASE - _SKEW:
        # About an attempt before this one: the message was sent again since.
        return None
    error = f"WhatsApp said later that it failed ({code})"
    return _all_came_back(ctx, region, name, position, WHATSAPP, error)


def _genuine(
    ctx: Context, region: str, position: int, role: str, seal: str, channel: str
) -> str | None:
    """The lane of a delivery whose name is sealed over the address that this channel has now."""
    with ctx.database.read() as connection:
        number = case_events.number_at(connection, region, position)
    if number is None:
        return None
    reached = reach(ctx, region, number, role, channel)
    if reached is None:
        return None
    ours = message_id(ctx, region, position, role, reached).rpartition(".")[2]
    return lane(number, role) if ctx.vault.equal(seal, ours) else None


def _all_came_back(
    ctx: Context, region: str, name: str, position: int, channel: str, error: str
) -> str | None:
    """The delivery itself, and those of other roles that needed no message beside it."""
    number, _, role = name.rpartition("/")
    others = together.others_told(ctx, region, number, role, channel, position)
    outcome = _came_back(ctx, region, name, position, channel, error)
    if outcome is not None:
        for other, at in others:
            _came_back(ctx, region, other, at, channel, error)
    return outcome


def _came_back(
    ctx: Context, region: str, name: str, position: int, channel: str, error: str
) -> str | None:
    with ctx.database.write() as uow:
        sent = sending_again.lock_delivered(uow, region, name, position, channel)
        if sent is None:
            return None
        now = uow.time(None)
        failed = Tried(channel, instant(now), sent.attempts, error)
        moved = move_on(failed, sent.then, sent.tried)
        sending_again.came_back(uow, region, name, position, now, error=error, moved=moved)
    return moved.channel if moved else "in_person"
