"""Accounts and seats of a region's files: what may not be joined in one person, and whose roles cannot
do what their position must."""

from collections.abc import Iterator

from casetrack.domain.authority.account_findings import SEATLESS
from casetrack.domain.authority.entries import Grant, Incumbency, Post, covers
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
    """Administrators, auditors and registrars who sit where cases are decided that they keep."""
    seats, agencies = _seats(data), _agencies(data)
    for place, officer in enumerate(data.officers):
        held = seats[officer.login]
        what = [role for role in officer.roles if role in SEATLESS]
        if not what:
            held = {
                position for position in held if agencies.get(position) in officer.registrar_for
            }
            what = [f"registrar for {', '.join(officer.registrar_for)}"]
        for service, step in _steps(data, held):
            yield Problem(
                ("officers", place, "login"),
                f"officer {officer.login!r} is {' and '.join(what)} and sits in a position that "
                f"decides {service}, {step.id}",
                "give the duty, the account or the seat to another person",
            )
            break


def _agencies(data: RegionData) -> dict[str, str]:
    """Position to its agency, by the region's positions and by those of the register."""
    found = {position.id: position.agency for position in data.positions}
    for filed in data.register.entries if data.register else ():
        if isinstance(filed.entry, Post):
            found[filed.id] = filed.entry.agency
    return found


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
