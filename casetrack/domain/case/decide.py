"""The case: `decide(state, command, setting) -> event`, and nothing outside its arguments.

One command gives one event. A handler (`case_actions`, `step_actions`) edits a draft; `settle` then draws
the consequences (which steps open, whether the clock runs, who holds the file, whether it is
granted), and the event carries the whole change. The tables are in `transitions`; the time rules in
`clock`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from casetrack.domain.access import Actor, require_region, require_system_act
from casetrack.domain.authority.register import Register
from casetrack.domain.case.authority_actions import act_on_authority, check_found_on
from casetrack.domain.case.bill_acts import act_on_bill, check_bill_content, check_payment
from casetrack.domain.case.bills import BILL_ACTS, is_free
from casetrack.domain.case.case_actions import act_on_case
from casetrack.domain.case.case_people import AT_THE_COUNTER, check_present, check_speaker
from casetrack.domain.case.commands import Act, Opening, check_content, find_step
from casetrack.domain.case.counter_details import Handing
from casetrack.domain.case.documents import receive_document, taken_in
from casetrack.domain.case.fact_corrections import act_on_correction, check_correction
from casetrack.domain.case.folding import difference, form_of
from casetrack.domain.case.hand_over_bodies import check_handing
from casetrack.domain.case.inspections import (
    act_on_inspection,
    check_inspection,
    due_reminder,
    reminded,
)
from casetrack.domain.case.issued_elsewhere import check_issued_elsewhere
from casetrack.domain.case.lapses import is_near, told
from casetrack.domain.case.late_entries import check_paper, moment_of
from casetrack.domain.case.open_drafts import changed
from casetrack.domain.case.own_acts import check_own_case, own_case
from casetrack.domain.case.party_acts import act_on_parties, check_change
from casetrack.domain.case.party_change import Present
from casetrack.domain.case.permission import check_assignee, check_opening, check_permission
from casetrack.domain.case.product_actions import act_on_product
from casetrack.domain.case.product_bodies import check_product_words
from casetrack.domain.case.products import number_products, void_unissued
from casetrack.domain.case.silence_acts import act_on_silence, check_external
from casetrack.domain.case.standing import Ask, Standing, standing_of
from casetrack.domain.case.state import CaseState, StepState, but
from casetrack.domain.case.step_actions import act_on_step
from casetrack.domain.case.steps import (
    Draft,
    Setting,
    due,
    is_carried_out,
    settle,
    start_step,
    target_calendar,
)
from casetrack.domain.case.transitions import (
    AUTHORITY_ACTIONS,
    CORRECTION_ACTIONS,
    INSPECTION_ACTIONS,
    OPEN_CASE,
    PARTY_ACTIONS,
    PRODUCT_ACTIONS,
    RECEIVE,
    SILENCE_ACTIONS,
)
from casetrack.domain.clock import NamedDay, TimeLimit
from casetrack.domain.events import TYPE_PREFIX, NewEvent, instant, parse_instant
from casetrack.domain.people.readers import shown_to
from casetrack.domain.service.definition import ServiceDefinition


def open_case(number: str, opening: Opening, actor: Actor, setting: Setting) -> NewEvent:
    """The event that a front office's intake becomes: `casetrack.case.opened`.

    One that was taken in on paper while the system was away counts from the day and hour on the paper.
    Every step is laid out, those whose condition does not hold are skipped, and the completeness
    check is ready; the case's own clock does not run yet. Raises Forbidden, Invalid, NoAuthority (it
    would be the officer's own case).
    """
    check_opening(setting.definition, actor, setting.region)
    if setting.acts_in_own:
        raise own_case()
    late = opening.late
    if late is not None:
        setting = replace(setting, now=late.occurred_at)
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
            documents=taken_in((), opening.documents, actor.id, now),
            links=tuple(dict(link) for link in opening.links),
            review=dict(opening.review) if opening.review else None,
            visit=dict(opening.visit) if opening.visit else None,
        )
    )
    for step in definition.steps:
        skipped = step.when is not None and not step.when.holds(opening.facts)
        skipped = skipped or is_free(step, opening.facts)
        draft.steps[step.id] = StepState(status="skipped" if skipped else "waiting")
    start_step(draft, definition.root, setting)
    settle(draft, setting)
    facts: dict[str, Any] = {"tracked_only": definition.tracked_only}
    if late is not None:
        facts["late"] = late.as_data()
    new = event_of("case.opened", None, draft, facts, setting.definition)
    return new if late is None else replace(new, occurred_at=late.occurred_at)


def check_act(state: CaseState, act: Act, setting: Setting, standing: Ask) -> None:
    """What is refused whatever the case has come to: role and agency first, then what was said.

    Raises NotFound, Forbidden, Invalid. The papers and the days of which an act speaks are no more
    the status of the case than its other words: what is wrong with them (422) is said before 412.
    """
    check_permission(setting.definition, act, state.region, standing)
    check_content(setting.definition, act)
    if act.action in BILL_ACTS:
        check_bill_content(act, find_step(setting.definition, act.step or ""))
    else:
        check_payment(setting.definition, act)
    check_paper(state, act, setting.now)
    check_found_on(act, setting)
    check_change(act, setting)
    check_external(state, act, setting)
    check_correction(state, act, setting)
    check_issued_elsewhere(act, setting)
    check_product_words(state, act, setting)
    check_handing(state, act, setting.definition)
    check_inspection(act, setting)


def decide(state: CaseState, act: Act, setting: Setting) -> NewEvent:
    """The event that this act becomes.

    Raises Forbidden (role or agency), Invalid (the content), NotNow (the status does not allow it),
    NoAuthority (the register does not give the power; recorded by the caller).
    """
    check_act(state, act, setting, _standing(state, act, setting))
    check_named(act, setting)
    draft = Draft(state)
    if act.action in PARTY_ACTIONS:
        name, facts = act_on_parties(draft, act, setting)
        check_own_case(act, setting)
        settle(draft, setting)
        void_unissued(draft)
        facts = {**facts, **_products_told(state, draft)}
        return event_of(name, state, draft, facts, setting.definition)
    name, facts = _done(draft, act, setting)
    check_own_case(act, setting)
    settle(draft, setting)
    void_unissued(draft)
    number_products(draft, setting)
    facts = {**facts, **_products_told(state, draft)}
    granted = draft.case.status == "granted" and state.status != "granted"
    if granted and name in ("step.completed", "product.signed", "bill.confirmed"):
        name = "case.granted"
    new = event_of(name, state, draft, {**facts, **_said(act)}, setting.definition)
    if act.late is not None and act.action not in BILL_ACTS:
        return replace(new, occurred_at=parse_instant(facts["late"]["occurred_at"]))
    return new


def _done(draft: Draft, act: Act, setting: Setting) -> tuple[str, dict[str, Any]]:
    """What the act does to the draft: the event's name and what it says beside the change."""
    state = draft.before
    if act.action in BILL_ACTS:
        return act_on_bill(draft, act, setting)
    if act.action in AUTHORITY_ACTIONS:
        return act_on_authority(draft, act, setting)
    if act.action in _BESIDE:
        name, facts = _BESIDE[act.action](draft, act, setting)
        return name, {**facts, **_present(state, act, setting)}
    if act.step is None and act.action in PRODUCT_ACTIONS:
        if act.action in AT_THE_COUNTER:
            check_speaker(state, act.action, act.reason)
        name, facts = act_on_product(draft, act, setting)
        return name, {**facts, **_present(state, act, setting)}
    if act.step is None:
        check_speaker(state, act.action, act.reason)
        name, facts = act_on_case(draft, act, setting)
        return name, {**facts, **_present(state, act, setting)}
    if shown_to(act.actor, setting.definition.front_office) == "full":
        check_speaker(state, act.action, act.reason)
    # To others a case with an open death is one that stands still: its steps refuse by themselves.
    name, facts = act_on_step(draft, act, setting)
    check_speaker(state, act.action, act.reason)
    return name, facts


_BESIDE: Mapping[str, Callable[[Draft, Act, Setting], tuple[str, dict[str, Any]]]] = {
    RECEIVE: receive_document,
    **dict.fromkeys(SILENCE_ACTIONS, act_on_silence),
    **dict.fromkeys(INSPECTION_ACTIONS, act_on_inspection),
    **dict.fromkeys(CORRECTION_ACTIONS, act_on_correction),
}


def _products_told(state: CaseState, draft: Draft) -> dict[str, Any]:
    told = changed(state, draft.case) if draft.case.products is not state.products else []
    return {"products": told} if told else {}


def _present(state: CaseState, act: Act, setting: Setting) -> dict[str, Any]:
    """Who stood at the counter, where that was said. Raises NotNow."""
    said = act.details.present if isinstance(act.details, Handing) else act.details
    if not isinstance(said, Present):
        return {}
    if act.action in AT_THE_COUNTER:
        moment = moment_of(state, act, setting.now)
        check_present(state, act.action, said.party, setting.calendar, moment)
    return {"present": said.as_data()}


def _standing(state: CaseState, act: Act, setting: Setting) -> Ask:
    """What the register says of who acts; asked only where role and agency do not suffice."""

    def ask() -> Standing:
        register = setting.register or Register(())
        return standing_of(
            state, setting.definition, register, setting.calendar, setting.now, act.actor.id
        )

    return ask


def check_named(act: Act, setting: Setting) -> None:
    """Raises Invalid where the officer whom the act names is not there, or could not do the step."""
    if act.assignee is None or act.step is None or setting.accounts is None:
        return
    account = setting.accounts([act.assignee]).get(act.assignee)
    step = find_step(setting.definition, act.step)
    check_assignee(step, setting.definition, act.actor, account)


def move_deadlines(
    state: CaseState, actor: Actor, setting: Setting, because: Sequence[NamedDay] = ()
) -> NewEvent | None:
    """What a new calendar changes for an open case: deadlines neither met nor missed.

    None when nothing moves. A deadline that has passed stays where it was. `because` are the days that
    are otherwise than they were, where that is known. Raises Forbidden.
    """
    require_region(actor, state.region)
    require_system_act(actor, "move_deadlines")
    is_open = state.status in OPEN_CASE
    if not is_open and not is_carried_out(state, setting.definition):
        return None
    draft = Draft(state)
    now = instant(setting.now)
    for name, step in state.steps.items():
        if (
            step.due_at is not None
            and step.due_at > now
            and step.status in ("ready", "in_progress")
        ):
            defined = setting.definition.step(name)
            by = target_calendar(defined, setting.calendar)
            draft.steps[name] = but(step, due_at=due(step.clock, defined.limit, by))
    limit = TimeLimit.from_dict(state.limit) if state.limit else None
    if is_open and state.due_at is not None and state.due_at > now:
        draft.case = but(state, due_at=due(state.clock, limit, setting.calendar))
    moved = draft.case != state or draft.steps != dict(state.steps)
    draft.case = but(draft.case, calendar=setting.calendar.version)
    if not moved:
        return None
    days = [day.as_dict() for day in because]
    facts = {"days": days} if days else {}
    return event_of("case.deadlines_moved", state, draft, facts, setting.definition)


def warn_of_lapse(state: CaseState, actor: Actor, setting: Setting) -> NewEvent | None:
    """That a case that was sent back may soon be closed, as its applicant is told; None: not now.

    Raises Forbidden.
    """
    require_region(actor, state.region)
    require_system_act(actor, "warn_of_lapse")
    if state.lapse is None or not is_near(state, setting):
        return None
    draft = Draft(state)
    draft.case = but(state, lapse=told(state.lapse, setting))
    facts = {"lapses_on": state.lapse["on"]}
    return event_of("case.lapse_near", state, draft, facts, setting.definition)


def remind_of_inspection(state: CaseState, actor: Actor, setting: Setting) -> NewEvent | None:
    """That an inspection is on the next working day; None: of none it is time. Raises Forbidden."""
    require_region(actor, state.region)
    require_system_act(actor, "remind_of_inspection")
    due_now = due_reminder(state, setting.now)
    if due_now is None:
        return None
    draft = Draft(state)
    draft.case, facts = reminded(state, due_now)
    return event_of("inspection.near", state, draft, facts, setting.definition)


def event_of(
    name: str,
    before: CaseState | None,
    draft: Draft,
    facts: Mapping[str, Any],
    definition: ServiceDefinition,
) -> NewEvent:
    after = draft.done()
    now = circumstances(after, definition, facts.get("step"))
    change = difference(before, after)
    data = {**facts, "now": now, **change}
    return NewEvent(TYPE_PREFIX + name, data, type_version=form_of(change))


def circumstances(
    state: CaseState, definition: ServiceDefinition, step: str | None
) -> dict[str, Any]:
    """How the case and the step stand, so that who receives the event need not ask for more."""
    now: dict[str, Any] = {
        "service": {"id": state.service, "version": state.service_version},
        "status": state.status,
        "outcome": state.outcome,
        "waiting_for": state.waiting_for,
        "holder": state.holder,
        "due_at": state.due_at,
    }
    if step is not None:
        defined, reached = definition.step(step), state.steps[step]
        now["step"] = {
            "id": step,
            "agency": defined.agency,
            "kind": defined.kind,
            "status": reached.status,
            "result": reached.result,
            "due_at": reached.due_at,
        }
    return now


def _said(act: Act) -> dict[str, Any]:
    said = {
        "action": act.action,
        "step": act.step,
        "reason": act.reason,
        "result": act.result,
        "note": act.note,
        "why": act.why,
        "as_position": act.as_position,
    }
    return {name: value for name, value in said.items() if value is not None}
