"""The first registrars of a body: an operator sets them up, since nobody could enter their papers yet.

They work at once, under the operator's name, until the head of the secretariat confirms each. A body
that has two registrars gets further ones by papers of the register only.
"""

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, datetime
from itertools import count
from typing import NamedTuple

from casetrack.domain.access import Actor, operator, system
from casetrack.domain.authority.duties import running
from casetrack.domain.authority.entries import Registrar
from casetrack.domain.authority.entry_json import to_document
from casetrack.domain.authority.filing import Filed
from casetrack.domain.authority.registrars import NEEDED
from casetrack.domain.errors import BadInput
from casetrack.storage.authority import register
from casetrack.storage.people import officers
from casetrack.storage.region import regions
from casetrack.storage.schema_version import has_second_half
from casetrack.storage.unit_of_work import Database, UnitOfWork
from casetrack.usecases.authority.load_papers import file
from casetrack.usecases.authority.registrars import keeping_of
from casetrack.usecases.context import Calendars, Context
from casetrack.usecases.people.administration import accounts, changed_accounts, note

DOOR = (
    "two registrars, who enter and confirm the letter that makes another one or ends it: POST "
    "/api/v1/authority/entries, kind registrar"
)


#: So many characters of an agency's id go into that of an entry.
_LONGEST = 40


class Wanted(NamedTuple):
    """Who is to keep the papers of which agency."""

    login: str
    agency: str


def as_filed(entry_id: str, entry: Registrar) -> Filed:
    """Who is set up, as it is entered. There is no paper: the digest is that of the words themselves."""
    said = json.dumps(to_document(entry), sort_keys=True, separators=(",", ":"))
    return Filed("registrar", entry_id, entry, hashlib.sha256(said.encode()).hexdigest())


def set_up(
    uow: UnitOfWork, region: str, day: date, wanted: Iterable[Wanted], name: str, by: Actor
) -> None:
    """Make them registrars from this day on, under the operator's name."""
    taken = {entry for kind, entry in register.all_revisions(uow.connection, region)
             if kind == "registrar"}  # fmt: skip
    entries = []
    for login, agency in wanted:
        name_of = _free(agency, taken)
        taken.add(name_of)
        entries.append(as_filed(name_of, Registrar(login, agency, day)))
    file(uow, region, entries, entered_by=name, confirmed_by=None, by=by)


def _free(agency: str, taken: Collection[str]) -> str:
    """An id that nothing has. It says the agency and not whose it is: ids leave in CloudEvents."""
    stem = f"registrar-{agency[:_LONGEST].rstrip('-_.')}"
    return next(name for n in count(1) if (name := f"{stem}-{n}") not in taken)


def takes_registrars(uow: UnitOfWork) -> bool:
    """Whether the register may hold papers that make a registrar: every release reads them."""
    return has_second_half(uow.connection, "0019")


# --- by a load ------------------------------------------------------------------------------------


def load_registrars(
    ctx: Context,
    uow: UnitOfWork,
    region: str,
    said: Iterable[tuple[str, Sequence[str]]],
    by: str,
    now: datetime,
    tell: Callable[[str], None],
) -> list[str]:
    """Set up those whom the files name for a body that has fewer than two; gives their logins.

    `said` is each login with its bodies. What the register says otherwise is left, and told line by line.
    """
    named = {Wanted(login, body) for login, bodies in said for body in bodies}
    if not takes_registrars(uow):
        if named:
            tell("officers.yaml: registrar_for waits until the upgrade is over")
        return []
    keeping = keeping_of(ctx.calendars, uow, region, now)
    kept = {
        Wanted(login, duty.agency)
        for login in keeping.accounts
        for _, duty in running(keeping.register, login, keeping.day)
    }
    lacking = {each for each in named - kept if len(keeping.persons(each.agency)) < NEEDED}
    fewer = {each for each in lacking if keeping.accounts[each.login].live}
    for login, agency in sorted(named - kept - lacking):
        tell(f"officers.yaml: {login} is no registrar for {agency}, which has {DOOR}")
    for login, agency in sorted(kept - named):
        tell(f"officers.yaml: {login} is a registrar for {agency} by the register, and stays so")
    if fewer:
        set_up(uow, region, keeping.day, sorted(fewer), by, system(region, "load"))
    return sorted({each.login for each in fewer})


def check_secretariat(
    ctx: Context, uow: UnitOfWork, region: str, comes: str | None, now: datetime
) -> None:
    """Raises BadInput for files that take the papers of the heads from those whom the register names.

    By papers they make two registrars for the agency that is to be the secretariat, before files say so.
    The region's row and its accounts are still those of before.
    """
    keeping = keeping_of(ctx.calendars, uow, region, now)
    was = keeping.secretariat
    if was in (None, comes) or len(keeping.confirmed(str(was))) < NEEDED:
        return
    if comes is None or len(keeping.confirmed(comes)) < NEEDED:
        raise BadInput(
            f"region.yaml: secretariat: {was} has {DOOR}; before the files name {comes or 'nobody'}, "
            "they make two for it"
        )


# --- by the upgrade -------------------------------------------------------------------------------


def enter_duties(database: Database, calendars: Calendars, by: str = "upgrade") -> int:
    """Enter as set-ups whose papers accounts say are kept; gives how many. Again it finds nothing."""
    with database.read() as connection:
        found = regions.regions(connection)
    return sum(_enter_duties(database, calendars, region, by) for region in found)


def _enter_duties(database: Database, calendars: Calendars, region: str, by: str) -> int:
    with database.write() as uow:
        if not takes_registrars(uow):
            return 0
        uow.lock_register(region, exclusive=True)
        keeping = keeping_of(calendars, uow, region, uow.draw()[1])
        wanted = [
            Wanted(login, body)
            for login, account in sorted(keeping.accounts.items())
            for body in sorted(account.registrar_for)
        ]
        if not wanted:
            return 0
        before = accounts(uow.connection, region)
        set_up(uow, region, keeping.day, wanted, by, operator(region, by))
        for login in sorted({each.login for each in wanted}):
            officers.close_duties(uow, region, login)
        moved = changed_accounts(before, accounts(uow.connection, region))
        note(uow, region, by, ("registrars_entered", moved))
    return len(wanted)
