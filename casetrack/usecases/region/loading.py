"""Loading a region's data, its officers and their tokens."""

import hashlib
from collections.abc import Callable
from typing import Any

from casetrack.domain.errors import BadInput
from casetrack.domain.region.region_data import Officer, RegionData
from casetrack.storage.region import directory
from casetrack.storage.region.directory import OfficerRecord, TokenRecord
from casetrack.storage.unit_of_work import Conflict
from casetrack.usecases.authority import register
from casetrack.usecases.context import Context

Progress = Callable[[str], None]
NIK_DIGITS = 16
_WITHDRAWN = "none of its own message texts"


def load(ctx: Context, data: RegionData) -> list[str]:
    """Make the region what its files say, all or nothing; gives a line for each published version and
    one for what is new in the register and in its own texts of messages.

    Raises BadInput when a published version would change, or letters or logins are taken.
    """
    code = data.region.code
    published = []
    try:
        with ctx.database.write() as uow:
            uow.lock_register(code, exclusive=True)
            now = uow.draw()[1]
            _check_taken(uow.connection, data)
            edition, before = directory.put_region(uow, data, now)
            if edition != before:
                published.append(
                    f"edition {edition} of its message texts" if edition else _WITHDRAWN
                )
            for definition in data.services:
                if directory.publish(uow, code, definition, now):
                    published.append(f"{definition.id} version {definition.version}")
            directory.withdraw_services(uow, code, [d.id for d in data.services])
            if data.register is not None:
                roles = {officer.login: officer.role for officer in data.officers}
                if papers := register.file(uow, code, data.register, roles):
                    published.append(f"{papers} papers of the register")
    except ValueError as error:
        raise BadInput(str(error)) from error
    except Conflict as error:
        raise BadInput(f"region {code}: another load wrote at the same time ({error})") from error
    return published


def _check_taken(connection: Any, data: RegionData) -> None:
    owner = directory.region_of_letters(connection, data.region.letters)
    if owner not in (None, data.region.code):
        raise ValueError(
            f"region.yaml: the letters {data.region.letters} belong to region {owner}; take others"
        )
    theirs = {
        record.officer.login: record.region
        for record in directory.officers(connection)
        if record.region != data.region.code
    }
    for officer in data.officers:
        if officer.login in theirs:
            raise ValueError(
                f"officers.yaml: the login {officer.login} belongs to region "
                f"{theirs[officer.login]}; take another"
            )


def choose(ctx: Context, named: str | None) -> str:
    """The region that a command is about: the named one, or the only one. Raises BadInput."""
    with ctx.database.read() as connection:
        known = directory.regions(connection)
    there = f"there are {', '.join(known)}" if known else "load one with casetrack load DIR"
    if named is not None and named not in known:
        raise BadInput(f"--region: there is no region {named}; {there}")
    if named is None and len(known) != 1:
        raise BadInput(f"--region: name one; {there}")
    return named or known[0]


def of_case(ctx: Context, number: str) -> str:
    """The region whose letters a case number begins with. Raises BadInput."""
    letters = number.partition("-")[0].upper()
    with ctx.database.read() as connection:
        region = directory.region_of_letters(connection, letters)
    if region is None:
        raise BadInput(f"{number}: no region has the letters {letters}")
    return region


def of_officer(ctx: Context, login: str) -> str:
    """The region that an officer belongs to. Raises BadInput."""
    with ctx.database.read() as connection:
        found = directory.find_officer(connection, login)
    if found is None:
        raise BadInput(f"there is no officer {login}; casetrack officers lists them")
    return found.region


def officers(ctx: Context) -> list[OfficerRecord]:
    """All officers."""
    with ctx.database.read() as connection:
        return directory.officers(connection)


def add_officer(ctx: Context, region: str, officer: Officer) -> None:
    """Add one officer. Raises BadInput: no such region or agency, or the login is taken."""
    with ctx.database.write() as uow:
        record = directory.region_record(uow.connection, region)
        if record is None:
            raise BadInput(f"there is no region {region}; load it first")
        if officer.agency is not None and officer.agency not in record.agencies:
            raise BadInput(f"region {region} has no agency {officer.agency}")
        if directory.find_officer(uow.connection, officer.login) is not None:
            raise BadInput(f"the login {officer.login} is taken; logins are unique across regions")
        directory.put_officer(uow, region, officer)


def set_officer_nik(ctx: Context, login: str, nik: str) -> None:
    """Keep the keyed index of an officer's own NIK: nobody decides his own case. Raises BadInput."""
    if not (len(nik) == NIK_DIGITS and nik.isascii() and nik.isdigit()):
        raise BadInput(f"the NIK is not {NIK_DIGITS} digits")
    with ctx.database.write() as uow:
        record = directory.find_officer(uow.connection, login)
        if record is None:
            raise BadInput(f"there is no officer {login}; casetrack officers lists them")
        directory.set_nik_index(uow, login, ctx.vault.nik_index(record.region, nik))


def disable_officer(ctx: Context, login: str) -> None:
    """Nobody can act as this officer any more. Raises BadInput."""
    with ctx.database.write() as uow:
        if not directory.disable_officer(uow, login):
            raise BadInput(f"there is no officer {login}; casetrack officers lists them")


def create_token(ctx: Context, login: str) -> str:
    """A new token for an officer; it is shown once and kept only as a digest. Raises BadInput."""
    with ctx.database.read() as connection:
        record = directory.find_officer(connection, login)
    if record is None or record.officer.disabled:
        raise BadInput(f"there is no enabled officer {login}; casetrack officers lists them")
    token_id = ctx.random(6).hex()
    token = f"ct_{token_id}_{ctx.random(32).hex()}"
    with ctx.database.write() as uow:
        directory.put_token(uow, token_digest(token), token_id, record, uow.time(None))
    return token


def token_digest(token: str) -> str:
    """What is kept of a token: it has 256 random bits, so one SHA-256 is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def tokens(ctx: Context) -> list[TokenRecord]:
    """All tokens, as far as they may be shown."""
    with ctx.database.read() as connection:
        return directory.tokens(connection)


def revoke_token(ctx: Context, token_id: str) -> None:
    """The token opens nothing any more. Raises BadInput."""
    with ctx.database.write() as uow:
        if not directory.revoke_token(uow, token_id, uow.time(None)):
            raise BadInput(f"there is no live token {token_id}; casetrack token list shows them")
