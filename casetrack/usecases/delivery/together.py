"""One message for each case, event and address, whatever roles a person has there.

Each role keeps its own lane, since its way may differ. At an attempt the first role by name that is
found at the address sends, and the others wait for how that ends: what was delivered there needs no
second message. Who waits looks only at roles before its own, so nobody waits for each other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from casetrack.domain.delivery.receivers import lane
from casetrack.domain.events import Event
from casetrack.domain.people import mail_address
from casetrack.storage.delivery import addressees, other_lanes
from casetrack.storage.delivery.addressees import ReachedRow
from casetrack.storage.delivery.claims import Claim
from casetrack.usecases.context import Context
from casetrack.usecases.delivery.reached import Reached, reached_at

#: Until the other lane is looked at again.
_SOON = timedelta(seconds=5)
_TOGETHER = "told in one message with the "


@dataclass(frozen=True, slots=True)
class Standing:
    """What of a delivery still has to be told: the events, or until when to wait for another lane."""

    events: Sequence[Event]
    until: datetime | None = None
    #: The role in whose message the rest was told.
    role: str | None = None

    @property
    def note(self) -> str:
        """What a delivery says that needed no message of its own."""
        return f"{_TOGETHER}{self.role}"


def standing(ctx: Context, claim: Claim, events: Sequence[Event], mine: Reached) -> Standing:
    """The events of which nobody at this address was told yet in another role."""
    roles = _same_address(ctx, claim.region, claim.parties, claim.channel, mine.address, claim.role)
    before = {lane(claim.number, role): role for role in roles if role < claim.role}
    if not before:
        return Standing(events)
    asked = [(event.stream, event.version) for event in events]
    with ctx.database.read() as connection:
        rows = other_lanes.told_there(connection, claim.region, sorted(before), asked)
    mail = [row for row in rows if row.channel == claim.channel]
    waits = [row.not_before for row in mail if row.state == "pending"]
    if waits:
        soon = ctx.database.now() + _SOON
        return Standing(events, until=max([soon, *(at for at in waits if at is not None)]))
    told = {(row.stream, row.version): before[row.lane] for row in mail if row.state == "delivered"}
    left = [event for event in events if (event.stream, event.version) not in told]
    return Standing(left, role=next(iter(told.values()), None))


def others_told(
    ctx: Context, region: str, number: str, role: str, channel: str, position: int
) -> list[tuple[str, int]]:
    """Lane and position of what needed no message of its own because of this delivery."""
    with ctx.database.read() as connection:
        parties = addressees.parties(connection, region, number, ctx.database.now())
    mine = reached_at(ctx, region, parties.get(role), channel)
    if mine is None:
        return []
    roles = _same_address(ctx, region, parties, channel, mine.address, role)
    lanes = sorted(lane(number, other) for other in roles if other > role)
    if not lanes:
        return []
    with ctx.database.read() as connection:
        events = other_lanes.told_with(connection, region, lane(number, role), position)
        rows = other_lanes.told_there(connection, region, lanes, events)
    note = f"{_TOGETHER}{role}"
    return sorted(
        {
            (row.lane, row.position)
            for row in rows
            if (row.state, row.channel, row.last_error) == ("delivered", channel, note)
        }
    )


def _same_address(
    ctx: Context,
    region: str,
    parties: Mapping[str, ReachedRow],
    channel: str,
    address: str,
    role: str,
) -> list[str]:
    """The other roles of the case that this channel finds at the same address."""
    return [
        other
        for other, row in parties.items()
        if other != role
        and (there := reached_at(ctx, region, row, channel)) is not None
        and _is_same(channel, address, there.address)
    ]


def _is_same(channel: str, one: str, other: str) -> bool:
    return mail_address.same(one, other) if channel == "email" else one == other
