"""Officers' accounts: listed, added, disabled, enabled again, made a registrar."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Any

from casetrack.domain.access import not_joined
from casetrack.domain.authority.duties import bodies_of
from casetrack.domain.authority.register import Register
from casetrack.domain.errors import BadInput
from casetrack.domain.people.administration import Deed
from casetrack.domain.people.contact import FORMS
from casetrack.domain.region.region_data import Officer
from casetrack.storage.authority import register
from casetrack.storage.people import officers, tokens
from casetrack.storage.people.officers import OfficerRecord
from casetrack.storage.region import regions
from casetrack.storage.service import catalogue
from casetrack.storage.unit_of_work import UnitOfWork
from casetrack.usecases.context import Context
from casetrack.usecases.people import shut_accounts
from casetrack.usecases.people.administration import (
    accounts,
    changed_accounts,
    changed_tokens,
    note,
)
from casetrack.usecases.people.joined_duties import persons, refusals


def of_officer(ctx: Context, login: str) -> str:
    """The region that an officer belongs to. Raises BadInput."""
    with ctx.database.read() as connection:
        found = officers.find_officer(connection, login)
    if found is None:
        raise BadInput(f"there is no officer {login}; casetrack officers lists them")
    return found.region


def all_officers(ctx: Context) -> list[OfficerRecord]:
    """All officers, each with the agencies whose papers they keep today."""
    now = ctx.database.now()
    with ctx.database.read() as connection:
        found = officers.all_officers(connection)
        codes = {record.region for record in found}
        known = {code: register.registrars(connection, code) for code in codes}
    days = {code: ctx.region(code)[1].local_date(now) for code in codes}
    return [
        replace(record, officer=_with_duties(record.officer, known[code], days[code]))
        for record in found
        for code in (record.region,)
    ]


def _with_duties(officer: Officer, known: Register, day: date) -> Officer:
    bodies = {*officer.registrar_for, *bodies_of(known, officer.login, day)}
    return replace(officer, registrar_for=tuple(sorted(bodies)))


def add_officer(ctx: Context, region: str, officer: Officer, *, by: str = "casetrack") -> None:
    """Add one officer; `by` is who does it.

    Raises BadInput: no such region or agency, the login is taken, or roles that are not joined in one
    person.
    """
    for fault in not_joined(officer.roles):
        raise BadInput(fault)
    with ctx.database.write() as uow:
        record = regions.region_record(uow.connection, region)
        if record is None:
            raise BadInput(f"there is no region {region}; load it first")
        if officer.agency is not None and officer.agency not in record.agencies:
            raise BadInput(f"region {region} has no agency {officer.agency}")
        if officers.find_officer(uow.connection, officer.login) is not None:
            raise BadInput(
                f"the login {officer.login} is taken; logins are unique across regions "
                "(casetrack officer enable brings a disabled one back)"
            )
        officers.put_officer(uow, region, officer)
        check_seat(ctx, uow, region, officer.login)
        added = changed_accounts({}, accounts(uow.connection, region, officer.login))
        note(uow, region, by, ("officer_added", added))
    ctx.wake()


def check_seat(ctx: Context, uow: UnitOfWork, region: str, login: str) -> None:
    """Raises BadInput: who keeps the accounts or audits sits in no position that decides, and who keeps
    an agency's papers in none of that agency's.
    """
    record, calendar = ctx.region(region)
    people = [of for of in persons(uow, region).values() if login in {o.login for o in of}]
    known = register.whole(uow.connection, region)
    current = catalogue.current_services(uow.connection, region)
    services = [ctx.definition(region, service, version) for service, version in current]
    day = calendar.local_date(ctx.database.now())
    for refusal in refusals(people, known, services, day, record.region):
        raise BadInput(refusal)


def set_officer_nik(ctx: Context, login: str, nik: str, *, by: str = "casetrack") -> None:
    """Keep the keyed index of an officer's own NIK: nobody decides their own case. Raises BadInput."""
    if not FORMS["nik"].fits(nik):
        raise BadInput(f"the NIK is not {FORMS['nik'].looks}")
    with ctx.database.write() as uow:
        record = locked(uow, login)
        officers.set_nik_index(uow, login, ctx.vault.nik_index(record.region, nik))
        note(uow, record.region, by, ("officer_nik_indexed", {"login": login}))
    ctx.wake()


def locked(uow: UnitOfWork, login: str) -> OfficerRecord:
    """The officer, whose account nobody else changes until the commit. Raises BadInput."""
    record = officers.lock_officer(uow, login)
    if record is None:
        raise BadInput(f"there is no officer {login}; casetrack officers lists them")
    return record


@contextmanager
def _noted(uow: UnitOfWork, login: str, by: str, deed: Deed) -> Iterator[dict[str, Any]]:
    """What the block does to an account goes into the trace, with what it puts into the given fact.

    Where nothing became otherwise there is no fact. Raises BadInput: there is no such officer.
    """
    region, more = locked(uow, login).region, dict[str, Any]()
    before = accounts(uow.connection, region, login)
    yield more
    more |= changed_accounts(before, accounts(uow.connection, region, login))
    if more:
        note(uow, region, by, (deed, more))


def disable_officer(ctx: Context, login: str, *, by: str = "casetrack") -> int:
    """Nobody can act as this officer until they are enabled, whatever files are loaded.

    Their tokens end; gives how many. Their agency is told, with the steps that they hold.
    Raises BadInput.
    """
    with ctx.database.write() as uow, _noted(uow, login, by, "officer_disabled") as fact:
        now = uow.draw()[1]
        record = officers.find_officer(uow.connection, login)
        officers.disable_officer(uow, login, now)
        if record is not None and not record.officer.disabled:
            shut_accounts.tell_agencies(uow, record.region, [record.officer], by)
        if record is not None:
            shut_accounts.end_sessions(uow, record.region, login)
        live, ended = tokens.revoke(uow, tokens.by_login(login), now)
        fact |= changed_tokens(live, ended)
    ctx.wake()
    return len(ended)


def enable_officer(ctx: Context, login: str, *, by: str = "casetrack") -> None:
    """The officer can act again, with a new token. Raises BadInput."""
    with ctx.database.write() as uow, _noted(uow, login, by, "officer_enabled"):
        officers.enable_officer(uow, login)
    ctx.wake()
