"""The whole case stands still, and goes on: its clock and every step that somebody could work on."""

from casetrack.domain.case.state import but
from casetrack.domain.case.steps import Draft, Setting, open_step, stop_steps
from casetrack.domain.clock import cap_end


def stand_still(draft: Draft, reason: str, setting: Setting) -> None:
    """Pause for a reason that a person gave, at most until its cap."""
    cap = cap_end(setting.now, setting.definition.pause_caps[reason], setting.calendar)
    clock = draft.case.clock
    if clock is not None:
        if clock.stopped:
            clock = clock.go_on(setting.now)
        clock = clock.stop(setting.now, cap)
    draft.case = but(draft.case, pause_reason=reason, clock=clock)
    stop_steps(draft, setting, cap)


def go_on(draft: Draft, setting: Setting) -> None:
    """End the pause: each step is what it was before it."""
    clock = draft.case.clock
    if clock is not None and clock.stopped:
        clock = clock.go_on(setting.now)
    draft.case = but(draft.case, pause_reason=None, clock=clock)
    for name, step in draft.steps.items():
        if step.status == "paused":
            open_step(draft, name, setting, status=step.before_pause or "ready")
