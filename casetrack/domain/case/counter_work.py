"""What a counter has to do with a case while it is not over: its own lists are made of this."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from casetrack.domain.case.case_people import death_of
from casetrack.domain.case.hand_overs import held_originals, wanted_back
from casetrack.domain.case.lapses import is_lapsing
from casetrack.domain.case.state import CaseState
from casetrack.domain.case.transitions import ENDED_STEP, OPEN_CASE, PAUSE_REASONS, CaseStatus
from casetrack.domain.case.waiting_products import (
    all_ended,
    endorsed_before,
    given_again,
    is_suspended,
    next_endorser,
    signing_step,
    to_endorse,
    unsigned,
    waits_for_file,
)
from casetrack.domain.service.definition import ServiceDefinition

#: The next thing for the counter: look whether the file is complete; send back what steps returned; tell
#: in person who was told twice that their file may lapse and did not come;
#: give out what was decided; settle who speaks for an applicant who is said to have died; get back what
#: counts no more; give the applicant's originals back when the case is over. What cannot be given out
#: yet: put a paraf on a draft that no step asks for, sign what is to be signed, at its step or after the
#: decision (each the task of the agency that does, whoever's counter it was), issue what is signed. What
#: cannot be given out any more: close the case.
CounterTask = Literal[
    "check",
    "send_back",
    "lapsing",
    "hand_over",
    "people",
    "take_back",
    "papers",
    "endorse",
    "sign",
    "issue",
    "close",
]
COUNTER_TASKS: tuple[CounterTask, ...] = get_args(CounterTask)

_DECIDED: tuple[CaseStatus, ...] = ("granted", "refused")


@dataclass(frozen=True, slots=True)
class CounterWork:
    """The agency whose task it is (that at whose counter the file was taken in, or which is to sign or to
    endorse), the task, since when the case is there and for whom it waits; all None once nothing is left
    to do."""

    counter: str | None = None
    task: CounterTask | None = None
    opened_at: str | None = None
    waiting_for: str | None = None


def counter_work(state: CaseState, definition: ServiceDefinition) -> CounterWork:
    """What the case asks of its counter now."""
    is_over = state.status not in (*OPEN_CASE, *_DECIDED)
    task = _left_over(state) if is_over else _task(state, definition)
    if is_over and task is None:
        return CounterWork()
    whose = _WHOSE.get(task or "")
    agency = whose(state, definition) if whose else definition.front_office
    return CounterWork(agency, task, state.opened_at, state.waiting_for)


def _task(state: CaseState, definition: ServiceDefinition) -> CounterTask | None:
    # A decided case stands still only while it is open who speaks for the applicant.
    stands = state.status in _DECIDED and state.pause_reason in PAUSE_REASONS
    if stands or death_of(state) is not None:
        return "people"
    if state.status in _DECIDED:
        if _is_ready(state, definition):
            return _result(state, definition)
        return "take_back" if wanted_back(state) else None
    if any(not defect["sent"] for defect in state.defects):
        return "send_back"
    if is_lapsing(state):
        return "lapsing"
    if state.steps[definition.root.id].status in ("ready", "in_progress"):
        return "check"
    return _before_decision(state, definition)


def _before_decision(state: CaseState, definition: ServiceDefinition) -> CounterTask | None:
    """What of a draft is asked for while the case is worked on."""
    if to_endorse(state, definition):
        return "endorse"
    return "sign" if unsigned(state) or _open_signing(state, definition) else None


def _left_over(state: CaseState) -> CounterTask | None:
    """What is still to be done at the counter when the case is over."""
    again = given_again(state)
    if again:
        return "sign" if all(waits_for_file(each) for each in again) else "hand_over"
    if wanted_back(state):
        return "take_back"
    return "papers" if held_originals(state) else None


def _result(state: CaseState, definition: ServiceDefinition) -> CounterTask | None:
    """What is to be done with the result of a case in which no step is left.

    It is given out as soon as all of it is signed and issued, unless none of it counts any more; while
    something of it is suspended it waits for an order.
    """
    if to_endorse(state, definition):
        return "endorse"
    if unsigned(state):
        return "sign"
    if any(each["state"] == "signed" for each in state.products):
        return "issue"
    if all_ended(state):
        return "take_back" if wanted_back(state) else "close"
    return None if any(map(is_suspended, state.products)) else "hand_over"


def _signing_agency(state: CaseState, definition: ServiceDefinition) -> str:
    """The agency of the step that signs next; the front office where no step does."""
    for product in unsigned(state):
        step = signing_step(product)
        if step is not None:
            return definition.step(step).agency
    return next(iter(_open_signing(state, definition)), definition.front_office)


def _open_signing(state: CaseState, definition: ServiceDefinition) -> list[str]:
    """The agencies of the signing steps that are open."""
    return [
        step.agency
        for step in definition.steps
        if step.kind == "sign" and state.steps[step.id].status in ("ready", "in_progress")
    ]


def _endorsing_agency(state: CaseState, definition: ServiceDefinition) -> str:
    """That of who gave the paraf to the text before; else of an endorsing step, or of who signs next."""
    for product in to_endorse(state, definition):
        position = next_endorser(product, definition.product_of(product["product"]))
        before = endorsed_before(product, position) or {}
        if before.get("agency"):
            return str(before["agency"])
        steps = [step.agency for step in definition.steps if step.kind == "endorse"]
        signs = signing_step(product)
        if steps or signs is not None:
            return steps[-1] if steps else definition.step(signs or "").agency
    return definition.front_office


#: Whose task it is where it is not that of the counter at which the file was taken in.
_WHOSE: Mapping[str, Callable[[CaseState, ServiceDefinition], str]] = {
    "endorse": _endorsing_agency,
    "sign": _signing_agency,
}


def _is_ready(state: CaseState, definition: ServiceDefinition) -> bool:
    """Whether nothing is left but to give the result out."""
    return all(
        step.optional or step.kind == "hand_over" or state.steps[step.id].status in ENDED_STEP
        for step in definition.steps
    )
