"""Officers' accounts: listed, added, disabled, enabled again."""

from casetrack.domain.errors import BadInput
from casetrack.domain.people.contact import FORMS
from casetrack.domain.region.region_data import Officer
from casetrack.storage.people import officers, tokens
from casetrack.storage.people.officers import OfficerRecord
from casetrack.storage.region import regions
from casetrack.usecases.context import Context


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
    """Add one officer. Raises BadInput: no such region or agency, or the login is taken."""
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

    Their tokens end; gives how many. Raises BadInput.
    """
    with ctx.database.write() as uow:
        now = uow.time(None)
        if not officers.disable_officer(uow, login, now):
            raise BadInput(f"there is no officer {login}; casetrack officers lists them")
        return tokens.revoke_tokens_of(uow, login, now)


def enable_officer(ctx: Context, login: str) -> None:
    """The officer can act again, with a new token. Raises BadInput."""
    with ctx.database.write() as uow:
        if not officers.enable_officer(uow, login):
            raise BadInput(f"there is no officer {login}; casetrack officers lists them")
