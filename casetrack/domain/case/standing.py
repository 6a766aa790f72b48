"""What the register says of an officer in a case, beside their role and agency.

Whoever it names sees the case: who holds a power for it, who gave that power, who sits above one of
them, or above an officer whose conflict of interest was declared. A stranger's seat shows nothing.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from casetrack.domain.authority.chain import power_of
from casetrack.domain.authority.matter import Matter
from casetrack.domain.authority.register import Register
from casetrack.domain.authority.seats import positions_of
from casetrack.domain.case.authority_check import decides_review, matter_of
from casetrack.domain.case.reviews import matter_of_review
from casetrack.domain.case.state import CaseState
from casetrack.domain.clock import Calendar
from casetrack.domain.service.definition import Action, ServiceDefinition

#: What may become of a product, whichever step decided it.
_AFTERWARDS: tuple[Action, ...] = ("correct", "annul", "revoke")


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an officer sits today; whether the register names them for the case; which steps their
    positions hold the power for."""

    seats: tuple[str, ...] = ()
    named: bool = False
    steps: frozenset[str] = frozenset()


#: Asked only where role and agency do not suffice.
Ask = Callable[[], Standing]


def nobody() -> Standing:
    """Who sits nowhere."""
    return Standing()


def standing_of(
    state: CaseState,
    definition: ServiceDefinition,
    register: Register,
    calendar: Calendar,
    moment: datetime,
    officer: str,
) -> Standing:
    """The officer's standing in this case at this moment."""
    day = calendar.local_date(moment)
    seats = positions_of(register, officer, day)
    if not seats:
        return Standing()
    acting = {*seats, *_taken_over(state, officer)}
    involved, steps = set[str](), set[str]()
    for step, matter in _matters(state, definition, calendar, moment):
        for position in {*register.receivers(matter.service), *acting}:
            chains = power_of(register, position, matter).chains
            involved |= {end for chain in chains for held in chain for end in (held.receiver, held.giver)
                         if end is not None}  # fmt: skip
            if chains and step is not None and position in acting:
                steps.add(step)
        if step is not None and _hears_appeal(state, register, seats, day):
            steps.add(step)
    below = involved | {
        position
        for conflict in state.conflicts
        for position in positions_of(register, conflict["officer"], day)
    }
    named = any(
        seat in involved or any(register.is_above(seat, one, day) for one in below)
        for seat in seats
    )
    return Standing(seats, named, frozenset(steps))


def _hears_appeal(state: CaseState, register: Register, seats: tuple[str, ...], day: date) -> bool:
    """Whether one of these positions is the superior of the one whose decision is appealed against."""
    review = state.review
    if review is None or review["kind"] != "appeal" or review["position"] is None:
        return False
    return register.superior_of(review["position"], day) in seats


def _matters(
    state: CaseState, definition: ServiceDefinition, calendar: Calendar, moment: datetime
) -> Iterator[tuple[str | None, Matter]]:
    review = state.review
    for step in definition.steps if not definition.tracked_only else ():
        if decides_review(step, definition):
            if review is not None and review["action"] is not None:
                yield step.id, matter_of_review(review, calendar.local_date(moment))
        elif step.authority is not None:
            yield (
                step.id,
                matter_of(state, definition, calendar, step.authority, moment, step),
            )
    for action in _AFTERWARDS:
        yield None, matter_of(state, definition, calendar, action, moment)


def _taken_over(state: CaseState, officer: str) -> Iterator[str]:
    """Positions from whose conflicted holder this officer took over."""
    for conflict in state.conflicts:
        if conflict["status"] == "taken_over" and conflict.get("by") == officer:
            yield conflict["position"]
