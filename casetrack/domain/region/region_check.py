"""What does not fit together in a region's files: each place, what is wrong there, and its cure."""

import re
from collections.abc import Iterator
from datetime import date

from casetrack.domain.access import ERASURE_ROLES, REGISTRAR_ROLES, ROLES, not_joined
from casetrack.domain.authority.references import Known, filing_problems
from casetrack.domain.case.complaint_desk import complaint_desk_problems
from casetrack.domain.clock import DayOverride
from casetrack.domain.people import mail_address
from casetrack.domain.region.counter_hours import hours_problems
from casetrack.domain.region.counters import counter_problems
from casetrack.domain.region.escalation import escalation_problems
from casetrack.domain.region.product_numbering import numbering_problems, profile_problems
from casetrack.domain.region.region_data import (
    AGENCY_KINDS,
    LOGIN_PATTERN,
    REGION_ROLES,
    Agency,
    Officer,
    Position,
    Region,
    RegionData,
)
from casetrack.domain.region.slip_texts import slip_text_problems
from casetrack.domain.service import definition_check
from casetrack.domain.service.definition import CODE_PATTERN, Problem, ServiceDefinition

#: So many characters the word for a person may have.
_PERSON = 64


def region_problems(data: RegionData) -> list[Problem]:
    """Say everything that does not fit together; `at` begins with the name of a field."""
    agencies = {agency.id for agency in data.agencies}
    return [
        *_code_problems(data.region),
        *_secretariat_problems(data.region, agencies),
        *_kept_problems(data.region),
        *_joined_problems(data),
        *_erasing_problems(data.region),
        *_place_problems(data.region),
        *definition_check.id_problems("agency", "agencies", [a.id for a in data.agencies]),
        *_agency_problems(data.agencies),
        *definition_check.id_problems("position", "positions", [p.id for p in data.positions]),
        *_position_problems(data.positions, agencies),
        *_officer_problems(data.officers, data.positions, agencies),
        *_address_problems(data),
        *escalation_problems(data.region.escalation),
        *_override_problems(data.overrides),
        *_service_problems(data.services, agencies),
        *numbering_problems(
            data.region.number_patterns,
            data.region.head,
            data.services,
            [position.id for position in data.positions],
        ),
        *slip_text_problems(data.region.slip_texts),
        *counter_problems(data.region.counters, agencies, data.services),
        *complaint_desk_problems(
            data.region.complaints, agencies, [service.letters for service in data.services]
        ),
        *profile_problems(data.profiles, [officer.login for officer in data.officers]),
        *_register_problems(data, agencies),
    ]


def _place_problems(region: Region) -> Iterator[Problem]:
    for code, name in region.places.items():
        at = ("region", "places", code)
        if not CODE_PATTERN.fullmatch(code):
            yield Problem(at, f"place {code!r} is no code", "use letters, digits and . _ / -")
        if not name.strip():
            yield Problem(at, f"place {code!r} has no name", "write what it is called")


def _joined_problems(data: RegionData) -> Iterator[Problem]:
    logins = {officer.login: officer.roles for officer in data.officers}
    positions = {position.id for position in data.positions}
    for place, pair in enumerate(data.region.joined):
        at = ("region", "joined", place)
        if pair.officer not in logins:
            yield Problem(
                (*at, "officer"), f"joined: unknown officer {pair.officer!r}", "add the account"
            )
        elif "auditor" in logins[pair.officer]:
            cure = "give the seat to another person"
            yield Problem((*at, "officer"), f"joined: {pair.officer!r} audits", cure)
        if pair.position not in positions:
            yield Problem(
                (*at, "position"),
                f"joined: unknown position {pair.position!r}",
                "add it to positions.yaml",
            )


def _register_problems(data: RegionData, agencies: set[str]) -> Iterator[Problem]:
    if data.register is None:
        return
    known = Known(
        agencies=agencies,
        positions={position.id for position in data.positions},
        services={service.id for service in data.services},
        officers={officer.login: officer.roles for officer in data.officers},
        steps={step.id for service in data.services for step in service.steps},
    )
    for problem in filing_problems(data.register, known):
        yield Problem(("register", *problem.at), problem.message, problem.cure)


_REGION_CODE = re.compile(r"\d{2}(\.\d{2})?")
_REGION_LETTERS = re.compile(r"[A-Z]{2,4}")


def _code_problems(region: Region) -> Iterator[Problem]:
    yield from definition_check.name_problems("region", ("region", "name"), region.name)
    if not _REGION_CODE.fullmatch(region.code):
        yield Problem(
            ("region", "code"),
            f"region code is {region.code!r}",
            'give the Kemendagri code in quotes, for example "64.72", or "31" for a province',
        )
    if not _REGION_LETTERS.fullmatch(region.letters):
        yield Problem(
            ("region", "letters"),
            f"region letters are {region.letters!r}",
            "give 2 to 4 capital letters A to Z; they begin every case number",
        )


#: Years that a region may keep looks.
_KEPT = range(1, 51)


def _kept_problems(region: Region) -> Iterator[Problem]:
    if region.looks_kept is not None and region.looks_kept not in _KEPT:
        yield Problem(
            ("region", "looks_kept"),
            f"looks_kept is {region.looks_kept}",
            f"give whole years from {_KEPT[0]} to {_KEPT[-1]}, or leave it out",
        )


#: Days that a region may let a decision to erase wait.
_ERASED_WITHIN = range(1, 366)


def _erasing_problems(region: Region) -> Iterator[Problem]:
    if region.erase_within not in _ERASED_WITHIN:
        yield Problem(
            ("region", "erase_within"),
            f"erase_within is {region.erase_within}",
            f"give whole days from {_ERASED_WITHIN[0]} to {_ERASED_WITHIN[-1]}, or leave it out",
        )


def _secretariat_problems(region: Region, agencies: set[str]) -> Iterator[Problem]:
    if region.secretariat is not None and region.secretariat not in agencies:
        yield _unknown_agency(("region", "secretariat"), "secretariat", region.secretariat)


def _agency_problems(agencies: tuple[Agency, ...]) -> Iterator[Problem]:
    for place, agency in enumerate(agencies):
        what = f"agency {agency.id!r}"
        yield from definition_check.name_problems(what, ("agencies", place, "name"), agency.name)
        if agency.kind not in AGENCY_KINDS:
            yield Problem(
                ("agencies", place, "kind"),
                f"{what}: kind is {agency.kind!r}",
                f"use one of {', '.join(AGENCY_KINDS)}",
            )
        if agency.email is not None and (why := mail_address.fault(agency.email)):
            yield Problem(
                ("agencies", place, "email"),
                f"{what}: its e-mail address: {why}",
                "write the address of the agency's mailbox, or leave it out",
            )
        if agency.office is not None:
            at = ("agencies", place, "office")
            yield from definition_check.name_problems(f"{what}: office", at, agency.office)
        yield from hours_problems(("agencies", place), agency.hours, agency.works)
        for index, stay in enumerate(agency.stays):
            if stay.since and stay.until and stay.until < stay.since:
                yield Problem(
                    ("agencies", place, "stays", index, "until"),
                    f"{what}: a stay ends on {stay.until}, before it begins",
                    "swap since and until",
                )


def _position_problems(positions: tuple[Position, ...], agencies: set[str]) -> Iterator[Problem]:
    superior = {position.id: position.superior for position in positions}
    for place, position in enumerate(positions):
        what = f"position {position.id!r}"
        yield from definition_check.name_problems(what, ("positions", place, "name"), position.name)
        if position.agency not in agencies:
            yield _unknown_agency(("positions", place, "agency"), what, position.agency)
        if position.superior is not None and position.superior not in superior:
            yield Problem(
                ("positions", place, "superior"),
                f"{what}: unknown superior {position.superior!r}",
                "add that position, or give null for the top",
            )
        if _is_above_itself(position.id, superior):
            yield Problem(
                ("positions", place, "superior"),
                f"{what}: following the superiors leads back to it, a cycle",
                "one of them has no superior: give null",
            )


def _is_above_itself(position: str, superior: dict[str, str | None]) -> bool:
    above, seen = superior[position], set[str]()
    while above is not None and above not in seen:
        if above == position:
            return True
        seen.add(above)
        above = superior.get(above)
    return False


def _officer_problems(
    officers: tuple[Officer, ...], positions: tuple[Position, ...], agencies: set[str]
) -> Iterator[Problem]:
    agency_of = {position.id: position.agency for position in positions}
    seen: set[str] = set()
    for place, officer in enumerate(officers):
        for key, message, cure in _officer_faults(officer, agency_of):
            yield Problem(("officers", place, key), f"officer {officer.login!r}: {message}", cure)
        if officer.agency is not None and officer.agency not in agencies:
            at = ("officers", place, "agency")
            yield _unknown_agency(at, f"officer {officer.login!r}", officer.agency)
        yield from _registrar_faults(place, officer, agencies)
        yield from _protection_faults(place, officer)
        if officer.person is not None and len(officer.person) > _PERSON:
            what = f"officer {officer.login!r}: person has {len(officer.person)} characters"
            yield Problem(("officers", place, "person"), what, f"give {_PERSON} at most")
        if officer.login in seen:
            yield Problem(
                ("officers", place, "login"),
                f"officer {officer.login!r}: duplicate login, it is there twice",
                "give every officer a login of their own",
            )
        seen.add(officer.login)


def _officer_faults(officer: Officer, agency_of: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    if not LOGIN_PATTERN.fullmatch(officer.login):
        yield "login", "not a login", "use 2 to 64 small letters, digits and . _ -"
    yield from _role_faults(officer)
    for position in officer.positions:
        if position not in agency_of:
            yield "positions", f"unknown position {position!r}", "add it to positions.yaml"
        elif agency_of[position] != officer.agency:
            yield (
                "positions",
                f"the position {position!r} belongs to {agency_of[position]!r}",
                "give them a position of their own agency",
            )


def _role_faults(officer: Officer) -> Iterator[tuple[str, str, str]]:
    for role in officer.roles:
        if role not in ROLES:
            yield "role", f"role is {role!r}", f"use one of {', '.join(ROLES)}"
        elif role in REGION_ROLES and officer.agency is not None:
            yield "agency", f"the role {role} is the region's", "take the agency out"
        elif role not in (*REGION_ROLES, "integrator") and officer.agency is None:
            yield "agency", f"the role {role} needs an agency", "say which agency they are from"
    for fault in not_joined(officer.roles):
        yield "role", fault, "give the second to another person's account"


def _address_problems(data: RegionData) -> Iterator[Problem]:
    places = {officer.login: place for place, officer in enumerate(data.officers)}
    for login, address in data.addresses:
        if why := mail_address.fault(address):
            yield Problem(
                ("officers", places[login], "email"),
                f"officer {login!r}: their e-mail address: {why}",
                "write the officer's own address, or leave it out",
            )


def _registrar_faults(place: int, officer: Officer, agencies: set[str]) -> Iterator[Problem]:
    what = f"officer {officer.login!r}: registrar_for"
    for index, body in enumerate(officer.registrar_for):
        if body not in agencies:
            yield _unknown_agency(("officers", place, "registrar_for", index), what, body)
    known = any(role in ROLES for role in officer.roles)
    if officer.registrar_for and known and not {*officer.roles} & {*REGISTRAR_ROLES}:
        yield Problem(
            ("officers", place, "registrar_for"),
            f"{what}: the role {', '.join(officer.roles)} keeps no papers",
            f"name an officer whose role is one of {', '.join(REGISTRAR_ROLES)}",
        )


def _protection_faults(place: int, officer: Officer) -> Iterator[Problem]:
    known = any(role in ROLES for role in officer.roles)
    if officer.data_protection and known and not {*officer.roles} & {*ERASURE_ROLES}:
        yield Problem(
            ("officers", place, "data_protection"),
            f"officer {officer.login!r}: the role {', '.join(officer.roles)} decides on no erasure",
            f"name an officer whose role is one of {', '.join(ERASURE_ROLES)}",
        )


def _override_problems(overrides: tuple[DayOverride, ...]) -> Iterator[Problem]:
    seen: set[date] = set()
    for place, override in enumerate(overrides):
        if override.day in seen:
            yield Problem(
                ("overrides", place, "day"),
                f"holidays: {override.day} is there twice",
                "keep one of the two",
            )
        seen.add(override.day)


def _service_problems(
    services: tuple[ServiceDefinition, ...], agencies: set[str]
) -> Iterator[Problem]:
    ids: set[str] = set()
    letters: dict[str, str] = {}
    for place, service in enumerate(services):
        for problem in definition_check.problems(service, agencies):
            yield Problem(("services", place, *problem.at), problem.message, problem.cure)
        if service.id in ids:
            yield Problem(
                ("services", place, "id"),
                f"service {service.id!r}: duplicate id, another file has it too",
                "keep one file per service; a new version replaces the old file",
            )
        elif service.letters in letters:
            yield Problem(
                ("services", place, "letters"),
                f"service {service.id!r}: the letters {service.letters} are those of "
                f"{letters[service.letters]!r}",
                "give every service letters of its own",
            )
        ids.add(service.id)
        letters.setdefault(service.letters, service.id)


def _unknown_agency(at: tuple[str | int, ...], what: str, agency: str) -> Problem:
    return Problem(at, f"{what}: unknown agency {agency!r}", "add it to agencies.yaml")
