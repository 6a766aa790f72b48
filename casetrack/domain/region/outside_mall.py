"""Agencies that are not in the mall: they work on from their own office, and people are told where."""

from collections.abc import Iterable, Mapping
from datetime import date

from casetrack.domain.authority.entries import MallStay
from casetrack.domain.authority.instruments import in_force
from casetrack.domain.region.region_data import Agency, Stay


def stays_of(agency: Agency, recorded: Iterable[MallStay]) -> tuple[Stay, ...]:
    """Its times in the mall: by the register where it has any there, else by the region's files."""
    theirs = tuple(Stay(stay.since, stay.until) for stay in recorded if stay.agency == agency.id)
    return theirs or agency.stays


def outside(
    agencies: Mapping[str, Agency], names: Iterable[str], recorded: Iterable[MallStay], day: date
) -> list[Agency]:
    """Those of the named agencies that have no counter in the mall on that day, each once.

    An agency of which no stay is known is there all the time.
    """
    papers = tuple(recorded)
    found = []
    for name in dict.fromkeys(names):
        agency = agencies.get(name)
        stays = stays_of(agency, papers) if agency is not None else ()
        if agency is not None and stays and not any(in_force(s.since, s.until, day) for s in stays):
            found.append(agency)
    return found
