"""Lanes at their longest: a delivery for every event, as if no event could join another's message."""

from dataclasses import replace
from datetime import datetime

from casetrack.domain.delivery.receivers import Contact, PartyWay, told
from casetrack.storage.delivery import sequencing
from casetrack.usecases.delivery.channel_choice import Ways
from tests.support.world import SAMARINDA, World


def drain_apart(world: World) -> list[tuple[str, str]]:
    """Sequence everything that waits in Samarinda; gives the queues to ring for."""
    usual = Ways(world.ctx, SAMARINDA)

    def apart(contact: Contact, event_type: str, now: datetime) -> PartyWay | None:
        way = usual(contact, event_type, now)
        return replace(way, joins=False) if way else None

    with world.database.write() as uow:
        batch = sequencing.sequence(uow, SAMARINDA, 1000, told, lambda _: apart)
    return list(batch.queues) if batch else []
