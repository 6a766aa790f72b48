"""Loading a region's data, its officers and their tokens."""

from collections.abc import Callable
from typing import Any

from casetrack.domain.errors import BadInput
from casetrack.domain.region.region_data import RegionData, registrar_role
from casetrack.storage.people import officers
from casetrack.storage.region import regions
from casetrack.storage.service import catalogue
from casetrack.storage.unit_of_work import Conflict
from casetrack.usecases.authority import register
from casetrack.usecases.context import Context

Progress = Callable[[str], None]
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
            edition, before = regions.put_region(uow, data, now)
            if edition != before:
                published.append(
                    f"edition {edition} of its message texts" if edition else _WITHDRAWN
                )
            for definition in data.services:
                if catalogue.publish(uow, code, definition, now):
                    published.append(f"{definition.id} version {definition.version}")
            catalogue.withdraw_services(uow, code, [d.id for d in data.services])
            if data.register is not None:
                roles = {officer.login: registrar_role(officer) for officer in data.officers}
                if papers := register.file(uow, code, data.register, roles):
                    published.append(f"{papers} papers of the register")
    except ValueError as error:
        raise BadInput(str(error)) from error
    except Conflict as error:
        raise BadInput(f"region {code}: another load wrote at the same time ({error})") from error
    return published


def _check_taken(connection: Any, data: RegionData) -> None:
    owner = regions.region_of_letters(connection, data.region.letters)
    if owner not in (None, data.region.code):
        raise ValueError(
            f"region.yaml: the letters {data.region.letters} belong to region {owner}; take others"
        )
    theirs = {
        record.officer.login: record.region
        for record in officers.all_officers(connection)
        if record.region != data.region.code
    }
    for officer in data.officers:
        if officer.login in theirs:
            raise ValueError(
                f"officers.yaml: the login {officer.login} belongs to region "
                f"{theirs[officer.login]}; take another"
            )
