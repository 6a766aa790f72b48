"""Officers' accounts: listed, added, disabled, enabled again, made a registrar."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from casetrack.domain.access import REGISTRAR_ROLES, not_joined
from casetrack.domain.authority.account_findings import SEATLESS, duties_of
from casetrack.domain.errors import BadInput
from casetrack.domain.people.administration import Act
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


def of_officer(ctx: Context, login: str) -> str:
    """The region that an officer belongs to. Raises BadInput."""
    with ctx.database.read() as connection:
        found = officers.find_officer(connection, login)
    if found is None:
        raise BadInput(f"there is no officer {login}; casetrack officers lists them")
    return found.region


def all_officers(ctx: Context) -> list[OfficerRecord]:
    """All officers."""
    with ctx.database.read() as connection:
        return officers.all_officers(connection)


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
        _check_seat(ctx, uow, region, officer)
        officers.put_officer(uow, region, officer)
        added = changed_accounts({}, accounts(uow.connection, region, officer.login))
        note(uow, region, by, ("officer_added", added))
    ctx.wake()


def _check_seat(ctx: Context, uow: UnitOfWork, region: str, officer: Officer) -> None:
    """Raises BadInput: who keeps the accounts or audits sits in no position that decides, and who keeps
    an agency's papers in none of that agency's.
    """
    if not (officer.registrar_for or {*SEATLESS} & {*officer.roles}):
        return
    day = ctx.region(region)[1].local_date(ctx.database.now())
    known = register.whole(uow.connection, region)
    current = catalogue.current_services(uow.connection, region)
    services = [ctx.definition(region, service, version) for service, version in current]
    refusal = duties_of(officer, known, services, day).refusal()
    if refusal is not None:
        raise BadInput(refusal)


def set_officer_nik(ctx: Context, login: str, nik: str, *, by: str = "casetrack") -> None:
    """Keep the keyed index of an officer's own NIK: nobody decides their own case. Raises BadInput."""
    if not FORMS["nik"].fits(nik):
        raise BadInput(f"the NIK is not {FORMS['nik'].looks}")
    with ctx.database.write() as uow:
        record = _locked(uow, login)
        officers.set_nik_index(uow, login, ctx.vault.nik_index(record.region, nik))
        note(uow, record.region, by, ("officer_nik_indexed", {"login": login}))
    ctx.wake()


def _locked(uow: UnitOfWork, login: str) -> OfficerRecord:
    """The officer, whose account nobody else changes until the commit. Raises BadInput."""
    record = officers.lock_officer(uow, login)
    if record is None:
        raise BadInput(f"there is no officer {login}; casetrack officers lists them")
    return record


@contextmanager
def _noted(uow: UnitOfWork, login: str, by: str, act: Act) -> Iterator[dict[str, Any]]:
    """What the block does to an account goes into the trace, with what it puts into the given fact.

    Where nothing became otherwise there is no fact. Raises BadInput: there is no such officer.
    """
    region, more = _locked(uow, login).region, dict[str, Any]()
    before = accounts(uow.connection, region, login)
    yield more
    more |= changed_accounts(before, accounts(uow.connection, region, login))
    if more:
        note(uow, region, by, (act, more))


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
        live, ended = tokens.revoke(uow, tokens.by_login(login), now)
        fact |= changed_tokens(live, ended)
    ctx.wake()
    return len(ended)


def enable_officer(ctx: Context, login: str, *, by: str = "casetrack") -> None:
    """The officer can act again, with a new token. Raises BadInput."""
    with ctx.database.write() as uow, _noted(uow, login, by, "officer_enabled"):
        officers.enable_officer(uow, login)
    ctx.wake()


def set_registrar(
    ctx: Context, login: str, bodies: Sequence[str], *, keeps: bool, by: str = "casetrack"
) -> None:
    """Give an officer the papers of these agencies to keep, or take them away.

    Raises BadInput: no such officer or agency, a role that keeps no papers, or a seat that decides
    cases of such an agency.
    """
    with ctx.database.write() as uow:
        record = _locked(uow, login)
        region = regions.region_record(uow.connection, record.region)
        known = region.agencies if region else {}
        for body in bodies:
            if keeps and body not in known:
                raise BadInput(f"region {record.region} has no agency {body}")
            if not keeps and body not in record.officer.registrar_for:
                raise BadInput(f"{login} is no registrar for {body}")
        roles = record.officer.roles
        if keeps and not {*roles} & {*REGISTRAR_ROLES}:
            raise BadInput(
                f"{login} is {' and '.join(roles)}, which keeps no papers; "
                f"name an officer whose role is one of {', '.join(REGISTRAR_ROLES)}"
            )
        with _noted(uow, login, by, "registrar_named" if keeps else "registrar_dismissed"):
            for body in bodies:
                officers.set_registrar(uow, record.region, login, body, keeps)
        if keeps:
            _check_seat(ctx, uow, record.region, _locked(uow, login).officer)
    ctx.wake()
