"""How steps follow one another, and what follows for the case: the draft that `decide` edits."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from casetrack.domain.access import Account
from casetrack.domain.authority.register import Register
from casetrack.domain.case.case_clock import Clock
from casetrack.domain.case.state import CaseState, but
from casetrack.domain.case.transitions import (
    ENDED_STEP,
    OPEN_CASE,
    OPEN_STEP,
    PASSED_STEP,
    PAUSE_REASONS,
)
from casetrack.domain.case.waiting_products import (
    all_ended,
    is_unissued,
    unsigned,
    waits_for_file,
)
from casetrack.domain.clock import Calendar, TimeLimit, cap_end, deadline
from casetrack.domain.errors import NotNow
from casetrack.domain.events import instant, parse_instant
from casetrack.domain.service.definition import DECISION_KINDS, ServiceDefinition, StepDefinition
from casetrack.domain.service.product_numbers import NumberPattern

#: Waiting for these shows on the case; force majeure stops the clock and waits for nobody.
_WAITING = {"external_system": "external_system", "court": "court"}


@dataclass(frozen=True, slots=True)
class Setting:
    """What a rule may know beside the case: the time, the definition, the calendar, the register.

    `register` is the slice that this act needs; None where none is asked. `own_case`: the officer who is
    judged (who acts, or is given the step) is or was a party; `acts_in_own`: who acts is, was, or would
    be by this act. `decided_as`: the position of the last decision.
    `accounts` gives the accounts of these logins, asked for few and only where another officer than who
    acts matters; None where accounts are not known, and then every letter is believed. `person` gives who
    is behind an account: several count as one.
    """

    region: str
    now: datetime
    definition: ServiceDefinition
    calendar: Calendar
    register: Register | None = None
    own_case: bool = False
    decided_as: str | None = None
    accounts: Callable[[Collection[str]], Mapping[str, Account]] | None = None
    person: Callable[[str], str] = str
    acts_in_own: bool = False
    #: How the region numbers its products, and the next serial of a pattern and year: it stays drawn
    #: unless the transaction fails.
    patterns: tuple[NumberPattern, ...] = ()
    draw: Callable[[str, int], int] | None = None
    #: Whether products are signed electronically here; asked where a product is signed.
    signs: Callable[[], bool] | None = None
    #: From when until when an agency is there on a day, as its hours say; empty where they say nothing.
    opens: Callable[[str, date], tuple[tuple[time, time], ...]] | None = None


class Draft:
    """A case while one command works on it."""

    def __init__(self, state: CaseState) -> None:
        self.before = state
        self.case = state
        self.steps = dict(state.steps)

    def done(self) -> CaseState:
        """The state after the command."""
        return but(self.case, steps=self.steps)


def target_calendar(step: StepDefinition, calendar: Calendar) -> Calendar:
    """By which calendar a step's target is counted: the agency's own, where it keeps one by a rule.

    The completeness check is a limit of law, counted by the working days of the state.
    """
    return calendar.of_agency(step.agency) if step.after else calendar


def require_status(draft: Draft, action: str, allowed: Collection[str]) -> None:
    """Raises NotNow unless the case is in one of these statuses."""
    if draft.case.status not in allowed:
        raise NotNow(
            "status_forbids",
            f"{action} is not for a case that is {draft.case.status}; it takes "
            f"{' or '.join(allowed)}.",
            status_now=draft.case.status,
        )


def start_step(draft: Draft, step: StepDefinition, setting: Setting) -> None:
    """The step is ready for the first time: its own clock starts."""
    now = instant(setting.now)
    clock = Clock(started_at=now)
    draft.steps[step.id] = but(
        draft.steps[step.id],
        status="ready",
        ready_at=now,
        ended_at=None,
        clock=clock,
        due_at=_step_due(clock, step, setting),
    )


def open_step(draft: Draft, name: str, setting: Setting, status: str = "ready") -> None:
    """The step can be worked on again; the time that it had used stays used."""
    step = draft.steps[name]
    clock = step.clock
    if clock is None:
        start_step(draft, setting.definition.step(name), setting)
        return
    if clock.stopped:
        clock = clock.go_on(setting.now)
    draft.steps[name] = but(
        step,
        status=status,
        assignee=step.assignee if status == "in_progress" else None,
        result=None,
        ended_at=None,
        before_pause=None,
        clock=clock,
        due_at=_step_due(clock, setting.definition.step(name), setting),
    )


def end(
    draft: Draft,
    name: str,
    status: str,
    setting: Setting,
    *,
    by: str | None = None,
    result: str | None = None,
) -> None:
    """The step stops being worked on: completed, returned, refused, skipped, waiting again, …"""
    step = draft.steps[name]
    clock = step.clock
    if clock is not None and not clock.stopped:
        clock = clock.stop(setting.now, None)
    draft.steps[name] = but(
        step,
        status=status,
        assignee=by or step.assignee,
        result=result,
        ended_at=instant(setting.now) if status in ENDED_STEP else None,
        due_at=step.due_at if status in PASSED_STEP or status == "refused" else None,
        before_pause=None,
        clock=clock,
        times=step.times + (status == "completed"),
    )


def stop_steps(draft: Draft, setting: Setting, cap: datetime) -> None:
    """Every step that somebody could work on is paused, and remembers what it was."""
    for name, step in draft.steps.items():
        if step.status in ("ready", "in_progress"):
            clock = step.clock.stop(setting.now, cap) if step.clock else None
            draft.steps[name] = but(
                step, status="paused", before_pause=step.status, clock=clock, due_at=None
            )


def cancel_open(draft: Draft, setting: Setting, keep: str | None = None) -> None:
    """What has not ended is cancelled; steps of the kind `keep` are left alone."""
    for name, step in draft.steps.items():
        if step.status not in ENDED_STEP and setting.definition.step(name).kind != keep:
            end(draft, name, "cancelled", setting)


def begin(draft: Draft, setting: Setting) -> None:
    """The file is complete: the case is in progress and its clock starts; this day is day 0."""
    now = instant(setting.now)
    draft.case = but(
        draft.case, status="in_progress", declared_complete_at=now, clock=Clock(started_at=now)
    )


def due(clock: Clock | None, limit: TimeLimit | None, calendar: Calendar) -> str | None:
    """When the limit ends, or None: no limit, or the clock stands still."""
    if clock is None or limit is None or clock.stopped:
        return None
    start, pauses = clock.times()
    return instant(deadline(start, limit, pauses, calendar))


def _step_due(clock: Clock, step: StepDefinition, setting: Setting) -> str | None:
    return due(clock, step.limit, target_calendar(step, setting.calendar))


def satisfied(draft: Draft, step: StepDefinition, definition: ServiceDefinition) -> bool:
    """Whether a successor of this step need not wait for it.

    An optional step that has not begun does not block; its own predecessors still do.
    """
    status = draft.steps[step.id].status
    if status in PASSED_STEP and status != "skipped":
        return True
    if status == "skipped" or (step.optional and status in ("waiting", "ready")):
        return all(satisfied(draft, definition.step(before), definition) for before in step.after)
    return False


def dependents(definition: ServiceDefinition, name: str) -> list[str]:
    """All steps that come after this one, directly or through others, in the definition's order."""
    later = {name}
    for _ in definition.steps:
        later |= {step.id for step in definition.steps if later & set(step.after)}
    return [step.id for step in definition.steps if step.id in later and step.id != name]


def settle(draft: Draft, setting: Setting) -> None:
    """Draw the consequences of what was just done."""
    if draft.case.status in (*OPEN_CASE, "granted"):
        _ready_steps(draft, setting)
        _grant(draft, setting)
    if draft.case.status == "refused" and draft.case.pause_reason not in PAUSE_REASONS:
        _ready_hand_over(draft, setting)
    if draft.case.status in ("granted", "refused") and all_ended(draft.case):
        _cancel_hand_over(draft, setting)
    if draft.case.lapse is not None and draft.case.status != "returned":
        draft.case = but(draft.case, lapse=None)
    _end_inspections(draft)
    _run_or_stop_clock(draft, setting)
    _hold(draft, setting)


def _end_inspections(draft: Draft) -> None:
    """What a step promised that is open no more comes to nothing."""
    kept = tuple(
        {**each, "state": "cancelled", "next_at": None}
        if each["state"] == "promised" and draft.steps[each["step"]].status not in OPEN_STEP
        else each
        for each in draft.case.inspections
    )
    if kept != draft.case.inspections:
        draft.case = but(draft.case, inspections=kept)


def _ready_steps(draft: Draft, setting: Setting) -> None:
    definition, held = setting.definition, is_unissued(draft.case)
    still = draft.case.pause_reason in PAUSE_REASONS
    for step in definition.steps:
        # What is not issued cannot be handed over, and a case that stands still is not signed.
        stays = (held and step.kind == "hand_over") or (still and step.kind == "sign")
        if draft.steps[step.id].status != "waiting" or stays:
            continue
        if all(satisfied(draft, definition.step(name), definition) for name in step.after):
            open_step(draft, step.id, setting)


def _ready_hand_over(draft: Draft, setting: Setting) -> None:
    """What was refused is handed over as well, once its letter is issued or where there is none."""
    for step in setting.definition.steps:
        waits = step.kind == "hand_over" and draft.steps[step.id].status == "waiting"
        if waits and not is_unissued(draft.case):
            open_step(draft, step.id, setting)


def _cancel_hand_over(draft: Draft, setting: Setting) -> None:
    """What counts no more is not handed over, so nobody is asked to."""
    for step in setting.definition.steps:
        if step.kind == "hand_over" and draft.steps[step.id].status not in ENDED_STEP:
            end(draft, step.id, "cancelled", setting)


def _grant(draft: Draft, setting: Setting) -> None:
    """Granted once each step that decides, signs or issues is done; without any, all but hand-over."""
    if draft.case.status != "in_progress":
        return
    steps = setting.definition.steps
    deciding = [s for s in steps if s.kind in DECISION_KINDS and not s.optional]
    deciding = deciding or [s for s in steps if s.kind != "hand_over" and not s.optional]
    if not all(draft.steps[s.id].status in PASSED_STEP for s in deciding):
        return
    draft.case = but(draft.case, status="granted", outcome="granted")
    for step in steps:
        if step.optional and draft.steps[step.id].status not in ENDED_STEP:
            end(draft, step.id, "skipped", setting)
    _ready_steps(draft, setting)


def _workable(draft: Draft, setting: Setting) -> list[StepDefinition]:
    return [
        step
        for step in setting.definition.steps
        if draft.steps[step.id].status in ("ready", "in_progress")
    ]


def _run_or_stop_clock(draft: Draft, setting: Setting) -> None:
    """The case's clock stands still only while no agency can work, and says for whom it waits."""
    case = draft.case
    open_steps = _workable(draft, setting)
    reason = case.pause_reason
    if reason not in PAUSE_REASONS:
        reason = _standstill(case.status, open_steps)
        case = but(case, clock=_turn(case.clock, reason, setting), pause_reason=reason)
    draft.case = but(
        case,
        waiting_for=_waiting_for(case, reason, open_steps),
        due_at=_case_due(draft.before, case, setting),
        calendar=setting.calendar.version,
    )


def _standstill(status: str, open_steps: Iterable[StepDefinition]) -> str | None:
    """What keeps every agency from working: `applicant`, `payment`, or None while one can."""
    at_work = [step for step in open_steps if step.kind != "pay" and not step.optional]
    if at_work or status not in OPEN_CASE:
        return None
    if status == "returned":
        return "applicant"
    return "payment" if any(step.kind == "pay" for step in open_steps) else None


def _turn(clock: Clock | None, reason: str | None, setting: Setting) -> Clock | None:
    if clock is None or (reason is not None) == clock.stopped:
        return clock
    if reason is None:
        return clock.go_on(setting.now)
    cap = setting.definition.pause_caps[reason]
    return clock.stop(setting.now, cap_end(setting.now, cap, setting.calendar))


def _waiting_for(
    case: CaseState, reason: str | None, open_steps: list[StepDefinition]
) -> str | None:
    if case.status not in OPEN_CASE:
        return "signature" if unsigned(case) else None
    if reason is not None and reason in PAUSE_REASONS:
        return _WAITING.get(reason)
    if case.status == "returned":
        return "applicant"
    if reason == "payment":
        return "payment"
    kinds = {step.kind for step in open_steps if not step.optional}
    begun = any(waits_for_file(product) for product in case.products)
    return "signature" if kinds == {"sign"} or begun else None


def _case_due(before: CaseState, case: CaseState, setting: Setting) -> str | None:
    """Null until the file is complete and while the clock stands; after the end it stays.

    Computed only when the clock or the limit changed: a newer calendar alone moves nothing here.
    """
    if case.status not in OPEN_CASE:
        return before.due_at
    if (case.clock, case.limit) == (before.clock, before.limit):
        return case.due_at
    limit = TimeLimit.from_dict(case.limit) if case.limit else None
    return due(case.clock, limit, setting.calendar)


def _hold(draft: Draft, setting: Setting) -> None:
    """Who has the file: the agency of the first step in work, else the front office."""
    steps = [
        step
        for step in setting.definition.steps
        if draft.steps[step.id].status in ("ready", "in_progress", "paused") and not step.optional
    ]
    holder = steps[0].agency if steps else setting.definition.front_office
    if holder != draft.case.holder:
        draft.case = but(draft.case, holder=holder, held_since=instant(setting.now))


def is_carried_out(state: CaseState, definition: ServiceDefinition) -> bool:
    """Whether what was decided is to be carried out within a limit: the new decision after an objection
    was granted."""
    return definition.reviews is not None and state.status == "granted"


def running_clocks(state: CaseState, setting: Setting) -> dict[str, tuple[str, datetime]]:
    """The deadlines that may still be missed: step id (empty: the case itself) → start, due.

    While a clock stands still its deadline is the one that holds if the pause runs to its cap.
    """
    if state.status not in OPEN_CASE and not is_carried_out(state, setting.definition):
        return {}
    limit = TimeLimit.from_dict(state.limit) if state.limit else None
    calendar = setting.calendar
    decided = state.status not in OPEN_CASE
    clocks = {"": None if decided else _running(state.clock, state.due_at, limit, calendar)}
    for name, step in state.steps.items():
        if step.status in ("ready", "in_progress"):
            defined = setting.definition.step(name)
            by = target_calendar(defined, calendar)
            clocks[name] = _running(step.clock, step.due_at, defined.limit, by)
    return {name: clock for name, clock in clocks.items() if clock is not None}


def _running(
    clock: Clock | None, due_at: str | None, limit: TimeLimit | None, calendar: Calendar
) -> tuple[str, datetime] | None:
    if clock is None or limit is None:
        return None
    if due_at is not None:
        return clock.started_at, parse_instant(due_at)
    start, pauses = clock.times()
    return clock.started_at, deadline(start, limit, pauses, calendar)
