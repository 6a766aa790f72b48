"""Accounts and seats of a region's files: what may not be joined in one person, and whose roles cannot
do what their position must."""

from collections.abc import Iterator

from casetrack.domain.access import not_joined
from casetrack.domain.authority.account_findings import SEATLESS
from casetrack.domain.authority.entries import Grant, Incumbency, Post, Registrar, covers
from casetrack.domain.people.persons import persons_of
from casetrack.domain.region.region_data import Officer, RegionData
from casetrack.domain.service.definition import Problem, StepDefinition


def _seats(data: RegionData) -> dict[str, set[str]]:
    """Login to positions: those of officers.yaml, and those of letters whatever their dates."""
    found = {officer.login: set(officer.positions) for officer in data.officers}
    for filed in data.register.entries if data.register else ():
        if isinstance(held := filed.entry, Incumbency) and held.officer in found:
            found[held.officer].add(held.position)
    return found


def _kept(data: RegionData) -> dict[str, list[str]]:
    """Login to bodies: those of officers.yaml, and those of papers whatever their dates."""
    found = {officer.login: list(officer.registrar_for) for officer in data.officers}
    for filed in data.register.entries if data.register else ():
        if isinstance(duty := filed.entry, Registrar) and duty.officer in found:
            found[duty.officer].append(duty.agency)
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
    """Persons who hold roles that are kept apart; administrators, auditors and registrars who sit where
    cases are decided that they keep. Several accounts of one person count as one.
    """
    seats, agencies, told = _seats(data), _agencies(data), set[str]()
    kept = _kept(data)
    person_of = persons_of((o.login, o.person, None) for o in data.officers)
    allowed = {(pair.officer, pair.position) for pair in data.region.joined}
    for place, officer in enumerate(data.officers):
        person = person_of[officer.login]
        own = [each for each in data.officers if person_of[each.login] == person]
        if person in told:
            continue
        roles = tuple(dict.fromkeys(role for each in own for role in each.roles))
        bodies = tuple(dict.fromkeys(body for each in own for body in kept[each.login]))
        held = {position for each in own for position in seats[each.login]}
        if len(own) > 1:
            told.add(person)
            yield from _roles_of_person(place, own, roles)
        what = [role for role in roles if role in SEATLESS]
        if not what:
            held = {position for position in held if agencies.get(position) in bodies}
            what = [f"registrar for {', '.join(bodies)}"]
        if "auditor" not in roles:
            held -= {position for each in own for login, position in allowed if login == each.login}
        for service, step in _steps(data, held):
            yield Problem(
                ("officers", place, "login"),
                f"officer {officer.login!r} is {' and '.join(what)} and sits in a position that "
                f"decides {service}, {step.id}",
                "give the duty, the account or the seat to another person",
            )
            break


def _roles_of_person(place: int, own: list[Officer], roles: tuple[str, ...]) -> Iterator[Problem]:
    for fault in not_joined(roles):
        yield Problem(
            ("officers", place, "person"),
            f"the accounts {', '.join(each.login for each in own)} are one person's: {fault}",
            "give one of the accounts to another person",
        )


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
