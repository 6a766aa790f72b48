"""By which way a party hears of an event: its own channels, what the service allows, the hour."""

from datetime import datetime

from casetrack.domain.delivery import quiet_hours
from casetrack.domain.delivery.receivers import Contact, PartyWay
from casetrack.domain.service import notices
from casetrack.usecases.context import Context


class Ways:
    """The rule for the parties of one region; asked once for each party and event.

    Give the region's revision when it was read already: its quiet hours are as of then.
    """

    def __init__(self, ctx: Context, region: str, revision: int | None = None) -> None:
        self._ctx, self._region, self._revision = ctx, region, revision

    def __call__(self, contact: Contact, event_type: str, now: datetime) -> PartyWay | None:
        """The way; one without a channel when the party can only be told in person.

        None when the service does not tell this party of such events, or when it has no contact and
        stood at the counter when it happened. Who left their role hears by a message or not at all.
        """
        definition = self._ctx.definition(self._region, contact.service, contact.service_version)
        left = contact.hears is not None
        role = "applicant" if left else contact.role
        allowed = notices.allowed(definition.notices, event_type, role)
        if not allowed:
            return None
        channels = [c for c in contact.channels if c in allowed and c in self._ctx.channels]
        if not channels:
            walk_in = not contact.channels and notices.was_there(event_type, contact.role)
            return None if walk_in or left else PartyWay(contact.role, None)
        first, *then = channels
        at = not_before(self._ctx, self._region, first, now, self._revision)
        return PartyWay(contact.role, first, tuple(then), at, joins=True)


def not_before(
    ctx: Context, region: str, channel: str, now: datetime, revision: int | None = None
) -> datetime | None:
    """When a message that could go now may go, where the region's quiet hours make it later."""
    if channel not in quiet_hours.LOUD:
        return None
    record, calendar = ctx.region(region, revision)
    at = quiet_hours.not_before(channel, now, record.region.quiet_hours, calendar.zone)
    return at if at > now else None
