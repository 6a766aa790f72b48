"""What was entered in a case is put right: its facts, and what another issued; what follows from it.

A correction is an event with the value before and after. Until the last signature what rests on a fact
is made anew by it; afterwards the product is corrected, which takes a power.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from casetrack.domain.case.bill_acts import check_reopening
from casetrack.domain.case.bills import OPEN_BILL
from casetrack.domain.case.commands import Act, ProductChange, details_of, missing
from casetrack.domain.case.correction_details import (
    CORRECTION_REASONS,
    AskedBy,
    FactsCorrected,
    IssuedCorrected,
    facts_after,
)
from casetrack.domain.case.issued_elsewhere import check_noted
from casetrack.domain.case.open_drafts import signed_through
from casetrack.domain.case.products import draw_up_wanted, put
from casetrack.domain.case.resting_steps import amount_rests_on, is_left_out, resting_steps
from casetrack.domain.case.state import CaseState, Document, but
from casetrack.domain.case.steps import Draft, Setting, dependents, end, require_status
from casetrack.domain.case.transitions import CORRECTION_ACTIONS, ENDED_STEP, UNISSUED
from casetrack.domain.errors import Invalid, NotNow
from casetrack.domain.events import instant
from casetrack.domain.service.definition import ServiceDefinition
from casetrack.domain.service.facts import check_facts

Said = tuple[str, dict[str, Any]]

#: Every event that adds one carries the whole list, so it does not grow without end.
MOST_CORRECTIONS = 60
_OF_ISSUED = ("number", "dated", "valid_until")


# --- what is wrong with it whatever the case has come to -------------------------------------------


def check_correction(state: CaseState, act: Act, setting: Setting) -> None:
    """Raises Invalid for facts that the service would not take at the opening, either, days that cannot
    be, a reason that there is not, and a representative whom the case has not."""
    if isinstance(act.details, ProductChange) and act.details.facts:
        _check_with_product(state, act, act.details.facts, setting)
    if act.action not in CORRECTION_ACTIONS:
        return
    asked = _check_said(state, act, setting)
    if act.reason not in CORRECTION_REASONS:
        told = ", ".join(CORRECTION_REASONS)
        raise Invalid("unknown_reason", f"A correction takes one of these reasons: {told}.")
    if asked == "representative" and "representative" not in state.parties:
        raise _wrong("asked_by", "the case has no representative")


def _check_with_product(
    state: CaseState, act: Act, facts: Mapping[str, Any], setting: Setting
) -> None:
    if act.action != "correct":
        raise _wrong("facts", f"{act.action} takes none")
    check_corrected(setting.definition, state.facts, facts)


def _check_said(state: CaseState, act: Act, setting: Setting) -> AskedBy:
    """Who asked for it, where what is said is what its action puts right."""
    said = act.details
    if act.action == "correct_facts":
        if not isinstance(said, FactsCorrected) or not said.facts:
            raise missing("facts", "say which, and as what they are corrected")
        check_corrected(setting.definition, state.facts, said.facts)
        return said.asked_by
    if not isinstance(said, IssuedCorrected):
        raise missing("issued_elsewhere", "say which number its issuer gave, and on which day")
    check_noted(said.issued, setting)
    return said.asked_by


def _wrong(at: str, message: str) -> Invalid:
    errors = [{"at": at, "message": message}]
    return Invalid("invalid_body", f"{at}: {message}.", errors=errors)


def check_corrected(
    definition: ServiceDefinition, facts: Mapping[str, Any], corrected: Mapping[str, Any]
) -> None:
    """Raises Invalid: the facts are judged as at the opening, those that stay included."""
    merged = {
        # What is sealed was judged when it came.
        name: "…" if isinstance(value, Mapping) else value
        for name, value in facts_after(facts, corrected).items()
    }
    known = {fact.id for fact in definition.facts}
    unknown = {name: None for name in corrected if name not in known}
    check_facts(definition, {**merged, **unknown})


# --- what it does ----------------------------------------------------------------------------------


def act_on_correction(draft: Draft, act: Act, setting: Setting) -> Said:
    """One of `CORRECTION_ACTIONS`. Raises NotNow, Stale."""
    require_status(draft, act.action, CORRECTION_ACTIONS[act.action])
    if len(draft.case.corrections) >= MOST_CORRECTIONS:
        raise NotNow(
            "too_many_corrections", f"A case is corrected {MOST_CORRECTIONS} times at most."
        )
    return _HANDLERS[act.action](draft, act, setting)


def _correct_facts(draft: Draft, act: Act, setting: Setting) -> Said:
    said = details_of(act, FactsCorrected)
    changes = corrected(draft.case, said.facts)
    if not changes:
        raise NotNow("nothing_to_correct", "The case says this already, so nothing is corrected.")
    names = [each["fact"] for each in changes]
    _check_unsigned(draft, setting)
    _check_hand(draft, act, names, setting.definition)
    before = draft.case.facts
    done = done_by(draft.case, setting.definition, names)
    put_facts(draft, said.facts)
    _follow(draft, before, setting)
    draw_up_wanted(draft, act, setting)
    _void_unfit(draft, setting.definition)
    bills = outdated_bills(draft.case, setting.definition, names)
    _note(draft, act, setting, _of_facts(changes, bills), said.asked_by)
    told = {"facts": changes, "bills": bills, "done": done}
    return "case.facts_corrected", {**told, "asked_by": said.asked_by}


def corrected(state: CaseState, facts: Mapping[str, Any]) -> list[Document]:
    """Each fact that becomes another, as it was and as it is; a text by its references, which stay
    sealed."""
    return [
        {"fact": name, "before": state.facts.get(name), "after": value}
        for name, value in facts.items()
        if state.facts.get(name) != value
    ]


def put_facts(draft: Draft, facts: Mapping[str, Any]) -> None:
    """The case has these facts from now on."""
    draft.case = but(draft.case, facts=facts_after(draft.case.facts, facts))


def done_by(state: CaseState, definition: ServiceDefinition, facts: Collection[str]) -> list[str]:
    """The steps that rest on these facts and were completed by the values before."""
    return [
        step.id
        for step in resting_steps(definition, facts)
        if state.steps[step.id].status == "completed"
    ]


def outdated_bills(
    state: CaseState, definition: ServiceDefinition, facts: Collection[str]
) -> list[str]:
    """The bills that are still to be paid and whose amount rests on these facts: to be cancelled and
    issued anew by who has that power."""
    return [
        bill["id"]
        for bill in state.bills
        if bill["state"] in OPEN_BILL
        and amount_rests_on(definition.step(bill["step"]), definition, facts)
    ]


def _check_unsigned(draft: Draft, setting: Setting) -> None:
    """Raises NotNow once all have signed: then the product is corrected, by who has the power."""
    signed = signed_through(draft, setting.definition)
    if signed is not None:
        raise NotNow(
            "facts_signed",
            "Facts are corrected until the last signature; now `correct` the product, once it is "
            "issued: that takes facts, too.",
            products=signed,
        )


def _check_hand(
    draft: Draft, act: Act, facts: Collection[str], definition: ServiceDefinition
) -> None:
    """Raises NotNow for the hand whose turn it is not: the counter's until the file is complete, then
    that of an agency whose step rests on the facts."""
    actor = act.actor
    if draft.case.declared_complete_at is None:
        if actor.agency != definition.front_office:
            raise NotNow(
                "facts_unchecked",
                f"Until the file is complete its facts are corrected by {definition.front_office}.",
                agencies=[definition.front_office],
            )
        return
    steps = resting_steps(definition, facts)
    own = [step for step in steps if step.agency == actor.agency]
    if not any(actor.has_role((*step.roles, "supervisor")) for step in own):
        agencies = sorted({step.agency for step in steps})
        raise NotNow(
            "facts_checked",
            f"The file is complete, so its facts are corrected by officers of {', '.join(agencies)}, "
            "whose steps rest on them.",
            agencies=agencies,
        )


def _follow(draft: Draft, before: Mapping[str, Any], setting: Setting) -> None:
    """Steps that the facts left out are part of the case now, and others no more."""
    after = draft.case.facts
    for step in setting.definition.steps:
        status = draft.steps[step.id].status
        was_out, is_out = is_left_out(step, before), is_left_out(step, after)
        if is_out and not was_out and status not in ENDED_STEP:
            check_reopening(draft, [step.id])
            end(draft, step.id, "skipped", setting)
        elif was_out and not is_out and status == "skipped":
            later = dependents(setting.definition, step.id)
            check_reopening(draft, later)
            for name in (step.id, *_begun(draft, later)):
                end(draft, name, "waiting", setting)


def _begun(draft: Draft, names: Collection[str]) -> list[str]:
    done = ("ready", "in_progress", "completed", "no_opinion")
    return [name for name in names if draft.steps[name].status in done]


def _void_unfit(draft: Draft, definition: ServiceDefinition) -> None:
    """A draft of what is not for a case with these facts comes to nothing."""
    for product in draft.case.products:
        when = definition.product_of(product["product"]).when
        if when is not None and product["state"] in UNISSUED and not when.holds(draft.case.facts):
            put(draft, {**product, "state": "voided"})


def _correct_issued(draft: Draft, act: Act, setting: Setting) -> Said:
    said, noted = details_of(act, IssuedCorrected), draft.case.issued_elsewhere
    if noted is None:
        raise NotNow("nothing_noted", "Nobody has noted what another issued in this case yet.")
    until = said.issued.valid_until
    after = {
        "number": said.issued.number,
        "dated": said.issued.dated.isoformat(),
        "valid_until": until.isoformat() if until else None,
    }
    before = {name: noted[name] for name in _OF_ISSUED}
    if after == before:
        raise NotNow("nothing_to_correct", "The case says this already, so nothing is corrected.")
    by = {"corrected_by": act.actor.id, "corrected_at": instant(setting.now)}
    draft.case = but(draft.case, issued_elsewhere={**noted, **after, **by})
    _note(draft, act, setting, {"what": "issued_elsewhere"}, said.asked_by)
    told = {"before": before, "after": after, "asked_by": said.asked_by}
    return "case.issued_elsewhere_corrected", told


def _of_facts(changes: Collection[Document], bills: list[str]) -> Document:
    """What the case keeps of it. What was decided before is judged again by the values before."""
    return {
        "what": "facts",
        "facts": [each["fact"] for each in changes],
        "before": {each["fact"]: each["before"] for each in changes},
        "bills": bills,
    }


def _note(draft: Draft, act: Act, setting: Setting, what: Document, asked_by: str | None) -> None:
    """The case keeps that it was corrected; the values stand in the event of this version."""
    record = {
        **what,
        "at": instant(setting.now),
        "by": act.actor.id,
        "version": draft.before.version + 1,
        "reason": act.reason,
        "asked_by": asked_by,
    }
    draft.case = but(draft.case, corrections=(*draft.case.corrections, record))


def correct_with_product(
    draft: Draft, act: Act, setting: Setting, product: str | None, facts: Mapping[str, Any]
) -> dict[str, Any]:
    """The facts that the correction of a product brings: the case has them from now on. What was done by
    the values before stays done; gives what the event says of it."""
    changes = corrected(draft.case, facts)
    if not changes:
        return {}
    names = [each["fact"] for each in changes]
    put_facts(draft, facts)
    bills = outdated_bills(draft.case, setting.definition, names)
    _note(draft, act, setting, {**_of_facts(changes, bills), "product": product}, None)
    return {"facts": changes, "bills": bills}


_HANDLERS: Mapping[str, Callable[[Draft, Act, Setting], Said]] = {
    "correct_facts": _correct_facts,
    "correct_issued": _correct_issued,
}
