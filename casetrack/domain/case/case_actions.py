"""What is done to a case as a whole: each handler edits the draft and says what happened."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from casetrack.domain.case.case_people import check_close
from casetrack.domain.case.commands import Act
from casetrack.domain.case.documents import bring
from casetrack.domain.case.hand_overs import (
    begin_or_hand_over,
    confirm,
    going_out,
    return_papers,
)
from casetrack.domain.case.lapses import lapse_of
from casetrack.domain.case.late_entries import moment_of, use_late
from casetrack.domain.case.links import MOST_LINKS
from casetrack.domain.case.outages import OutageNamed
from casetrack.domain.case.pausing import go_on, stand_still
from casetrack.domain.case.reviews import check_carried_out
from casetrack.domain.case.state import CaseState
from casetrack.domain.case.steps import Draft, Setting, cancel_open, end, open_step
from casetrack.domain.case.transitions import CASE_ACTIONS, PAUSE_REASONS, PRODUCT_STATES, UNISSUED
from casetrack.domain.clock import TimeLimit
from casetrack.domain.errors import NotNow

_NOT_OUT = (*UNISSUED, *PRODUCT_STATES["hand_over"])


def act_on_case(draft: Draft, act: Act, setting: Setting) -> tuple[str, dict[str, Any]]:
    table = CASE_ACTIONS[act.action]
    if draft.case.status not in table:
        raise NotNow(
            "status_forbids",
            f"A case that is {draft.case.status} cannot be {_PARTICIPLE[act.action]}; "
            f"that takes {' or '.join(sorted(table))}.",
            status_now=draft.case.status,
        )
    before = draft.case.status
    _check_pause(draft, act)
    if act.action != "reissue_code":
        draft.case = replace(draft.case, status=table[before])
    return _CASE_HANDLERS[act.action](draft, act, setting)


def _check_pause(draft: Draft, act: Act) -> None:
    """Raises NotNow where a case that nobody works on would stand still for another reason than who
    speaks for the applicant, or its product would be handed over meanwhile."""
    status, paused = draft.case.status, draft.case.pause_reason in PAUSE_REASONS
    idle = status != "in_progress"
    wrong = {
        "pause": idle and act.reason != "parties",
        "resume": idle and not paused,
        "hand_over": paused,
        "confirm_hand_over": paused,
    }
    if wrong.get(act.action):
        raise NotNow(
            "status_forbids",
            f"A case that is {status} cannot be {_PARTICIPLE[act.action]} as it stands now.",
            status_now=status,
        )


_PARTICIPLE = {
    "send_return": "returned",
    "resubmit": "resubmitted",
    "pause": "paused",
    "resume": "resumed",
    "extend": "extended",
    "withdraw": "withdrawn",
    "close": "closed",
    "hand_over": "handed over",
    "confirm_hand_over": "handed over",
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
    if late and not act.actor.has_role(("supervisor",)):
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
        lapse=lapse_of(setting),
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
    return "case.resubmitted", {"answered": answered, **bring(draft, act, setting)}


def _has_defect(case: CaseState, step: str) -> bool:
    return any(defect["step"] == step for defect in case.defects)


def _pause(draft: Draft, act: Act, setting: Setting) -> tuple[str, dict[str, Any]]:
    if draft.case.pause_reason in PAUSE_REASONS:
        raise NotNow("already_paused", "The case is paused already; resume it first.")
    stand_still(draft, act.reason or "", setting)
    return "case.paused", _outage(act)


def _resume(draft: Draft, act: Act, setting: Setting) -> tuple[str, dict[str, Any]]:
    reason = draft.case.pause_reason
    if reason not in PAUSE_REASONS:
        raise NotNow("not_paused", "The case is not paused, so there is nothing to resume.")
    go_on(draft, setting)
    return "case.resumed", {"paused_for": reason, **_outage(act)}


def _outage(act: Act) -> dict[str, Any]:
    """The outage for which many cases stand still at once, where it was one."""
    return {"outage": act.details.outage} if isinstance(act.details, OutageNamed) else {}


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
    decided = draft.before.status in ("granted", "refused")
    if decided and act.reason != "lapsed":
        raise NotNow(
            "status_forbids",
            "A decided case is closed only as lapsed: nobody collects what came out of it.",
            status_now=draft.before.status,
        )
    check_carried_out(draft.before, setting.definition)
    waits = decided or draft.case.waiting_for in ("applicant", "payment")
    if act.reason == "lapsed" and not waits:
        raise NotNow("not_waiting", "Only a case that waits for its applicant can lapse.")
    check_close(draft.case, act.reason)
    linked = _add_links(draft, act)
    draft.case = replace(draft.case, closed_reason=act.reason)
    cancel_open(draft, setting)
    return "case.closed", {"links": linked} if linked else {}


def _link(draft: Draft, act: Act, setting: Setting) -> tuple[str, dict[str, Any]]:
    linked = _add_links(draft, act)
    if not linked:
        raise NotNow("linked_already", "The case is linked to that one already.")
    if act.review is not None:
        if draft.case.review is not None:
            raise NotNow("review_named", "The case says already which decision it is about.")
        draft.case = replace(draft.case, review=dict(act.review))
    return "case.linked", {"links": linked}


def _add_links(draft: Draft, act: Act) -> list[dict[str, Any]]:
    """The links that the case had not; they are its own from now on."""
    new = [dict(link) for link in act.links if dict(link) not in draft.case.links]
    if len(draft.case.links) + len(new) > MOST_LINKS:
        raise NotNow("links_too_many", f"A case names at most {MOST_LINKS} others.")
    draft.case = replace(draft.case, links=(*draft.case.links, *new))
    return new


def _hand_over(draft: Draft, act: Act, setting: Setting) -> tuple[str, dict[str, Any]]:
    check_paid(draft, setting)
    check_carried_out(draft.before, setting.definition)
    # Of a paper of a time without the system: it went out then, whenever it is typed in.
    then = replace(setting, now=moment_of(draft.before, act, setting.now))
    paper = use_late(draft, act)
    facts = {"late": paper} if paper else {}
    if not begin_or_hand_over(draft, act, then, going_out(draft.case)):
        draft.case = replace(draft.case, status=draft.before.status)
        return "case.hand_over_begun", facts
    name, said = is_handed_over(draft, act, setting)
    return name, {**said, **facts}


def _confirm(draft: Draft, act: Act, setting: Setting) -> tuple[str, dict[str, Any]]:
    """A second clerk; the case is handed over with its last product."""
    check_paid(draft, setting)
    products = confirm(draft, act, setting)
    left = [each for each in draft.case.products if each["state"] in _NOT_OUT]
    if draft.before.status == "handed_over" or left:
        draft.case = replace(draft.case, status=draft.before.status)
        return "product.handed_over", {"product": products[0]} if products else {}
    return is_handed_over(draft, act, setting)


def is_handed_over(draft: Draft, act: Act, setting: Setting) -> tuple[str, dict[str, Any]]:
    """Nothing is left to hand over: the case has come to its end."""
    draft.case = replace(draft.case, status="handed_over")
    for step in setting.definition.steps:
        if step.kind == "hand_over" and draft.steps[step.id].status in ("ready", "in_progress"):
            end(draft, step.id, "completed", setting, result=act.result)
    cancel_open(draft, setting)
    return "case.handed_over", {}


def check_paid(draft: Draft, setting: Setting) -> None:
    """Raises NotNow while the hand-over waits for a payment."""
    for step in setting.definition.steps:
        held = step.bill is not None and step.bill.holds != "nothing"
        if held and draft.steps[step.id].status in ("waiting", "ready", "in_progress", "paused"):
            raise NotNow(
                "payment_missing",
                f"The hand-over waits for a confirmed payment at the step {step.id}.",
            )


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
    "link": _link,
    "hand_over": _hand_over,
    "confirm_hand_over": _confirm,
    "return_papers": return_papers,
    "reissue_code": _reissue,
}
