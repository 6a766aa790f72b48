"""What is done to one step: each handler edits the draft and says what happened."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from casetrack.domain.case.after_limit import check_after_limit, with_remark
from casetrack.domain.case.authorising import authorise, check_could_finish
from casetrack.domain.case.authority_check import needs_authority, needs_register
from casetrack.domain.case.bill_acts import check_reopening, confirm_at_step, is_paid_elsewhere
from casetrack.domain.case.commands import Act, find_step
from casetrack.domain.case.documents import check_or_waive
from casetrack.domain.case.electronic_signing import BEGUN
from casetrack.domain.case.hand_overs import begin_or_hand_over, going_out, needs_second
from casetrack.domain.case.issued_elsewhere import note_issued
from casetrack.domain.case.late_entries import use_late
from casetrack.domain.case.open_drafts import (
    bears_signature,
    sign_again,
    signed_through,
    without_signatures,
)
from casetrack.domain.case.product_signing import endorse_at, issue_at, sign_at, to_sign
from casetrack.domain.case.products import draw_up_wanted, put
from casetrack.domain.case.review_details import leaves_unchanged
from casetrack.domain.case.reviews import carry_out
from casetrack.domain.case.state import but
from casetrack.domain.case.steps import (
    Draft,
    Setting,
    begin,
    cancel_open,
    dependents,
    end,
    open_step,
)
from casetrack.domain.case.transitions import (
    ACTION_KINDS,
    OPEN_STEP,
    STEP_ACTIONS,
    WORKABLE_CASE,
)
from casetrack.domain.errors import NoAuthority, NotNow
from casetrack.domain.events import instant, parse_instant
from casetrack.domain.service.definition import ServiceDefinition, StepDefinition


def act_on_step(draft: Draft, act: Act, setting: Setting) -> tuple[str, dict[str, Any]]:
    step = find_step(setting.definition, act.step or "")
    check_completable(draft, step, act, setting.now, setting.definition)
    facts: dict[str, Any] = {"agency": step.agency, "kind": step.kind}
    paper = use_late(draft, act)
    if paper is not None:
        facts["late"] = paper
    name, said = _STEP_HANDLERS[act.action](draft, step, act, setting, facts)
    moment = parse_instant(paper["occurred_at"]) if paper else setting.now
    noted = note_issued(draft, step, act, setting)
    remark = check_after_limit(draft.before, act, setting, moment)
    # Last: what the status forbids (409) is said before what the register forbids (403).
    by_clock = act.actor.kind == "system"
    if act.action == "claim" or (act.action == "reassign" and act.assignee is not None):
        check_could_finish(draft.before, step, act.assignee or act.actor.id, setting)
    unchanged = leaves_unchanged(step, act.action, act.result, setting.definition)
    if unchanged or needs_authority(step, act.action, by_clock=by_clock):
        given = authorise(draft.before, step, act.actor, setting, moment, act.as_position)
        given = {**given, **noted}
        said = {**said, "authority": with_remark(given, remark)}
    asked = needs_register(step, act.action, setting.definition, by_clock=by_clock)
    if not (unchanged or asked):
        _check_position(act)
    return name, said


def check_completable(
    draft: Draft,
    step: StepDefinition,
    act: Act,
    now: datetime,
    definition: ServiceDefinition | None = None,
) -> None:
    """Raises NotNow where it is not for the kind of the step, or its status or the case's forbids it."""
    if definition is not None:
        _check_kind(step, act.action, definition)
    _check_status(draft, step, act, now)


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


def _check_status(draft: Draft, step: StepDefinition, act: Act, now: datetime) -> None:
    state = draft.steps[step.id]
    by_clock = act.actor.kind == "system"
    allowed = state.status in STEP_ACTIONS[act.action]
    if by_clock and act.action == "reassign":
        allowed = state.status in OPEN_STEP
    if act.action == "complete" and state.status == "completed":
        allowed = step.repeatable
    if not allowed or draft.case.status not in WORKABLE_CASE[act.action]:
        raise NotNow(
            "status_forbids",
            f"{act.action} is not possible: the step {step.id} is {state.status} in a case that "
            f"is {draft.case.status}.",
            status_now=state.status,
        )
    if by_clock and act.action != "reassign" and (state.due_at or "") > instant(now):
        raise NotNow("limit_not_over", f"The limit of the step {step.id} is not over yet.")
    taken = state.assignee is not None and state.assignee != act.actor.id
    if taken and act.action not in ("reassign", "reopen") and not by_clock:
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


Facts = dict[str, Any]


def _declare_complete(
    draft: Draft, step: StepDefinition, act: Act, setting: Setting, facts: Facts
) -> tuple[str, Facts]:
    """The clock starts here: a named officer declares the file complete (UU 30/2014 art. 53)."""
    check_or_waive(draft, act, setting)
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
    carry_out(draft, step, act, setting.definition)
    draw_up_wanted(draft, act, setting)
    endorse_at(draft, step, act, setting)
    sign_at(draft, step, act, setting, facts)
    if step.kind == "sign" and to_sign(draft, step.id):
        # Signed by right; the step is over once the file has the signature as well.
        return BEGUN, facts
    if issue_at(draft, step, act, setting, facts):
        return BEGUN, {**facts, "issues": True}
    end(draft, step.id, "completed", setting, by=act.actor.id, result=act.result)
    _skip_unbegun(draft, step, setting)
    if step.kind == "hand_over" and draft.case.status in ("granted", "refused"):
        products = going_out(draft.case)
        if needs_second(draft.case, setting.definition, products):
            raise NotNow(
                "second_clerk_needed",
                "A second clerk confirms this hand-over: hand over the case, not the step.",
            )
        begin_or_hand_over(draft, act, setting, products)
        draft.case = but(draft.case, status="handed_over")
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
    draft.case = but(draft.case, defects=(*draft.case.defects, *fresh))
    end(draft, step.id, "returned", setting, by=act.actor.id)
    return "step.returned", {**facts, "defects": [dict(defect) for defect in fresh]}


def _refuse(
    draft: Draft, step: StepDefinition, act: Act, setting: Setting, facts: Facts
) -> tuple[str, Facts]:
    end(draft, step.id, "refused", setting, by=act.actor.id, result=act.result)
    draft.case = but(draft.case, status="refused", outcome="refused")
    draw_up_wanted(draft, act, setting)
    cancel_open(draft, setting, keep="hand_over")
    return "case.refused", facts


def _no_opinion(
    draft: Draft, step: StepDefinition, act: Act, setting: Setting, facts: Facts
) -> tuple[str, Facts]:
    end(draft, step.id, "no_opinion", setting, by=act.actor.id)
    return "step.no_opinion_recorded", {**facts, "silence": act.actor.kind == "system"}


def _reassign(
    draft: Draft, step: StepDefinition, act: Act, setting: Setting, facts: Facts
) -> tuple[str, Facts]:
    """To another officer of the agency, or, naming nobody, back to everybody's worklist.

    A step that stands still stays so, and is everybody's when it goes on.
    """
    if draft.steps[step.id].status == "paused":
        _set(draft, step.id, before_pause="ready", assignee=None)
        return "step.reassigned", {**facts, "assignee": None}
    status = "in_progress" if act.assignee else "ready"
    _set(draft, step.id, status=status, assignee=act.assignee)
    return "step.reassigned", {**facts, "assignee": act.assignee}


def _record_payment(
    draft: Draft, step: StepDefinition, act: Act, setting: Setting, facts: Facts
) -> tuple[str, Facts]:
    if not is_paid_elsewhere(draft, act, step):
        name, said = confirm_at_step(draft, act, step, setting)
        return name, {**facts, **said}
    end(draft, step.id, "completed", setting, by=act.actor.id, result=act.result)
    return "step.completed", {**facts, "paid": True}


def _reopen(
    draft: Draft, step: StepDefinition, act: Act, setting: Setting, facts: Facts
) -> tuple[str, Facts]:
    """A mistake is undone in the open: what followed from it waits again, time is not given back."""
    definition = setting.definition
    later = dependents(definition, step.id)
    if signed_through(draft, definition) is not None:
        raise NotNow(
            "signed_already", "After the last signature nothing is reopened; annul instead."
        )
    check_reopening(draft, [step.id, *later])
    reset = []
    for name in later:
        if draft.steps[name].status in ("ready", "in_progress", "completed", "no_opinion"):
            end(draft, name, "waiting", setting)
            reset.append(name)
    for product in draft.case.products:
        if bears_signature(product) and {step.id, *reset} & set(product["signers"]):
            put(draft, without_signatures(product))
            sign_again(draft, product, setting)
    if step.kind == "decide":
        draft.case = but(draft.case, outcome="none")
    open_step(draft, step.id, setting)
    return "step.reopened", {**facts, "reset": reset}


def _set(draft: Draft, name: str, **values: Any) -> None:
    draft.steps[name] = but(draft.steps[name], **values)


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
