"""Loading a region's data, its officers and their tokens."""

import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from casetrack.domain.errors import BadInput
from casetrack.domain.region.region_data import RegionData
from casetrack.storage import statistics
from casetrack.storage.authority import register
from casetrack.storage.people import officers, tokens
from casetrack.storage.region import loads, regions
from casetrack.storage.region.loads import Load
from casetrack.storage.service import catalogue
from casetrack.storage.unit_of_work import Conflict, UnitOfWork
from casetrack.usecases.authority.first_registrars import check_secretariat, load_registrars
from casetrack.usecases.authority.load_papers import load_papers
from casetrack.usecases.context import Context
from casetrack.usecases.people import shut_accounts
from casetrack.usecases.people.administration import accounts
from casetrack.usecases.people.joined_duties import persons, refusals
from casetrack.usecases.people.officer_addresses import keep_addresses
from casetrack.usecases.people.officer_profiles import keep_profile
from casetrack.usecases.region import load_trace, numbering

Tell = Callable[[str], None]
_WITHDRAWN = "none of its own message texts"
_WAITS = "number patterns that wait for an officer of the secretariat (POST /numbering)"


def _untold(line: str) -> None:
    """Nobody listens."""


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


def load(
    ctx: Context, data: RegionData, operator: str = "casetrack", tell: Tell = _untold
) -> list[str]:
    """Make the region what its files say, all or nothing; gives what was published. Raises BadInput."""
    return load_or_check(ctx, data, operator, tell).published


def load_or_check(
    ctx: Context, data: RegionData, operator: str, tell: Tell = _untold, *, only_check: bool = False
) -> Loaded:
    """Make the region what its files say, all or nothing; with `only_check`, only say what would change.

    `operator` stands in the trace of administration, and for the papers of a set-up. `tell` hears a
    line for each thing that officers or commands have changed since the last load, and that is left
    so. Raises BadInput when a published version would change, when letters or logins are taken, or
    when papers may not be entered.
    """
    loaded = Loaded()
    try:
        _load(ctx, data, loaded, operator, tell, only_check=only_check)
    except _OnlyChecked:
        pass
    except ValueError as error:
        raise BadInput(str(error)) from error
    except Conflict as error:
        raise BadInput(
            f"region {data.region.code}: another load wrote at the same time ({error})"
        ) from error
    if loaded.published and not only_check:
        statistics.refresh(ctx.database, statistics.OF_A_LOAD)
    ctx.wake()
    return loaded


def _load(
    ctx: Context, data: RegionData, loaded: Loaded, operator: str, tell: Tell, *, only_check: bool
) -> None:
    code, published = data.region.code, loaded.published
    with ctx.database.write() as uow:
        uow.lock_register(code, exclusive=True)
        now = uow.draw()[1]
        _check_taken(uow.connection, data)
        stood = load_trace.loadable(uow, code)
        if stood.settings:
            check_secretariat(ctx, uow, code, data.region.secretariat, now)
        last, live = loads.last_load(uow.connection, code), officers.accounts(uow.connection, code)
        numbers, deed = numbering.of_load(uow, data, operator, now)
        edition, before = regions.put_region(uow, data, now, numbers)
        if deed is not None:
            numbering.note_load(uow, code, operator, numbers, deed)
        if numbers.proposal is not None:
            published.append(_WAITS)
        _tell_accounts(uow, data, live, loaded, now)
        if edition != before:
            published.append(f"edition {edition} of its message texts" if edition else _WITHDRAWN)
        published += _services(uow, data, now)
        keep_addresses(ctx, uow, code, dict(data.addresses))
        for entered in data.profiles:
            keep_profile(ctx, uow, code, entered)
        named = [(officer.login, officer.registrar_for) for officer in data.officers]
        made = load_registrars(ctx, uow, code, named, operator, now, tell)
        if made:
            published.append(f"{len(made)} registrars, set up by {operator}")
        papers = _papers(ctx, uow, data, last, operator, published, tell)
        _check_seats(ctx, uow, data, stood, made, now)
        said = {officer.login: sorted(officer.registrar_for) for officer in data.officers}
        loads.remember_load(uow, code, Load(_digest(data), papers, said), now)
        if only_check:
            raise _OnlyChecked
        known = officers.of_region(uow.connection, code)
        shut = [officer for officer, _ in known if officer.login in loaded.disabled]
        shut_accounts.tell_agencies(uow, code, shut, operator)
        load_trace.note_load(uow, code, operator, _digest(data), stood)


def _tell_accounts(
    uow: UnitOfWork, data: RegionData, before: dict[str, bool], loaded: Loaded, now: datetime
) -> None:
    """Whose accounts a load shut and opened. What let the shut ones in ends, so that none
    opens again."""
    code = data.region.code
    after = officers.accounts(uow.connection, code)
    out = officers.shut_out(uow.connection, code)
    named = {officer.login for officer in data.officers if not officer.disabled}
    for login, live in sorted(after.items()):
        if not live:
            tokens.revoke(uow, tokens.by_login(login), now)
            shut_accounts.end_sessions(uow, code, login)
        if before.get(login, live) and not live:
            loaded.disabled.append(login)
        if not before.get(login, True) and live:
            loaded.enabled.append(login)
        if login in named & out:
            loaded.kept_out.append(login)


def _check_seats(
    ctx: Context,
    uow: UnitOfWork,
    data: RegionData,
    stood: load_trace.Loadable,
    registrars: Collection[str],
    now: datetime,
) -> None:
    """Raises ValueError: who is changed or made a registrar gets a duty that does not go with their seat.

    What the files say by themselves was checked as they were read; here are letters of officers.
    """
    code = data.region.code
    changed = accounts(uow.connection, code)
    given = {o.login for o in data.officers if changed[o.login] != stood.accounts.get(o.login)}
    people = [
        accounts_
        for accounts_ in persons(uow, code).values()
        if (given | {*registrars}) & {account.login for account in accounts_}
    ]
    if not people:
        return
    day = ctx.calendars(data.region.zone, data.overrides).local_date(now)
    known = register.whole(uow.connection, code)
    for refusal in refusals(people, known, list(data.services), day, data.region):
        raise ValueError(f"officers.yaml: {refusal}")


def _services(uow: UnitOfWork, data: RegionData, now: datetime) -> list[str]:
    code, services = data.region.code, data.services
    new = [
        f"{definition.id} version {definition.version}"
        for definition in services
        if catalogue.publish(uow, code, definition, now)
    ]
    catalogue.withdraw_services(uow, code, [definition.id for definition in services])
    return new


def _papers(
    ctx: Context,
    uow: UnitOfWork,
    data: RegionData,
    last: Load,
    operator: str,
    published: list[str],
    tell: Tell,
) -> dict[str, str]:
    """The register's papers; gives what is remembered of them: also of those that left the file."""
    if data.register is None:
        return dict(last.papers)
    found = load_papers(
        ctx, uow, data.region.code, data.register, operator=operator, before=last.papers
    )
    if found.set_up:
        published.append(f"{found.set_up} papers of the register, set up by {operator}")
    if found.drafted:
        published.append(f"{found.drafted} drafts of the register")
    for line in found.left:
        tell(f"register.yaml: {line}")
    return {**last.papers, **found.remembered}


def is_loaded(ctx: Context, data: RegionData) -> bool:
    """Whether the region's last load said the same, word for word."""
    with ctx.database.read() as connection:
        return loads.last_load(connection, data.region.code).files == _digest(data)


def _digest(data: RegionData) -> str:
    return hashlib.sha256(repr(data).encode()).hexdigest()


def _check_taken(connection: Any, data: RegionData) -> None:
    """Raises ValueError for what must be one of a kind, and something outside these files has already."""
    owner = regions.region_of_letters(connection, data.region.letters)
    if owner not in (None, data.region.code):
        raise ValueError(
            f"region.yaml: the letters {data.region.letters} belong to region {owner}; take others"
        )
    _check_letters(connection, data)
    _check_logins(connection, data)


def _check_letters(connection: Any, data: RegionData) -> None:
    """Letters stand in case numbers: those of a service are no other's, also when it is there no more."""
    taken = catalogue.of_letters(connection, data.region.code)
    for service in data.services:
        holder, withdrawn = taken.get(service.letters, (service.id, False))
        if holder != service.id:
            which = "the retired service" if withdrawn else "the service"
            raise ValueError(
                f"services/{service.id}.yaml: the letters {service.letters} belong to {which} "
                f"{holder}, whose case numbers bear them; take others"
            )


def _check_logins(connection: Any, data: RegionData) -> None:
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
