"""Officers' accounts: listed, added, disabled, enabled again, made a registrar."""

from collections.abc import Sequence

from casetrack.domain.access import REGISTRAR_ROLES, not_joined
from casetrack.domain.authority.holders import needs_held
from casetrack.domain.authority.seats import positions_of
from casetrack.domain.errors import BadInput
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


def add_officer(ctx: Context, region: str, officer: Officer) -> None:
    """Add one officer.

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


def _check_seat(ctx: Context, uow: UnitOfWork, region: str, officer: Officer) -> None:
    """Raises BadInput: who keeps the accounts, or audits, sits in no position that decides."""
    if not {"admin", "auditor"} & set(officer.roles):
        return
    day = ctx.region(region)[1].local_date(ctx.database.now())
    known = register.whole(uow.connection, region)
    seats = {*officer.positions, *positions_of(known, officer.login, day)}
    current = catalogue.current_services(uow.connection, region)
    services = [ctx.definition(region, service, version) for service, version in current]
    held = needs_held(known, services, sorted(seats), day)
    if held:
        raise BadInput(
            f"{officer.login} would sit in a position that decides {held[0].service}: who keeps the "
            "accounts or audits decides no case; give the seat or the account to another person"
        )


def set_officer_nik(ctx: Context, login: str, nik: str) -> None:
    """Keep the keyed index of an officer's own NIK: nobody decides their own case. Raises BadInput."""
    if not FORMS["nik"].fits(nik):
        raise BadInput(f"the NIK is not {FORMS['nik'].looks}")
    with ctx.database.write() as uow:
        record = officers.find_officer(uow.connection, login)
        if record is None:
            raise BadInput(f"there is no officer {login}; casetrack officers lists them")
        officers.set_nik_index(uow, login, ctx.vault.nik_index(record.region, nik))


def disable_officer(ctx: Context, login: str) -> int:
    """Nobody can act as this officer until they are enabled, whatever files are loaded.

    Their tokens end; gives how many. Their agency is told, with the steps that they hold.
    Raises BadInput.
    """
    region = of_officer(ctx, login)
    with ctx.database.write() as uow:
        uow.lock_register(region, exclusive=True)
        record = officers.find_officer(uow.connection, login)
        now = uow.time(None)
        if record is None or not officers.disable_officer(uow, login, now):
            raise BadInput(f"there is no officer {login}; casetrack officers lists them")
        if not record.officer.disabled:
            shut_accounts.tell_agencies(uow, region, [record.officer], "operator")
        ended = tokens.revoke_tokens_of(uow, login, now)
    ctx.wake()
    return ended


def enable_officer(ctx: Context, login: str) -> None:
    """The officer can act again, with a new token. Raises BadInput."""
    with ctx.database.write() as uow:
        if not officers.enable_officer(uow, login):
            raise BadInput(f"there is no officer {login}; casetrack officers lists them")


def set_registrar(ctx: Context, login: str, bodies: Sequence[str], *, keeps: bool) -> None:
    """Give an officer the papers of these agencies to keep, or take them away.

    Raises BadInput: no such officer or agency, or a role that keeps no papers.
    """
    with ctx.database.write() as uow:
        record = officers.find_officer(uow.connection, login)
        if record is None:
            raise BadInput(f"there is no officer {login}; casetrack officers lists them")
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
        for body in bodies:
            officers.set_registrar(uow, record.region, login, body, keeps)
