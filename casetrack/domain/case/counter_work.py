"""What a counter has to do with a case while it is not over: its own lists are made of this."""

from dataclasses import dataclass
from typing import Literal, get_args

from casetrack.domain.case.case_people import death_of
from casetrack.domain.case.state import CaseState
from casetrack.domain.case.transitions import ENDED_STEP, OPEN_CASE, CaseStatus
from casetrack.domain.service.definition import ServiceDefinition

#: The next thing for the counter: look whether the file is complete; send back what steps returned;
#: give out what was decided; settle who speaks for an applicant who is said to have died.
CounterTask = Literal["check", "send_back", "hand_over", "people"]
COUNTER_TASKS: tuple[CounterTask, ...] = get_args(CounterTask)

_DECIDED: tuple[CaseStatus, ...] = ("granted", "refused")


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
        return CounterWork()
    task = _task(state, definition)
    return CounterWork(definition.front_office, task, state.opened_at, state.waiting_for)


def _task(state: CaseState, definition: ServiceDefinition) -> CounterTask | None:
    if death_of(state) is not None:
        return "people"
    if state.status in _DECIDED:
        return "hand_over" if _is_ready(state, definition) else None
    if any(not defect["sent"] for defect in state.defects):
        return "send_back"
    at_the_counter = state.steps[definition.root.id].status in ("ready", "in_progress")
    return "check" if at_the_counter else None


def _is_ready(state: CaseState, definition: ServiceDefinition) -> bool:
    """Whether nothing is left but to give the result out."""
    return all(
        step.optional or step.kind == "hand_over" or state.steps[step.id].status in ENDED_STEP
        for step in definition.steps
    )
