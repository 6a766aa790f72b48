"""What is wrong with accounts: duties joined in one person, registrars by no paper, endless tokens.

Several accounts of one person count as one.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from casetrack.domain.access import not_joined as roles_not_joined
from casetrack.domain.authority.duties import running
from casetrack.domain.authority.faults import EntryRef, Finding, told
from casetrack.domain.authority.holders import needs_held
from casetrack.domain.authority.register import Register
from casetrack.domain.authority.seats import positions_of
from casetrack.domain.service.definition import ServiceDefinition

#: Roles that sit in no position that decides.
SEATLESS = ("admin", "auditor")
#: Officer and position: what a region lets one person join all the same, by name.
Pairs = Collection[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Seat:
    """A position that decides: its agency, and one of the services."""

    position: str
    agency: str | None
    service: str


@dataclass(frozen=True, slots=True)
class Duties:
    """What one person's accounts are for, where they decide, and whether a token never ends."""

    logins: tuple[str, ...]
    roles: tuple[str, ...]
    registrar_for: tuple[str, ...]
    seats: tuple[Seat, ...] = ()
    endless: tuple[str, ...] = ()
    #: By no paper: the bodies that an account names, or that an operator set up, with those entries.
    by_word: tuple[str, ...] = ()
    set_up: tuple[EntryRef, ...] = ()
    allowed: Pairs = ()

    @property
    def who(self) -> str:
        """The person, by their logins."""
        return ", ".join(self.logins)

    def not_joined(self) -> Iterator[Seat]:
        """The seats that go with none of the roles and duties, and that no region allows by name."""
        yield from (seat for seat in self._joined() if not self._is_allowed(seat))

    def joined_by_name(self) -> Iterator[Seat]:
        """The seats that the region lets this one person have beside their duty."""
        yield from (seat for seat in self._joined() if self._is_allowed(seat))

    def _joined(self) -> Iterator[Seat]:
        for seat in self.seats:
            if seat.agency in self.registrar_for or set(SEATLESS) & set(self.roles):
                yield seat

    def _is_allowed(self, seat: Seat) -> bool:
        # Who audits writes nothing, whatever a region says.
        return "auditor" not in self.roles and any(
            (login, seat.position) in self.allowed for login in self.logins
        )

    def refusal(self) -> str | None:
        """Why the person may not be given so, with the cure; None where they may."""
        for seat in self.not_joined():
            return (
                f"{self.who} would sit in {seat.position}, a position that decides {seat.service}: who "
                "keeps the accounts or that agency's papers, or audits, decides none of its cases; give "
                "the seat or the duty to another person"
            )
        return None


class Account(Protocol):
    """An account, as far as its duties are concerned."""

    @property
    def login(self) -> str: ...
    @property
    def roles(self) -> tuple[str, ...]: ...
    @property
    def registrar_for(self) -> tuple[str, ...]: ...
    @property
    def positions(self) -> tuple[str, ...]: ...
    @property
    def agency(self) -> str | None: ...
    @property
    def data_protection(self) -> bool: ...


def duties_of(
    accounts: Sequence[Account],
    register: Register,
    services: Collection[ServiceDefinition],
    day: date,
    *,
    endless: Collection[str] = (),
    allowed: Pairs = (),
) -> Duties:
    """What the accounts of one person are for, with the seats that may not go with it; other persons'
    are not looked for.

    Seats are those of the accounts' own and those by a letter of the register. Registrars are those of
    the register, and those whom an account names.
    """
    logins = tuple(account.login for account in accounts)
    roles = tuple(dict.fromkeys(role for account in accounts for role in account.roles))
    by_word = {body for account in accounts for body in account.registrar_for}
    kept = [each for login in logins for each in running(register, login, day)]
    bodies = by_word | {duty.agency for _, duty in kept}
    seats: tuple[Seat, ...] = ()
    if bodies or set(SEATLESS) & set(roles):
        where = {
            position
            for account in accounts
            for position in (*account.positions, *positions_of(register, account.login, day))
        }
        seats = _deciding(register, services, where, day)
    set_up: tuple[EntryRef, ...] = tuple(
        ("registrar", r.id) for r, _ in kept if r.cite.set_up is not None
    )
    said = by_word | {duty.agency for r, duty in kept if r.cite.set_up is not None}
    return Duties(
        logins,
        roles,
        tuple(sorted(bodies)),
        seats,
        tuple(login for login in logins if login in endless),
        tuple(sorted(said)),
        set_up,
        allowed,
    )


def _deciding(
    register: Register,
    services: Collection[ServiceDefinition],
    positions: Iterable[str],
    day: date,
) -> tuple[Seat, ...]:
    """Those of these positions that hold a power by which some step ends."""
    found = []
    for position in sorted(positions):
        held = needs_held(register, services, [position], day)
        if held:
            post = register.post(position)
            found.append(Seat(position, post.agency if post else None, held[0].service))
    return tuple(found)


def account_findings(persons: Iterable[Duties]) -> list[Finding]:
    """Everything that is wrong with the live accounts of these persons."""
    return [finding for duties in persons for finding in _of(duties)]


def _of(duties: Duties) -> Iterator[Finding]:
    for seat in duties.not_joined():
        yield _finding("seat_not_joined", duties.who, seat.position, position=seat.position)
    for seat in duties.joined_by_name():
        yield _finding("seat_joined_by_name", duties.who, seat.position, position=seat.position)
    # One account with such roles is refused; two of one person may come to light later.
    if any(roles_not_joined(duties.roles)):
        yield _finding("roles_not_joined", duties.who, ", ".join(duties.roles))
    if duties.by_word:
        yield _finding(
            "registrar_set_up", duties.who, ", ".join(duties.by_word), entries=duties.set_up
        )
    for login in duties.endless:
        yield _finding("token_without_end", login)


def nameless_accounts(
    accounts: Sequence[Account],
    known: Collection[str],
    register: Register,
    services: Collection[ServiceDefinition],
    day: date,
) -> list[Finding]:
    """Accounts with a power or a duty of which neither NIK nor `person` says whose they are: of two such
    nobody can tell whether they are one person's. `known` are those of which one does.

    An agency that says it of none has chosen so, and is left alone.
    """
    saying = {account.agency for account in accounts if account.login in known}
    return [
        _finding("account_without_person", account.login)
        for account in accounts
        if account.login not in known
        and account.agency in saying
        and _has_duty(account, register, services, day)
    ]


def _has_duty(
    account: Account, register: Register, services: Collection[ServiceDefinition], day: date
) -> bool:
    duties = list(running(register, account.login, day))
    if account.registrar_for or account.data_protection or duties:
        return True
    seats = {*account.positions, *positions_of(register, account.login, day)}
    return bool(needs_held(register, services, seats, day))


def _finding(
    code: str,
    login: str,
    other: str = "",
    position: str | None = None,
    entries: tuple[EntryRef, ...] = (),
) -> Finding:
    text = told(code, officer=login, other=other, position=position or "")
    return Finding(code, entries, None, None, text, position=position)
