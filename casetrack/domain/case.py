"""The case: `decide(state, command, setting) -> event`, and nothing outside its arguments.

One command gives one event. Every handler edits a draft; `_settle` then draws the consequences
(which steps open, whether the clock runs, who holds the file, whether it is granted), and the
event carries the whole change. The tables are in `transitions`; the time rules in `clock`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from casetrack.domain.access import Actor, require_agency, require_role
from casetrack.domain.case_state import CaseState, StepState, difference
from casetrack.domain.case_steps import (
    Draft,
    Setting,
    begin,
    cancel_open,
    dependents,
    due,
    end,
    open_step,
    settle,
    start_step,
    stop_steps,
)
from casetrack.domain.catalogue import DECISION_KINDS, ServiceDefinition, StepDefinition
from casetrack.domain.clock import TimeLimit, cap_end
from casetrack.domain.errors import Invalid, NoAuthority, NotFound, NotNow, Stale
from casetrack.domain.events import TYPE_PREFIX, NewEvent, instant
from casetrack.domain.transitions import (
    ACTION_KINDS,
    CASE_ACTION_ROLES,
    CASE_ACTIONS,
    CLOSE_REASONS,
    OPEN_CASE,
    PAUSE_REASONS,
    RECOMMENDATIONS,
    STEP_ACTIONS,
    WORKABLE_CASE,
    step_action_roles,
)


@dataclass(frozen=True, slots=True)
class Opening:
    """A file taken in at the counter. Names and texts are already references (id and HMAC)."""

    facts: Mapping[str, Any]
    parties: Mapping[str, Any]
    documents: tuple[Mapping[str, Any], ...]
    access_digest: str


@dataclass(frozen=True, slots=True)
class Act:
    """Something done to a case (`step` is None) or to one of its steps."""

    action: str
    actor: Actor
    step: str | None = None
    reason: str | None = None
    result: str | None = None
    note: Mapping[str, Any] | None = None
    defects: tuple[Mapping[str, Any], ...] = ()
    assignee: str | None = None
    as_position: str | None = None
    access_digest: str | None = None


def open_case(number: str, opening: Opening, setting: Setting) -> NewEvent:
    """The event that a front office's intake becomes: `casetrack.case.opened`.

    Every step is laid out, those whose condition does not hold are skipped, and the completeness
    check is ready; the case's own clock does not run yet.
    """
    definition, now = setting.definition, instant(setting.now)
    draft = Draft(
        CaseState(
            number=number,
            region=setting.region,
            service=definition.id,
            service_version=definition.version,
            opened_at=now,
            calendar=setting.calendar.version,
            limit=definition.limit.as_dict() if definition.limit else None,
            holder=definition.front_office,
            held_since=now,
            access_digest=opening.access_digest,
            facts=dict(opening.facts),
            parties=dict(opening.parties),
            documents=tuple(dict(document) for document in opening.documents),
        )
    )
    for step in definition.steps:
        skipped = step.when is not None and not step.when.holds(opening.facts)
        draft.steps[step.id] = StepState(status="skipped" if skipped else "waiting")
    start_step(draft, definition.root, setting)
    settle(draft, setting)
    return _event("case.opened", None, draft, {"tracked_only": definition.tracked_only})


def check_seen(state: CaseState, step: str | None, seen: "Seen") -> None:
    """Raises Stale when the caller saw neither the case nor the step as it is now (RFC 9110 13.1.1)."""
    if seen.case == state.version:
        return
    if step is not None and seen.step == step and seen.step_version == state.steps[step].version:
        return
    raise Stale(
        "stale",
        "The case has changed since you read it; read it again and decide anew.",
        version=state.version,
    )


@dataclass(frozen=True, slots=True)
class Seen:
    """What an If-Match said: a version of the case, or of one step."""

    case: int | None = None
    step: str | None = None
    step_version: int | None = None


def decide(state: CaseState, act: Act, setting: Setting) -> NewEvent:
    """The event that this act becomes.

    Raises NotNow (the status does not allow it), Forbidden (role or agency), Invalid (the content),
    NoAuthority (the register does not give the power; recorded by the caller).
    """
    check_content(setting.definition, act)
    draft = Draft(state)
    if act.step is None:
        name, facts = _act_on_case(draft, act, setting)
    else:
        name, facts = _act_on_step(draft, act, setting)
    settle(draft, setting)
    if name == "step.completed" and draft.case.status == "granted" and state.status != "granted":
        name = "case.granted"
    return _event(name, state, draft, {**facts, **_said(act)})


def check_content(definition: ServiceDefinition, act: Act) -> None:
    """Raises Invalid: what is wrong with the act whatever the case has come to (422 before 412)."""
    if act.step is not None:
        _check_step_content(definition, find_step(definition, act.step), act)
    elif act.action == "pause" and act.reason not in PAUSE_REASONS:
        raise Invalid(
            "unknown_reason",
            f"A pause takes one of these reasons: {', '.join(PAUSE_REASONS)}. Waiting for the "
            "applicant or a payment stops the clock by itself.",
        )
    elif act.action == "close" and act.reason not in CLOSE_REASONS:
        raise Invalid(
            "unknown_reason", f"Closing takes one of these reasons: {', '.join(CLOSE_REASONS)}."
        )


def _check_step_content(definition: ServiceDefinition, step: StepDefinition, act: Act) -> None:
    advising = step.kind == "recommend" and act.action == "complete"
    if advising and act.result not in RECOMMENDATIONS:
        raise Invalid(
            "unknown_result", f"A recommendation is one of: {', '.join(RECOMMENDATIONS)}."
        )
    if act.action == "reopen" and not act.note and not act.reason:
        raise Invalid("reason_missing", "Reopening a step takes a reason or a note.")
    if act.action == "return":
        _check_defects(definition, act)


def _check_defects(definition: ServiceDefinition, act: Act) -> None:
    published = {requirement.id for requirement in definition.requirements}
    if not act.defects:
        raise Invalid(
            "defects_missing", "A return names at least one defect, each with its requirement."
        )
    unknown = sorted({defect["requirement"] for defect in act.defects} - published)
    if unknown:
        raise Invalid(
            "unknown_requirement",
            f"The service does not ask for {', '.join(unknown)}, so the applicant cannot be asked "
            f"for it; its requirements are {', '.join(sorted(published)) or 'none'}.",
            requirements=sorted(published),
        )


def _event(name: str, before: CaseState | None, draft: Draft, facts: Mapping[str, Any]) -> NewEvent:
    after = draft.done()
    now = {
        "status": after.status,
        "outcome": after.outcome,
        "waiting_for": after.waiting_for,
        "holder": after.holder,
        "due_at": after.due_at,
    }
    return NewEvent(TYPE_PREFIX + name, {**facts, "now": now, **difference(before, after)})


def _said(act: Act) -> dict[str, Any]:
    said = {
        "action": act.action,
        "step": act.step,
        "reason": act.reason,
        "result": act.result,
        "note": act.note,
        "as_position": act.as_position,
    }
    return {name: value for name, value in said.items() if value is not None}


# --- the case as a whole ------------------------------------------------------------------------


def check_case_role(definition: ServiceDefinition, action: str, actor: Actor) -> None:
    """Raises Forbidden unless the actor's role and agency may do this to the case."""
    require_role(actor, CASE_ACTION_ROLES[action])
    require_agency(actor, definition.front_office)


def _act_on_case(draft: Draft, act: Act, setting: Setting) -> tuple[str, dict[str, Any]]:
    table = CASE_ACTIONS[act.action]
    if draft.case.status not in table:
        raise NotNow(
            "status_forbids",
            f"A case that is {draft.case.status} cannot be {_PARTICIPLE[act.action]}; "
            f"that takes {' or '.join(sorted(table))}.",
            status_now=draft.case.status,
        )
    before = draft.case.status
    if act.action != "reissue_code":
        draft.case = replace(draft.case, status=table[before])
    return _CASE_HANDLERS[act.action](draft, act, setting)


_PARTICIPLE = {
    "send_return": "returned",
    "resubmit": "resubmitted",
    "pause": "paused",
    "resume": "resumed",
    "extend": "extended",
    "withdraw": "withdrawn",
    "close": "closed",
    "hand_over": "handed over",
}


def _send_return(draft: Draft, act: Act, setting: Setting) -> tuple[str, dict[str, Any]]:
    """All defects found so far go to the applicant at once, each tied to a published requirement."""
    fresh = [defect for defect in draft.case.defects if not defect["sent"]]
    if not fresh:
        raise NotNow(
            "nothing_to_return",
            "No step has returned the file with a defect, so there is nothing to tell the "
            "applicant; return a step first.",
        )
    known = draft.case.returned_requirements
    late = sorted({d["requirement"] for d in fresh} - set(known)) if draft.case.returns else []
    if late and act.actor.role != "supervisor":
        raise NotNow(
            "supervisor_needed",
            "These requirements could have been named in the first return: "
            f"{', '.join(late)}. A second return for them takes a supervisor.",
            requirements=late,
        )
    draft.case = replace(
        draft.case,
        defects=tuple({**defect, "sent": True} for defect in draft.case.defects),
        returned_requirements=tuple(sorted({*known, *(d["requirement"] for d in fresh)})),
        returns=draft.case.returns + 1,
    )
    return "case.returned", {
        "defects": [dict(defect) for defect in fresh],
        "late": late,
        "reviews_open": sorted(
            name for name, step in draft.steps.items() if step.status in ("ready", "in_progress")
        ),
    }


def _resubmit(draft: Draft, act: Act, setting: Setting) -> tuple[str, dict[str, Any]]:
    if draft.case.declared_complete_at is None:
        draft.case = replace(draft.case, status="submitted")
    draft.case = replace(draft.case, defects=tuple(d for d in draft.case.defects if not d["sent"]))
    answered = []
    for name, step in draft.steps.items():
        if step.status == "returned" and not _has_defect(draft.case, name):
            open_step(draft, name, setting)
            answered.append(name)
    return "case.resubmitted", {"answered": answered}


def _has_defect(case: CaseState, step: str) -> bool:
    return any(defect["step"] == step for defect in case.defects)


def _pause(draft: Draft, act: Act, setting: Setting) -> tuple[str, dict[str, Any]]:
    case, reason = draft.case, act.reason or ""
    if case.pause_reason in PAUSE_REASONS:
        raise NotNow("already_paused", "The case is paused already; resume it first.")
    clock = case.clock
    if clock is not None:
        if clock.stopped:
            clock = clock.go_on(setting.now)
        clock = clock.stop(setting.now, _cap(reason, setting))
    draft.case = replace(case, pause_reason=reason, clock=clock)
    stop_steps(draft, setting, _cap(reason, setting))
    return "case.paused", {}


def _cap(reason: str, setting: Setting) -> datetime:
    return cap_end(setting.now, setting.definition.pause_caps[reason], setting.calendar)


def _resume(draft: Draft, act: Act, setting: Setting) -> tuple[str, dict[str, Any]]:
    case = draft.case
    if case.pause_reason not in PAUSE_REASONS:
        raise NotNow("not_paused", "The case is not paused, so there is nothing to resume.")
    clock = case.clock.go_on(setting.now) if case.clock and case.clock.stopped else case.clock
    draft.case = replace(case, pause_reason=None, clock=clock)
    for name, step in draft.steps.items():
        if step.status == "paused":
            open_step(draft, name, setting, status=step.before_pause or "ready")
    return "case.resumed", {"paused_for": case.pause_reason}


def _extend(draft: Draft, act: Act, setting: Setting) -> tuple[str, dict[str, Any]]:
    extension = setting.definition.extension
    if extension is None or draft.case.limit is None:
        raise NotNow("no_extension", "The definition of this service knows no extension.")
    if draft.case.extended_by is not None:
        raise NotNow("extended_already", "A time limit is extended once, and this one has been.")
    limit = TimeLimit.from_dict(draft.case.limit)
    if limit.unit != extension.limit.unit:
        raise NotNow("no_extension", "The extension has another unit than the limit.")
    longer = TimeLimit(limit.value + extension.limit.value, limit.unit)
    draft.case = replace(draft.case, limit=longer.as_dict(), extended_by=extension.article)
    return "case.extended", {"article": extension.article}


def _withdraw(draft: Draft, act: Act, setting: Setting) -> tuple[str, dict[str, Any]]:
    cancel_open(draft, setting)
    return "case.withdrawn", {}


def _close(draft: Draft, act: Act, setting: Setting) -> tuple[str, dict[str, Any]]:
    if act.reason == "lapsed" and draft.case.waiting_for not in ("applicant", "payment"):
        raise NotNow("not_waiting", "Only a case that waits for its applicant can lapse.")
    draft.case = replace(draft.case, closed_reason=act.reason)
    cancel_open(draft, setting)
    return "case.closed", {}


def _hand_over(draft: Draft, act: Act, setting: Setting) -> tuple[str, dict[str, Any]]:
    for step in setting.definition.steps:
        if step.kind == "hand_over" and draft.steps[step.id].status in ("ready", "in_progress"):
            end(draft, step.id, "completed", setting, result=act.result)
    cancel_open(draft, setting)
    return "case.handed_over", {}


def _reissue(draft: Draft, act: Act, setting: Setting) -> tuple[str, dict[str, Any]]:
    draft.case = replace(draft.case, access_digest=act.access_digest or "")
    return "case.access_code_reissued", {}


CaseHandler = Callable[[Draft, Act, Setting], tuple[str, dict[str, Any]]]

_CASE_HANDLERS: Mapping[str, CaseHandler] = {
    "send_return": _send_return,
    "resubmit": _resubmit,
    "pause": _pause,
    "resume": _resume,
    "extend": _extend,
    "withdraw": _withdraw,
    "close": _close,
    "hand_over": _hand_over,
    "reissue_code": _reissue,
}


# --- one step -----------------------------------------------------------------------------------


def check_step_role(step: StepDefinition, action: str, actor: Actor) -> None:
    """Raises Forbidden unless the actor's role and agency may do this to the step."""
    require_role(actor, step_action_roles(action, step.roles))
    require_agency(actor, step.agency)


def check_case_door(definition: ServiceDefinition, actor: Actor) -> None:
    """Raises Forbidden where the actor can do nothing at all to the case, whatever he asks."""
    require_agency(actor, definition.front_office)


def check_step_door(step: StepDefinition, actor: Actor) -> None:
    """Raises Forbidden where the actor can do nothing at all to the step, whatever he asks."""
    require_role(actor, {*step.roles, "supervisor"})
    require_agency(actor, step.agency)


def find_step(definition: ServiceDefinition, step: str) -> StepDefinition:
    """The step's definition. Raises NotFound."""
    for candidate in definition.steps:
        if candidate.id == step:
            return candidate
    raise NotFound("unknown_step", "This service has no such step.")


def _act_on_step(draft: Draft, act: Act, setting: Setting) -> tuple[str, dict[str, Any]]:
    step = find_step(setting.definition, act.step or "")
    _check_kind(step, act.action, setting.definition)
    _check_status(draft, step, act)
    facts: dict[str, Any] = {"agency": step.agency, "kind": step.kind}
    if _needs_authority(step, act.action):
        facts["authority"] = _authority(step, act.actor, setting.definition)
    done = _STEP_HANDLERS[act.action](draft, step, act, setting, facts)
    # Last: what the status forbids (409) is said before what the register forbids (403).
    _check_position(act)
    return done


def _check_kind(step: StepDefinition, action: str, definition: ServiceDefinition) -> None:
    if step.id == definition.root.id:
        fits = action in ("declare_complete", "claim", "return", "reassign")
        better = "declare_complete"
    else:
        fits = action != "declare_complete" and step.kind in ACTION_KINDS.get(action, (step.kind,))
        better = "record_payment" if step.kind == "pay" else "complete"
    if not fits:
        raise NotNow(
            "wrong_kind",
            f"{action} is not for the step {step.id} ({step.kind}); try {better}.",
            kind=step.kind,
        )


def _check_status(draft: Draft, step: StepDefinition, act: Act) -> None:
    state = draft.steps[step.id]
    allowed = state.status in STEP_ACTIONS[act.action]
    if act.action == "complete" and state.status == "completed":
        allowed = step.repeatable
    if not allowed or draft.case.status not in WORKABLE_CASE[act.action]:
        raise NotNow(
            "status_forbids",
            f"{act.action} is not possible: the step {step.id} is {state.status} in a case that "
            f"is {draft.case.status}.",
            status_now=state.status,
        )
    taken = state.assignee is not None and state.assignee != act.actor.id
    if taken and act.action not in ("reassign", "reopen") and act.actor.kind != "system":
        raise NotNow(
            "claimed_by_another",
            "Another officer has claimed this step; have it reassigned first.",
        )


def _check_position(act: Act) -> None:
    if act.as_position is not None and act.as_position not in act.actor.positions:
        raise NoAuthority(
            "position_not_held",
            f"You do not hold the position {act.as_position}.",
            position=act.as_position,
            positions=list(act.actor.positions),
        )


def _needs_authority(step: StepDefinition, action: str) -> bool:
    if action == "refuse":
        return True
    return action == "complete" and (step.kind in DECISION_KINDS or step.official)


def _authority(step: StepDefinition, actor: Actor, definition: ServiceDefinition) -> dict[str, Any]:
    """By what right, as far as is known before there is a register: a role, nothing more."""
    if definition.tracked_only:
        return {"scheme": "external", "issuer": step.agency}
    return {"scheme": "unchecked", "role": actor.role, "agency": actor.agency}


Facts = dict[str, Any]


def _declare_complete(
    draft: Draft, step: StepDefinition, act: Act, setting: Setting, facts: Facts
) -> tuple[str, Facts]:
    """The clock starts here: a named officer declares the file complete (UU 30/2014 art. 53)."""
    end(draft, step.id, "completed", setting, by=act.actor.id)
    begin(draft, setting)
    return "case.declared_complete", facts


def _claim(
    draft: Draft, step: StepDefinition, act: Act, setting: Setting, facts: Facts
) -> tuple[str, Facts]:
    _set(draft, step.id, status="in_progress", assignee=act.actor.id)
    _skip_unbegun(draft, step, setting)
    return "step.claimed", facts


def _complete(
    draft: Draft, step: StepDefinition, act: Act, setting: Setting, facts: Facts
) -> tuple[str, Facts]:
    end(draft, step.id, "completed", setting, by=act.actor.id, result=act.result)
    _skip_unbegun(draft, step, setting)
    if step.kind == "hand_over" and draft.case.status in ("granted", "refused"):
        draft.case = replace(draft.case, status="handed_over")
        cancel_open(draft, setting)
        return "case.handed_over", facts
    return "step.completed", facts


def _skip_unbegun(draft: Draft, step: StepDefinition, setting: Setting) -> None:
    """An optional step that has not begun is over once what comes after it begins."""
    for name in step.after:
        before = setting.definition.step(name)
        if before.optional and draft.steps[name].status in ("waiting", "ready"):
            end(draft, name, "skipped", setting)
            _skip_unbegun(draft, before, setting)


def _return(
    draft: Draft, step: StepDefinition, act: Act, setting: Setting, facts: Facts
) -> tuple[str, Facts]:
    fresh = tuple({**defect, "step": step.id, "sent": False} for defect in act.defects)
    draft.case = replace(draft.case, defects=(*draft.case.defects, *fresh))
    end(draft, step.id, "returned", setting, by=act.actor.id)
    return "step.returned", {**facts, "defects": [dict(defect) for defect in fresh]}


def _refuse(
    draft: Draft, step: StepDefinition, act: Act, setting: Setting, facts: Facts
) -> tuple[str, Facts]:
    end(draft, step.id, "refused", setting, by=act.actor.id, result=act.result)
    draft.case = replace(draft.case, status="refused", outcome="refused")
    cancel_open(draft, setting, keep="hand_over")
    for other in setting.definition.steps:
        if other.kind == "hand_over" and draft.steps[other.id].status == "waiting":
            start_step(draft, other, setting)
    return "case.refused", facts


def _no_opinion(
    draft: Draft, step: StepDefinition, act: Act, setting: Setting, facts: Facts
) -> tuple[str, Facts]:
    end(draft, step.id, "no_opinion", setting, by=act.actor.id)
    return "step.no_opinion_recorded", {**facts, "silence": act.actor.kind == "system"}


def _reassign(
    draft: Draft, step: StepDefinition, act: Act, setting: Setting, facts: Facts
) -> tuple[str, Facts]:
    """To another officer of the agency, or, naming nobody, back to everybody's worklist."""
    status = "in_progress" if act.assignee else "ready"
    _set(draft, step.id, status=status, assignee=act.assignee)
    return "step.reassigned", {**facts, "assignee": act.assignee}


def _record_payment(
    draft: Draft, step: StepDefinition, act: Act, setting: Setting, facts: Facts
) -> tuple[str, Facts]:
    end(draft, step.id, "completed", setting, by=act.actor.id, result=act.result)
    return "step.completed", {**facts, "paid": True}


def _reopen(
    draft: Draft, step: StepDefinition, act: Act, setting: Setting, facts: Facts
) -> tuple[str, Facts]:
    """A mistake is undone in the open: what followed from it waits again, time is not given back."""
    definition = setting.definition
    later = dependents(definition, step.id)
    signed = [
        other.id
        for other in definition.steps
        if other.kind == "sign" and draft.steps[other.id].status == "completed"
    ]
    if signed:
        raise NotNow("signed_already", "After the signature nothing is reopened; annul instead.")
    reset = []
    for name in later:
        if draft.steps[name].status in ("ready", "in_progress", "completed", "no_opinion"):
            end(draft, name, "waiting", setting)
            reset.append(name)
    if step.kind == "decide":
        draft.case = replace(draft.case, outcome="none")
    open_step(draft, step.id, setting)
    return "step.reopened", {**facts, "reset": reset}


def _set(draft: Draft, name: str, **values: Any) -> None:
    draft.steps[name] = replace(draft.steps[name], **values)


StepHandler = Callable[[Draft, StepDefinition, Act, Setting, Facts], tuple[str, dict[str, Any]]]

_STEP_HANDLERS: Mapping[str, StepHandler] = {
    "declare_complete": _declare_complete,
    "claim": _claim,
    "complete": _complete,
    "return": _return,
    "refuse": _refuse,
    "no_opinion": _no_opinion,
    "reassign": _reassign,
    "record_payment": _record_payment,
    "reopen": _reopen,
}


def move_deadlines(state: CaseState, setting: Setting) -> NewEvent | None:
    """What a new calendar changes for an open case: deadlines neither met nor missed.

    None when nothing moves. A deadline that has passed stays where it was.
    """
    if state.status not in OPEN_CASE:
        return None
    draft = Draft(state)
    now = instant(setting.now)
    for name, step in state.steps.items():
        if (
            step.due_at is not None
            and step.due_at > now
            and step.status in ("ready", "in_progress")
        ):
            limit = setting.definition.step(name).limit
            draft.steps[name] = replace(step, due_at=due(step.clock, limit, setting.calendar))
    limit = TimeLimit.from_dict(state.limit) if state.limit else None
    if state.due_at is not None and state.due_at > now:
        draft.case = replace(state, due_at=due(state.clock, limit, setting.calendar))
    moved = draft.case != state or draft.steps != dict(state.steps)
    draft.case = replace(draft.case, calendar=setting.calendar.version)
    return _event("case.deadlines_moved", state, draft, {}) if moved else None
