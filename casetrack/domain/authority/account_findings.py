"""What is wrong with accounts: duties joined in one person, registrars by no paper, endless tokens."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from casetrack.domain.authority.faults import Finding, told
from casetrack.domain.authority.holders import needs_held
from casetrack.domain.authority.register import Register
from casetrack.domain.authority.seats import positions_of
from casetrack.domain.service.definition import ServiceDefinition

#: Roles that sit in no position that decides.
SEATLESS = ("admin", "auditor")


@dataclass(frozen=True, slots=True)
class Seat:
    """A position that decides: its agency, and one of the services."""

    position: str
    agency: str | None
    service: str


@dataclass(frozen=True, slots=True)
class Duties:
    """What one account is for, where its officer decides, and whether a token of it never ends."""

    login: str
    roles: tuple[str, ...]
    registrar_for: tuple[str, ...]
    seats: tuple[Seat, ...] = ()
    endless: bool = False

    def not_joined(self) -> Iterator[Seat]:
        """The seats that go with none of the account's roles and duties."""
        for seat in self.seats:
            if seat.agency in self.registrar_for or set(SEATLESS) & set(self.roles):
                yield seat

    def refusal(self) -> str | None:
        """Why the account may not be given so, with the cure; None where it may."""
        for seat in self.not_joined():
            return (
                f"{self.login} would sit in {seat.position}, a position that decides {seat.service}: who "
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


def duties_of(
    account: Account,
    register: Register,
    services: Collection[ServiceDefinition],
    day: date,
    *,
    endless: bool = False,
) -> Duties:
    """What an account is for, with the seats that may not go with it; other accounts' are not looked for.

    Seats are those of the account's own and those by a letter of the register.
    """
    seats: tuple[Seat, ...] = ()
    if account.registrar_for or set(SEATLESS) & set(account.roles):
        where = {*account.positions, *positions_of(register, account.login, day)}
        seats = _deciding(register, services, where, day)
    return Duties(account.login, account.roles, account.registrar_for, seats, endless)


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


def account_findings(accounts: Iterable[Duties]) -> list[Finding]:
    """Everything that is wrong with these accounts, which are live."""
    return [finding for duties in accounts for finding in _of(duties)]


def _of(duties: Duties) -> Iterator[Finding]:
    for seat in duties.not_joined():
        yield _finding("seat_not_joined", duties.login, seat.position, position=seat.position)
    if duties.registrar_for:
        # No paper of the register names a registrar yet: whoever runs the program does.
        yield _finding("registrar_set_up", duties.login, ", ".join(duties.registrar_for))
    if duties.endless:
        yield _finding("token_without_end", duties.login)


def _finding(code: str, login: str, other: str = "", position: str | None = None) -> Finding:
    text = told(code, officer=login, other=other, position=position or "")
    return Finding(code, (), None, None, text, position=position)
