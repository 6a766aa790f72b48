"""What a counter has to do with a case while it is not over: its own lists are made of this."""

from dataclasses import dataclass
from typing import Literal, get_args

from casetrack.domain.case.case_people import death_of
from casetrack.domain.case.hand_overs import held_originals, wanted_back
from casetrack.domain.case.state import CaseState
from casetrack.domain.case.transitions import ENDED_STEP, OPEN_CASE, CaseStatus
from casetrack.domain.service.definition import ServiceDefinition

#: The next thing for the counter: look whether the file is complete; send back what steps returned;
#: give out what was decided; settle who speaks for an applicant who is said to have died; get back what
#: counts no more; give the applicant's originals back when the case is over.
CounterTask = Literal["check", "send_back", "hand_over", "people", "take_back", "papers"]
COUNTER_TASKS: tuple[CounterTask, ...] = get_args(CounterTask)

_DECIDED: tuple[CaseStatus, ...] = ("granted", "refused")
#: States in which a product that came back, or was made anew, waits to be handed over again.
_WAITING = ("issued", "corrected")


@dataclass(frozen=True, slots=True)
class CounterWork:
    """The agency at whose counter the file was taken in, its task, since when and for whom the case
    waits; all None once the case is over."""

    counter: str | None = None
    task: CounterTask | None = None
    opened_at: str | None = None
    waiting_for: str | None = None


def counter_work(state: CaseState, definition: ServiceDefinition) -> CounterWork:
    """What the case asks of its counter now."""
    if state.status not in (*OPEN_CASE, *_DECIDED):
        left = _left_over(state)
        return (
            CounterWork(definition.front_office, left, state.opened_at) if left else CounterWork()
        )
    task = _task(state, definition)
    return CounterWork(definition.front_office, task, state.opened_at, state.waiting_for)


def _task(state: CaseState, definition: ServiceDefinition) -> CounterTask | None:
    if death_of(state) is not None:
        return "people"
    if state.status in _DECIDED:
        ready = _is_ready(state, definition)
        return "hand_over" if ready else "take_back" if wanted_back(state) else None
    if any(not defect["sent"] for defect in state.defects):
        return "send_back"
    at_the_counter = state.steps[definition.root.id].status in ("ready", "in_progress")
    return "check" if at_the_counter else None


def _left_over(state: CaseState) -> CounterTask | None:
    """What is still to be done at the counter when the case is over."""
    if any("wanted_back" in each and each["state"] in _WAITING for each in state.products):
        return "hand_over"
    if wanted_back(state):
        return "take_back"
    return "papers" if held_originals(state) else None


def _is_ready(state: CaseState, definition: ServiceDefinition) -> bool:
    """Whether nothing is left but to give the result out."""
    return all(
        step.optional or step.kind == "hand_over" or state.steps[step.id].status in ENDED_STEP
        for step in definition.steps
    )
