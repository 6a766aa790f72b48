"""From one state to the next: the change that an event carries, and the fold that applies it.

An event carries, beside what was done, the change it makes (`case` and `steps`), computed once by
`decide` under the locks. So the fold needs no definition and no calendar, and a definition or a
calendar that is published later can never change what an old event meant.
"""

from typing import Any

from casetrack.domain.case.case_clock import KEPT, Clock, clock_in_event
from casetrack.domain.case.state import (
    ADDED,
    BLANK_STEP,
    CaseState,
    Document,
    Shape,
    StepState,
    but,
    case_values,
    step_values,
)
from casetrack.domain.events import Event

#: What a change of an event may name, in the order of the fields.
_CASE_CHANGES = Shape(CaseState, {"steps", "version"})
_STEP_CHANGES = Shape(StepState, {"version"})
#: Equal to no value.
_NOTHING = object()


def difference(before: CaseState | None, after: CaseState) -> Document:
    """The change from one state to the next, as an event carries it: `case` and `steps`."""
    if before is None:
        values = _CASE_CHANGES.values(after).items()
        case = [(name, value) for name, value in values if value != ADDED.get(name, _NOTHING)]
    else:
        case = [*_CASE_CHANGES.changed(before, after)]
    clock, steps = before.clock if before else None, {}
    for name, step in after.steps.items():
        old = before.steps.get(name) if before else None
        if old is not step and old != step:
            changed = _STEP_CHANGES.changed(old or BLANK_STEP, step)
            was = old.clock if old else None
            steps[name] = {key: _plain(value, was) for key, value in changed}
    return {"case": {name: _plain(value, clock) for name, value in case}, "steps": steps}


def _plain(value: Any, before: Clock | None) -> Any:
    if isinstance(value, Clock):
        return clock_in_event(value, before)
    return list(value) if isinstance(value, tuple) else value


def form_of(change: Document) -> int:
    """In which form a change is: in the second one a clock counts the pauses that it keeps."""
    levels = (change["case"], *change["steps"].values())
    return 2 if any(KEPT in (level.get("clock") or ()) for level in levels) else 1


def fold(state: CaseState | None, event: Event) -> CaseState:
    """The state after this event. The same function serves the write path, rebuild and verify."""
    change = case_values(event.data["case"], state.clock if state else None)
    steps = dict(state.steps) if state else {}
    for name, values in event.data["steps"].items():
        steps[name] = _patched(steps.get(name, BLANK_STEP), values, event.version)
    if state is None:
        return CaseState(**change, steps=steps, version=event.version)
    if "more" in change:
        change["more"] = {**state.more, **change["more"]}
    return but(state, **change, steps=steps, version=event.version)


def _patched(step: StepState, values: Document, version: int) -> StepState:
    patch = step_values(values, step.clock)
    if "more" in patch:
        patch["more"] = {**step.more, **patch["more"]}
    return but(step, **patch, version=version)
