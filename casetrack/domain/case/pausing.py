"""The whole case stands still, and goes on: its clock and every step that somebody could work on."""

from collections.abc import Iterable
from datetime import datetime

from casetrack.domain.case.state import CaseState, Document, but
from casetrack.domain.case.steps import Draft, Setting, open_step, stop_steps
from casetrack.domain.clock import Calendar, TimeLimit, cap_end, used
from casetrack.domain.errors import NotNow
from casetrack.domain.events import instant, parse_instant


def stand_still(draft: Draft, reason: str, setting: Setting) -> None:
    """Pause for a reason that a person gave, at most until its cap and no longer than the service allows.

    Raises NotNow where it allows no more.
    """
    cap = cap_end(setting.now, setting.definition.pause_caps[reason], setting.calendar)
    last = _last_moment(draft.case, reason, setting)
    cap = min(cap, last) if last is not None else cap
    clock = draft.case.clock
    if clock is not None:
        if clock.stopped:
            clock = clock.go_on(setting.now)
        clock = clock.stop(setting.now, cap)
    kept = _ended(draft.case.pauses, setting.now)
    if reason in setting.definition.pause_limits:
        kept = (*kept, {"reason": reason, "from": instant(setting.now), "until": None})
    draft.case = but(draft.case, pause_reason=reason, clock=clock, pauses=kept)
    stop_steps(draft, setting, cap)


def go_on(draft: Draft, setting: Setting) -> None:
    """End the pause: each step is what it was before it."""
    clock = draft.case.clock
    if clock is not None and clock.stopped:
        clock = clock.go_on(setting.now)
    pauses = _ended(draft.case.pauses, setting.now)
    draft.case = but(draft.case, pause_reason=None, clock=clock, pauses=pauses)
    for name, step in draft.steps.items():
        if step.status == "paused":
            open_step(draft, name, setting, status=step.before_pause or "ready")


def _ended(pauses: tuple[Document, ...], now: datetime) -> tuple[Document, ...]:
    """The pauses, the last one over where it was not."""
    if not pauses or pauses[-1]["until"] is not None:
        return pauses
    return (*pauses[:-1], {**pauses[-1], "until": instant(now)})


def _last_moment(state: CaseState, reason: str, setting: Setting) -> datetime | None:
    """When a pause for the cause ends at the latest; None where the service does not say how long in all.

    Raises NotNow where the case was paused for it as often, or as long, as the service allows.
    """
    limit = setting.definition.pause_limits.get(reason)
    if limit is None:
        return None
    before = [each for each in state.pauses if each["reason"] == reason]
    if limit.times is not None and len(before) >= limit.times:
        raise _used_up(f"{limit.times} times", limit.basis)
    if limit.total is None:
        return None
    gone = _spent(before, limit.total, setting.calendar, setting.now)
    left = limit.total.value - gone
    if left < 1:
        raise _used_up(f"{limit.total.value} {limit.total.unit} in all", limit.basis)
    return cap_end(setting.now, TimeLimit(left, limit.total.unit), setting.calendar)


def _spent(pauses: Iterable[Document], total: TimeLimit, calendar: Calendar, now: datetime) -> int:
    """How many whole units these pauses took."""
    return sum(
        used(
            parse_instant(each["from"]),
            parse_instant(each["until"]) if each["until"] else now,
            total.unit,
            (),
            calendar,
        )
        for each in pauses
    )


def _used_up(allowed: str, basis: str) -> NotNow:
    return NotNow(
        "pauses_used_up",
        f"The service lets a case stand still for this cause {allowed} ({basis}), and that is used up. "
        "Decide by what is there, return it to the applicant, or close it as referred.",
    )
