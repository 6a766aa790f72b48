"""After a loss: nothing that may have been given before is given again, and the trace says so."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from casetrack.domain.clock import Calendar
from casetrack.domain.errors import BadInput
from casetrack.domain.events import instant
from casetrack.domain.proof.lost_history import DEED, LostHistory
from casetrack.storage.proof import lost_history_rows as rows
from casetrack.storage.region.regions import RegionRecord, regions
from casetrack.storage.service import catalogue
from casetrack.storage.unit_of_work import UnitOfWork
from casetrack.usecases.context import Context
from casetrack.usecases.people.administration import note

#: Places of the ledger and event ids that are left out: they cost nothing, and outside somebody may
#: have seen more than was kept.
PLACES = 1_000_000
#: Numbers of each counter.
NUMBERS = 1_000


@dataclass(frozen=True, slots=True)
class Recovered:
    """What is left out in one region."""

    region: str
    loss: LostHistory


def recovered(
    ctx: Context, by: str, *, since: datetime | None = None, numbers: int = NUMBERS
) -> list[Recovered]:
    """Leap over what may have been given in every region, or in none.

    History may be missing since the newest event that was kept, where nobody says otherwise. Raises
    BadInput without any event, and for a time to come.
    """
    with ctx.database.read() as connection:
        known = regions(connection)
    # Read before: a transaction asks for no second connection.
    places = {region: ctx.region(region) for region in known}
    with ctx.database.write() as uow:
        newest, now = rows.last_recorded(uow.connection), uow.time(None)
        if newest is None:
            raise BadInput("there is no event: nothing can have been given; load a region first")
        since = since or newest
        if since > now:
            raise BadInput(f"--since: {instant(since)} is still to come")
        uow.skip_ids(PLACES)
        return [
            Recovered(region, _leap(uow, place, by, (since, now), numbers))
            for region, place in places.items()
        ]


def _leap(
    uow: UnitOfWork,
    place: tuple[RegionRecord, Calendar],
    by: str,
    span: tuple[datetime, datetime],
    numbers: int,
) -> LostHistory:
    (data, calendar), region = place, place[0].region.code
    first, last = (calendar.local_date(moment).year for moment in span)
    years = range(first, last + 1)
    services = {service for service, _ in catalogue.versions(uow.connection, region)}
    patterns = {pattern.id for pattern in data.region.number_patterns}
    loss = LostHistory(
        span[0],
        rows.skip_positions(uow, region, PLACES),
        rows.skip_case_numbers(uow, region, services, years, numbers),
        rows.skip_product_numbers(uow, region, patterns, years, numbers),
    )
    fact: dict[str, Any] = {
        "lost_since": instant(loss.since),
        "positions": {"first": loss.positions[0], "last": loss.positions[1]},
        "case_numbers": [each.as_dict() for each in loss.cases],
        "product_numbers": [each.as_dict() for each in loss.products],
    }
    note(uow, region, by, (DEED, fact))
    return loss
