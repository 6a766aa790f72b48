"""Which steps of the catalogue somebody can decide, by what; and powers with nobody, or with two.

A step is done at its agency, so a power that only another agency's position holds does not cover it:
that is a service that was not delegated.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Any, Literal, get_args

from casetrack.domain.authority.entries import Incumbency
from casetrack.domain.authority.holders import Holder, Holders, Holding, Need, powers_of
from casetrack.domain.authority.register import incumbency_fault
from casetrack.domain.service.definition import Action, ServiceDefinition, StepDefinition

#: held: somebody may. vacant: a position of the step's agency holds it, and nobody there can act.
#: elsewhere: only positions of other agencies hold it. none: no position by any grant.
#: unchecked: the definition names no authority for this step, so a role is enough.
Cover = Literal["none", "elsewhere", "vacant", "held", "unchecked"]
COVERS: tuple[Cover, ...] = get_args(Cover)


@dataclass(frozen=True, slots=True)
class Held:
    """A position that holds what a step needs, by what, and who sits there."""

    holding: Holding
    seated: tuple[Holder, ...]


@dataclass(frozen=True, slots=True)
class StepCover:
    """A deciding step of a service, or a power over the bills of a pay step, and who has it."""

    step: StepDefinition
    cover: Cover
    held: tuple[Held, ...]
    #: The power; None where the definition names none.
    action: Action | None


@dataclass(frozen=True, slots=True)
class ServiceCover:
    """A service with its deciding steps; as good as the worst of them."""

    service: ServiceDefinition
    steps: tuple[StepCover, ...]

    @property
    def cover(self) -> Cover:
        """The worst of its steps; `held` for a service that decides nothing here."""
        return min((step.cover for step in self.steps), key=COVERS.index, default="held")


def coverage(holders: Holders, at: date) -> Iterator[ServiceCover]:
    """Every service of the catalogue on a day, in its order."""
    for service in holders.services:
        steps = tuple(
            each for step in service.steps for each in _covers(holders, service, step, at)
        )
        yield ServiceCover(service, steps)


def _covers(
    holders: Holders, service: ServiceDefinition, step: StepDefinition, at: date
) -> Iterator[StepCover]:
    # An objection is decided by the power of the decision that it is about, whichever that is.
    if service.reviews is not None:
        return
    if step.authority is None and step.kind in ("decide", "sign", "issue"):
        yield StepCover(step, "unchecked", (), None)
    for action in powers_of(step):
        yield _step_cover(holders, service, step, action, at)


def _step_cover(
    holders: Holders, service: ServiceDefinition, step: StepDefinition, action: Action, at: date
) -> StepCover:
    need = Need(service.id, action, step.agency, service.strategic, step.id)
    held = tuple(
        Held(holding, tuple(holders.seated(holding, at, strategic=need.strategic)))
        for holding in holders.holdings(need, at)
    )
    return StepCover(step, _cover(step.agency, held), held, action)


def _cover(agency: str, held: tuple[Held, ...]) -> Cover:
    here = [one for one in held if one.holding.agency == agency]
    if any(one.seated for one in here):
        return "held"
    if here:
        return "vacant"
    return "elsewhere" if held else "none"


@dataclass(frozen=True, slots=True)
class Vacant:
    """A position that holds powers and has nobody; `since`: the day after its last letter."""

    position: str
    #: The last day on which somebody sat there; None when nobody ever did.
    last_day: date | None
    contested: bool
    actions: tuple[Action, ...]
    services: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shared:
    """A power that two positions hold, neither from the other nor above the other."""

    positions: tuple[str, ...]
    actions: tuple[Action, ...]
    services: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Seats:
    """A position with powers in which more than one officer sits."""

    position: str
    seated: tuple[Holder, ...]


@dataclass(frozen=True, slots=True)
class Powers:
    """What nobody holds, and what two hold, on a day."""

    vacant: tuple[Vacant, ...]
    shared: tuple[Shared, ...]
    seats: tuple[Seats, ...]


def powers(holders: Holders, at: date) -> Powers:
    """Powers over the deciding steps of the catalogue that nobody holds or that two hold."""
    vacant: dict[Any, dict[Action, list[str]]] = defaultdict(lambda: defaultdict(list))
    shared: dict[Any, dict[Action, list[str]]] = defaultdict(lambda: defaultdict(list))
    seated: dict[str, tuple[Holder, ...]] = {}
    for need in (need for needs in holders.needs.values() for need in needs):
        found = holders.holdings(need, at)
        for holding in found:
            seated.setdefault(holding.position, tuple(holders.seated(holding, at)))
            # For a strategic decision an acting officer is nobody.
            if not holders.seated(holding, at, strategic=need.strategic):
                vacant[holding.position][need.action].append(need.service)
        for pair in _unrelated(holders, found, at):
            shared[pair][need.action].append(need.service)
    return Powers(
        tuple(
            Vacant(position, *_last_seated(holders, position, at), *_together(by_action))
            for position, by_action in sorted(vacant.items())
        ),
        tuple(Shared(pair, *_together(by_action)) for pair, by_action in sorted(shared.items())),
        tuple(Seats(position, who) for position, who in sorted(seated.items()) if _two(who)),
    )


def _two(seated: tuple[Holder, ...]) -> bool:
    return len({holder.officer for holder in seated}) > 1


def _together(by_action: dict[Action, list[str]]) -> tuple[tuple[Action, ...], tuple[str, ...]]:
    services = {service for found in by_action.values() for service in found}
    return tuple(by_action), tuple(sorted(services))


def _unrelated(holders: Holders, found: list[Holding], at: date) -> Iterator[tuple[str, ...]]:
    """Pairs of positions that hold a power, neither from the other nor above the other.

    Deputies of one giver, by mandate, share that power on purpose; they answer for nothing.
    """
    register = holders.register
    own = [holding for holding in found if holding.kind != "mandate"]
    for one, other in combinations(own, 2):
        first, second = sorted((one.position, other.position))
        passed = one.position in _givers(other) or other.position in _givers(one)
        above = register.is_above(first, second, at) or register.is_above(second, first, at)
        if not passed and not above:
            yield first, second


def _givers(holding: Holding) -> set[str | None]:
    return {held.giver for held in holding.chain}


def _last_seated(holders: Holders, position: str, at: date) -> tuple[date | None, bool]:
    letters = [
        recorded.entry
        for recorded in holders.register.in_position(position)
        if isinstance(recorded.entry, Incumbency)
    ]
    running = [held for held in letters if incumbency_fault(held, at) is None]
    ended = [held.until for held in letters if held.until and held.since <= held.until < at]
    contested = len(holders.register.definitive_on(position, at)) > 1
    # Who has a letter but no account that is live: the position was not left on a day.
    return (None if running else max(ended, default=None)), contested
