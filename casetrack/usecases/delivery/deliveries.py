"""What is on its way to people, what got stuck, and sending that again."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from casetrack.domain.delivery.receivers import STATES, Contact, PartyWay
from casetrack.domain.errors import BadInput
from casetrack.domain.people.contact import CHANNELS
from casetrack.storage.case import queries
from casetrack.storage.delivery import (
    claims,
    delivery_lists,
    sending_again,
    subscriptions,
)
from casetrack.storage.delivery.delivery_lists import DeliveryRow
from casetrack.storage.people import case_parties
from casetrack.storage.region import regions
from casetrack.usecases.context import Context
from casetrack.usecases.delivery.channel_choice import Ways
from casetrack.usecases.delivery.resending import note_resend

#: A delivery as a list shows it.
Delivery = DeliveryRow

#: What somebody may have to do something about.
OPEN = ("pending", "given_up", "not_possible")


@dataclass(frozen=True, slots=True)
class Which:
    """The deliveries that a retry is about; neither means all that were given up."""

    number: str | None = None
    region: str | None = None
    position: int | None = None


def find(
    ctx: Context, *, number: str | None, states: Sequence[str] = OPEN, limit: int
) -> list[DeliveryRow]:
    """Deliveries in these states, lane by lane in their order. Raises BadInput."""
    unknown = sorted(set(states) - set(STATES))
    if unknown:
        raise BadInput(f"there is no state {unknown[0]!r}; the states are {', '.join(STATES)}")
    number = _tidy(ctx, number)
    with ctx.database.read() as connection:
        return delivery_lists.deliveries(
            connection, number=number, states=list(states), limit=limit
        )


def _tidy(ctx: Context, number: str | None) -> str | None:
    """A case number as it is stored; the lane of an imported log has a name of its own."""
    if number is None or number.startswith("import/"):
        return number
    with ctx.database.read() as connection:
        return str(regions.case_of_number(connection, number)[1])


def parse_position(text: str) -> tuple[str, int]:
    """REGION:POSITION of the ledger. Raises BadInput."""
    region, colon, position = text.rpartition(":")
    if not colon or not region or not (position.isascii() and position.isdigit()):
        raise BadInput(f"{text!r} is no position; it looks like 64.72:1234")
    return region, int(position)


def retry(ctx: Context, which: Which, reason: str = "by an operator") -> list[DeliveryRow]:
    """Send again what was given up, from the first attempt on; gives what will be.

    Each lane in a transaction of its own. What is not possible is left: it is told in person. What
    goes to a subscriber is noted with the reason, as when the subscriber asks for it.
    """
    number = _tidy(ctx, which.number)
    with ctx.database.read() as connection:
        rows = delivery_lists.given_up(
            connection, number=number, region=which.region, position=which.position
        )
    again = []
    for row in rows:
        way = _way(ctx, row)
        with ctx.database.write() as uow:
            if sending_again.retry(uow, row.region, row.lane, row.position, uow.time(None), way):
                again.append(row)
    _note_resends(ctx, again, reason)
    return again


def _way(ctx: Context, row: DeliveryRow) -> PartyWay | None:
    """The way to a person now, from their first channel on: what failed may have been corrected."""
    if row.channel not in CHANNELS:
        return None
    with ctx.database.read() as connection:
        party = case_parties.party(connection, row.region, row.number, row.role)
        case = queries.case(connection, row.region, row.number)
    if party is None or case is None:
        return None
    contact = Contact(row.role, case.state.service, case.state.service_version, party.channels)
    return Ways(ctx, row.region)(contact, row.type, ctx.database.now())


def failed_channels(row: DeliveryRow) -> list[dict[str, Any]]:
    """The channels by which it was tried in vain before the one that it has now."""
    return [asdict(entry) for entry in claims.read_tried(row.tried)]


def joined(ctx: Context, rows: Sequence[DeliveryRow]) -> dict[tuple[str, str, int], list[str]]:
    """The types of the events that joined these deliveries, by region, lane and position."""
    with ctx.database.read() as connection:
        return delivery_lists.joined(
            connection, [(row.region, row.lane, row.position) for row in rows]
        )


def _note_resends(ctx: Context, again: list[DeliveryRow], reason: str) -> None:
    counts = Counter((row.region, row.role) for row in again if row.channel == "webhook")
    for (region, name), count in counts.items():
        with ctx.database.write() as uow:
            subscription = subscriptions.lock(uow, region, name)
            if subscription is not None:
                note_resend(ctx, uow, subscription, count, reason, None)
    if counts:
        ctx.wake()
