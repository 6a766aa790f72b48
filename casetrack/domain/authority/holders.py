"""Who holds what on a day, for questions that ask it thousands of times.

The answers are those of `check.who_may`, outside any case: bounds are shown, not asked. A chain is
worked out once between two days on which any chain may change, a seat once a day.
"""

from bisect import bisect_right
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date

from casetrack.domain.authority.chain import Chain, power_of
from casetrack.domain.authority.change_days import Turns
from casetrack.domain.authority.entries import Incumbency
from casetrack.domain.authority.giving import acting_power
from casetrack.domain.authority.matter import Matter
from casetrack.domain.authority.recorded import Recorded
from casetrack.domain.authority.register import Register
from casetrack.domain.authority.seats import seats_on
from casetrack.domain.service.definition import (
    BILL_POWERS,
    Action,
    ServiceDefinition,
    StepDefinition,
)


@dataclass(frozen=True, slots=True)
class Need:
    """An action that a step of a service needs of the register, and the agency that does it.

    Without a step: the action for the service, at whatever step.
    """

    service: str
    action: Action
    agency: str
    strategic: bool = False
    step: str | None = None


def powers_of(step: StepDefinition) -> tuple[Action, ...]:
    """What a step needs of the register; another system's assessment needs nothing of it."""
    bills = BILL_POWERS if step.bill is not None and not step.bill.external else ()
    return (step.authority, *bills) if step.authority is not None else bills


def needs_of(services: Iterable[ServiceDefinition]) -> list[Need]:
    """What the steps of these services need, each once."""
    found = {
        Need(service.id, action, step.agency, service.strategic, step.id): None
        for service in services
        for step in service.steps
        for action in powers_of(step)
    }
    return list(found)


def needs_held(
    register: Register, services: Iterable[ServiceDefinition], positions: Iterable[str], day: date
) -> list[Need]:
    """What these positions hold the power for on a day, whether or not they may use it."""
    seats = tuple(positions)
    return [
        need
        for need in needs_of(services)
        for position in seats
        if power_of(
            register, position, Matter(need.action, need.service, day, bounded=False)
        ).chains
    ]


@dataclass(frozen=True, slots=True)
class Holding:
    """A position holds an action for a service, by a chain."""

    position: str
    agency: str
    chain: Chain

    @property
    def kind(self) -> str:
        """By what it came to the position: the kind of the last link."""
        return self.chain[-1].grant.kind

    @property
    def grants(self) -> tuple[str, ...]:
        """The chain's grants from the law downwards."""
        return tuple(held.id for held in self.chain)

    @property
    def bounded(self) -> bool:
        """Whether it reaches only some cases, by value or territory."""
        return any(held.grant.bounds for held in self.chain)


@dataclass(frozen=True, slots=True, order=True)
class Holder:
    """Somebody who may act: as which position, in which form, until when their letter runs."""

    position: str
    officer: str
    form: str
    agency: str
    incumbency: str
    #: The letter's last day as text, empty when it is open.
    until: str = ""


@dataclass
class Holders:
    """The register and the catalogue, asked for many days.

    `present` are the officers who have an account that is not disabled; None believes every letter.
    """

    register: Register
    services: list[ServiceDefinition]
    present: Collection[str] | None = None
    turns: Turns = field(init=False)
    needs: dict[str, list[Need]] = field(init=False)
    _days: list[date] = field(init=False)
    _candidates: dict[str, list[str]] = field(init=False, default_factory=dict)
    _chains: dict[tuple[str, Need, int], Chain | None] = field(init=False, default_factory=dict)
    _seats: dict[tuple[str, date], tuple[Recorded, ...]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.turns = Turns(self.register)
        self._days = self.turns.days_of_power()
        self.needs = {service.id: needs_of([service]) for service in self.services}

    def of_other(self, register: Register, powers_differ: bool) -> "Holders":
        """The same questions to another register; chains found here hold there unless they differ."""
        other = Holders(register, self.services, self.present)
        if not powers_differ:
            other._chains = self._chains
        return other

    def of_every_letter(self) -> "Holders":
        """The same questions, were no account disabled."""
        other = Holders(self.register, self.services)
        other._chains = self._chains
        return other

    def sitting(self, position: str, day: date) -> set[str]:
        """The officers with an account who hold a position on that day, also where two contest it."""
        officers = self.register.officers_on(position, day)
        return officers if self.present is None else officers & set(self.present)

    def chain(self, position: str, need: Need, day: date) -> Chain | None:
        """The chain by which the position may do what is needed on that day, or None."""
        key = position, need, bisect_right(self._days, day)
        if key not in self._chains:
            matter = Matter(
                need.action,
                need.service,
                day,
                strategic=need.strategic,
                bounded=False,
                step=need.step,
                agency=need.agency if need.step is not None else None,
            )
            self._chains[key] = acting_power(self.register, position, matter).best
        return self._chains[key]

    def holdings(self, need: Need, day: date) -> list[Holding]:
        """Every position that holds what is needed, whether or not anybody sits there."""
        if need.service not in self._candidates:
            self._candidates[need.service] = sorted(self.register.receivers(need.service))
        found = []
        for position in self._candidates[need.service]:
            chain = self.chain(position, need, day)
            if chain is not None:
                post = self.register.post(position)
                found.append(Holding(position, post.agency if post else "", chain))
        return found

    def seats(self, position: str, day: date) -> tuple[Recorded, ...]:
        """The letters by which somebody holds a position on that day and can act by it."""
        key = position, day
        if key not in self._seats:
            self._seats[key] = tuple(seats_on(self.register, position, day, self.present))
        return self._seats[key]

    def seated(self, holding: Holding, day: date, *, strategic: bool = False) -> list[Holder]:
        """Who may act by a position's power on that day; no acting officer where it is strategic."""
        found = []
        for recorded in self.seats(holding.position, day):
            held = recorded.entry
            if isinstance(held, Incumbency) and (held.form == "definitive" or not strategic):
                until = held.until.isoformat() if held.until else ""
                holder = Holder(
                    holding.position, held.officer, held.form, holding.agency, recorded.id, until
                )
                found.append(holder)
        return found

    def holders(self, need: Need, day: date) -> list[Holder]:
        """Everybody who may do what is needed on that day."""
        return [
            holder
            for holding in self.holdings(need, day)
            for holder in self.seated(holding, day, strategic=need.strategic)
        ]
