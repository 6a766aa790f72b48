"""Loading a region's data, its officers and their tokens."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from casetrack.domain.errors import BadInput
from casetrack.domain.region.region_data import RegionData
from casetrack.storage.people import officers, tokens
from casetrack.storage.region import regions
from casetrack.storage.service import catalogue
from casetrack.storage.unit_of_work import Conflict, UnitOfWork
from casetrack.usecases.authority import register
from casetrack.usecases.context import Context

Progress = Callable[[str], None]
_WITHDRAWN = "none of its own message texts"


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load changed. `published` has a line for each published version, and one for what is new
    in the register and in the region's own texts of messages."""

    published: list[str] = field(default_factory=list)
    #: Logins whose accounts the load shut, and those that it opened again.
    disabled: list[str] = field(default_factory=list)
    enabled: list[str] = field(default_factory=list)
    #: Logins that the files name and that stay disabled, because a command disabled them.
    kept_out: list[str] = field(default_factory=list)


class _OnlyChecked(Exception):
    """Takes back what a dry run has written."""


def load(ctx: Context, data: RegionData) -> list[str]:
    """Make the region what its files say, all or nothing; gives what was published. Raises BadInput."""
    return load_or_check(ctx, data).published


def load_or_check(ctx: Context, data: RegionData, *, only_check: bool = False) -> Loaded:
    """Make the region what its files say, all or nothing; with `only_check`, only say what would change.

    Raises BadInput when a published version would change, or letters or logins are taken.
    """
    loaded = Loaded()
    try:
        _load(ctx, data, loaded, only_check=only_check)
    except _OnlyChecked:
        pass
    except ValueError as error:
        raise BadInput(str(error)) from error
    except Conflict as error:
        raise BadInput(
            f"region {data.region.code}: another load wrote at the same time ({error})"
        ) from error
    return loaded


def _load(ctx: Context, data: RegionData, loaded: Loaded, *, only_check: bool) -> None:
    code, published = data.region.code, loaded.published
    with ctx.database.write() as uow:
        uow.lock_register(code, exclusive=True)
        now = uow.draw()[1]
        _check_taken(uow.connection, data)
        live = officers.accounts(uow.connection, code)
        edition, before = regions.put_region(uow, data, now)
        _tell_accounts(uow, data, live, loaded, now)
        if edition != before:
            published.append(f"edition {edition} of its message texts" if edition else _WITHDRAWN)
        for definition in data.services:
            if catalogue.publish(uow, code, definition, now):
                published.append(f"{definition.id} version {definition.version}")
        catalogue.withdraw_services(uow, code, [d.id for d in data.services])
        if data.register is not None:
            roles = {officer.login: officer.role for officer in data.officers}
            if papers := register.file(uow, code, data.register, roles):
                published.append(f"{papers} papers of the register")
        if only_check:
            raise _OnlyChecked


def _tell_accounts(
    uow: UnitOfWork, data: RegionData, before: dict[str, bool], loaded: Loaded, now: datetime
) -> None:
    """Whose accounts a load shut and opened. Tokens of the shut ones end, so that none opens again."""
    code = data.region.code
    after = officers.accounts(uow.connection, code)
    out = officers.shut_out(uow.connection, code)
    named = {officer.login for officer in data.officers if not officer.disabled}
    for login, live in sorted(after.items()):
        if not live:
            tokens.revoke_tokens_of(uow, login, now)
        if before.get(login, live) and not live:
            loaded.disabled.append(login)
        if not before.get(login, True) and live:
            loaded.enabled.append(login)
        if login in named & out:
            loaded.kept_out.append(login)


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
