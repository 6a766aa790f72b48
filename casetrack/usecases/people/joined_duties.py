"""Duties that may not be joined in one person, asked of every paper and of every account."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from casetrack.domain.access import REGISTRAR_ROLES
from casetrack.domain.authority.account_findings import SEATLESS, Duties, Pairs, duties_of
from casetrack.domain.authority.entering import Paper
from casetrack.domain.authority.entries import Grant, Incumbency, Registrar
from casetrack.domain.authority.first_days import first_day
from casetrack.domain.authority.register import Register
from casetrack.domain.errors import Invalid, NotNow
from casetrack.domain.region.region_data import Officer, Region
from casetrack.domain.service.definition import ServiceDefinition
from casetrack.storage.people import officers
from casetrack.storage.service import catalogue
from casetrack.storage.unit_of_work import UnitOfWork
from casetrack.usecases.context import Context


def check_paper(ctx: Context, uow: UnitOfWork, region: str, entering: Paper) -> None:
    """Raises Invalid for a registrar who cannot be one, and NotNow for duties that a paper would join.

    They are asked for today and for every day from the paper's first one on.
    """
    people = persons(uow, region)
    record = ctx.region(region)[0]
    if isinstance(entering.entry, Registrar):
        _check_registrar(entering.entry, people, record.agencies, entering.now.day)
    services = _Services(ctx, uow, region)
    for day in _days(entering):
        for accounts in people.values():
            comes = services.duties(accounts, entering.then.register, day, record.region)
            joined = [seat.position for seat in comes.not_joined()]
            if not joined:
                continue
            was = services.duties(accounts, entering.now.register, day, record.region)
            before = {seat.position for seat in was.not_joined()}
            if joined := [position for position in joined if position not in before]:
                raise NotNow(
                    "not_joined",
                    f"This would let {comes.who} decide by {', '.join(joined)}: who keeps an agency's "
                    "papers or the accounts, or audits, decides none of its cases.",
                    positions=joined,
                )


def _days(entering: Paper) -> list[date]:
    """Today, the first day of the paper, and each later one on which a seat, a power or a duty begins:
    which of two papers was entered first makes no difference.
    """
    today, register = entering.now.day, entering.then.register
    first = max(today, first_day(register, entering.entry) or today)
    begins = (
        first_day(register, recorded.entry)
        for recorded in register.entries
        if isinstance(recorded.entry, Incumbency | Grant | Registrar)
    )
    return sorted({today, first} | {day for day in begins if day is not None and day > first})


class _Services:
    """The catalogue, read when somebody's duties ask for it."""

    def __init__(self, ctx: Context, uow: UnitOfWork, region: str) -> None:
        self._ctx, self._uow, self._region = ctx, uow, region
        self._known: list[ServiceDefinition] | None = None

    def duties(self, accounts: list[Officer], known: Register, day: date, region: Region) -> Duties:
        """What these accounts of one person are for."""
        found = duties_of(accounts, known, (), day)
        if not (found.registrar_for or {*SEATLESS} & {*found.roles}):
            return found
        if self._known is None:
            current = catalogue.current_services(self._uow.connection, self._region)
            self._known = [self._ctx.definition(self._region, *each) for each in current]
        return duties_of(accounts, known, self._known, day, allowed=pairs_of(region))


def pairs_of(region: Region) -> Pairs:
    """Officers and positions that the region lets one person join by name."""
    return frozenset((each.officer, each.position) for each in region.joined)


def persons(uow: UnitOfWork, region: str) -> dict[str, list[Officer]]:
    """The live accounts of a region, by the person whose they are."""
    return by_person(
        (officer for officer, _ in officers.of_region(uow.connection, region)),
        officers.persons(uow.connection, region),
    )


def by_person(
    accounts: Iterable[Officer], person_of: Mapping[str, str]
) -> dict[str, list[Officer]]:
    """Live accounts, by the person whose they are."""
    found: dict[str, list[Officer]] = {}
    for officer in accounts:
        if not officer.disabled:
            found.setdefault(person_of[officer.login], []).append(officer)
    return found


def refusals(
    people: Iterable[list[Officer]],
    known: Register,
    services: list[ServiceDefinition],
    day: date,
    region: Region,
) -> Iterator[str]:
    """Why these persons may not have what they have, each in a sentence."""
    for accounts in people:
        refusal = duties_of(accounts, known, services, day, allowed=pairs_of(region)).refusal()
        if refusal is not None:
            yield refusal


def _check_registrar(
    duty: Registrar, people: Mapping[str, list[Officer]], agencies: Iterable[str], today: date
) -> None:
    if duty.agency not in agencies:
        _refuse("agency", f"the region has no agency {duty.agency!r}")
    if duty.until is not None and duty.until <= today:
        return  # whoever it is: it ends
    account = next((o for of in people.values() for o in of if o.login == duty.officer), None)
    if account is None:
        _refuse("officer", f"{duty.officer!r} has no account that is live")
    elif not {*account.roles} & {*REGISTRAR_ROLES}:
        told = f"{duty.officer!r} is {' and '.join(account.roles)}, which keeps no papers"
        _refuse("officer", f"{told}; its role is one of {', '.join(REGISTRAR_ROLES)}")


def _refuse(at: str, message: str) -> None:
    errors = [{"at": at, "message": message}]
    raise Invalid("invalid_entry", f"Nobody becomes a registrar so: {message}.", errors=errors)
