"""Accounts and seats of a region's files: what may not be joined in one person, and whose roles cannot
do what their position must."""

from collections.abc import Iterator

from casetrack.domain.authority.entries import Grant, Incumbency, covers
from casetrack.domain.region.region_data import RegionData
from casetrack.domain.service.definition import Problem, StepDefinition


def _seats(data: RegionData) -> dict[str, set[str]]:
    """Login to positions: those of officers.yaml, and those of letters whatever their dates."""
    found = {officer.login: set(officer.positions) for officer in data.officers}
    for filed in data.register.entries if data.register else ():
        if isinstance(held := filed.entry, Incumbency) and held.officer in found:
            found[held.officer].add(held.position)
    return found


def _steps(data: RegionData, positions: set[str]) -> Iterator[tuple[str, StepDefinition]]:
    """Steps that end by a power which a grant gives to one of these positions."""
    grants = [
        filed.entry
        for filed in (data.register.entries if data.register else ())
        if isinstance(filed.entry, Grant) and filed.entry.receiver in positions
    ]
    for service in data.services:
        for step in service.steps if not service.tracked_only else ():
            if any(
                step.authority in grant.actions and covers(grant.services, service.id)
                for grant in grants
            ):
                yield service.id, step


def seat_problems(data: RegionData) -> Iterator[Problem]:
    """Administrators who sit where cases are decided that they keep."""
    seats = _seats(data)
    for place, officer in enumerate(data.officers):
        if "admin" not in officer.roles and "auditor" not in officer.roles:
            continue
        for service, step in _steps(data, seats[officer.login]):
            yield Problem(
                ("officers", place, "login"),
                f"officer {officer.login!r} is {' and '.join(officer.roles)} and sits in a position that "
                f"decides {service}, {step.id}",
                "give the account or the seat to another person",
            )
            break


def warnings(data: RegionData) -> Iterator[str]:
    """Accounts whose roles cannot do what their position must."""
    seats = _seats(data)
    for officer in data.officers:
        if officer.disabled:
            continue
        lacking = [
            (service, step)
            for service, step in _steps(data, seats[officer.login])
            if not any(role in step.roles for role in officer.roles)
        ]
        if lacking:
            service, step = lacking[0]
            more = f" and {len(lacking) - 1} more" if len(lacking) > 1 else ""
            yield (
                f"{officer.login} sits in a position that must do {service}, {step.id}{more}; that takes "
                f"the role {' or '.join(step.roles)}; the account has {' and '.join(officer.roles)}"
            )
