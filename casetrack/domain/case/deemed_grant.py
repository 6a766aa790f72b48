"""What the law grants because nobody decided: only where every requirement is recorded as met.

Papers are there as files, each other register has answered yes, what is to be paid is confirmed, no
conflict of interest is open, and two officers have set it up. "No answer" is never a yes.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from casetrack.domain.access import Actor, require_system_act
from casetrack.domain.case.commands import Act
from casetrack.domain.case.decide import event_of
from casetrack.domain.case.open_drafts import changed
from casetrack.domain.case.products import (
    draw_up,
    issued,
    number_products,
    of_definition,
    put,
)
from casetrack.domain.case.state import CaseState, Document, but
from casetrack.domain.case.steps import Draft, Setting, cancel_open, settle, start_step
from casetrack.domain.case.transitions import ENDED_STEP, PASSED_STEP
from casetrack.domain.events import NewEvent, instant
from casetrack.domain.service.definition import ProductDefinition, ServiceDefinition

Lacks = dict[str, str]
#: In the product's text, where a signature would stand.
PHRASE = "Dianggap dikabulkan secara hukum ({article})."


def granted_products(state: CaseState, definition: ServiceDefinition) -> list[ProductDefinition]:
    """What the applicant would get. Of an objection or an appeal nothing by itself: within the limit of
    the step that carries it out the position that decides draws the letter up and signs it."""
    if definition.reviews is not None:
        return []
    return [
        each
        for each in definition.products
        if each.kind != "refusal" and (each.when is None or each.when.holds(state.facts))
    ]


def lacking(
    state: CaseState, definition: ServiceDefinition, scans: Mapping[str, str], *, set_up: bool
) -> list[Lacks]:
    """What is not recorded as met, each with its kind and id; nothing: the law may grant.

    `scans` is what a scanner said of each file that is kept, by the text that has its key. An objection
    or an appeal issues nothing by itself, so silence grants it whatever was brought (UU 30/2014 art. 77
    and 78): only its clock must run.
    """
    if definition.reviews is not None:
        return [*_running(state)]
    return [
        *([] if set_up else [{"kind": "set_up", "id": definition.id}]),
        *_papers(state, definition, scans),
        *_elsewhere(state, definition),
        *_inside(state, definition),
        *_outcome(state, definition),
    ]


def _papers(
    state: CaseState, definition: ServiceDefinition, scans: Mapping[str, str]
) -> Iterator[Lacks]:
    there = {
        each["requirement"]
        for each in state.documents
        if not each.get("replaced_at")
        and "file" in each
        and scans.get(each.get("text", "")) in ("clean", "not_scanned")
    }
    for requirement in definition.requirements:
        if requirement.needed(state.facts) and requirement.id not in there:
            yield {"kind": "paper", "id": requirement.id}


def _elsewhere(state: CaseState, definition: ServiceDefinition) -> Iterator[Lacks]:
    answers = {each["fact"]: each["answer"] for each in state.external}
    for fact in definition.external_facts:
        if answers.get(fact.id) != "yes":
            yield {"kind": "external_fact", "id": fact.id}
    for step in definition.steps:
        if step.kind == "pay" and state.steps[step.id].status not in PASSED_STEP:
            yield {"kind": "payment", "id": step.id}


def _inside(state: CaseState, definition: ServiceDefinition) -> Iterator[Lacks]:
    for officer in sorted({each["officer"] for each in state.conflicts}):
        newest = [each for each in state.conflicts if each["officer"] == officer][-1]
        if newest["status"] in ("declared", "reported"):
            yield {"kind": "conflict", "id": officer}
    for step in definition.steps:
        if step.kind == "recommend" and state.steps[step.id].result == "unfavourable":
            yield {"kind": "advice", "id": step.id}
    yield from _running(state)


def _running(state: CaseState) -> Iterator[Lacks]:
    if state.defects or state.status != "in_progress":
        yield {"kind": "defects", "id": state.status}
    if state.clock is None or state.clock.stopped:
        yield {"kind": "paused", "id": state.number}


def _outcome(state: CaseState, definition: ServiceDefinition) -> Iterator[Lacks]:
    products = granted_products(state, definition)
    if not products:
        yield {"kind": "product", "id": definition.id}
    for product in products:
        begun = of_definition(state, product.id)
        if begun is not None and (begun["signatures"] or begun.get("signing")):
            yield {"kind": "signature", "id": product.id}


def holders(state: CaseState, definition: ServiceDefinition, proof: Document) -> list[Document]:
    """Who had the file when the limit passed, since when, and how many of the days their agency had."""
    days = {each["by"]: each["days"] for each in proof["held"]}
    return [
        {
            "agency": step.agency,
            "step": step.id,
            "officer": state.steps[step.id].assignee,
            "since": state.steps[step.id].ready_at,
            "days": days.get(step.agency, 0),
        }
        for step in definition.steps
        if state.steps[step.id].status in ("ready", "in_progress") and not step.optional
    ]


def grant_by_law(state: CaseState, act: Act, setting: Setting, proof: Document) -> NewEvent:
    """`casetrack.case.deemed_granted`: the case is granted, and what comes out of it is issued without an
    officer's name or signature. The act brings the drafts. Raises Forbidden, NotNow."""
    require_system_act(act.actor, "grant_by_law")
    draft, definition, article = Draft(state), setting.definition, proof["article"]
    held = holders(state, definition, proof)
    stays = "hand_over" if definition.reviews is None else "record"
    cancel_open(draft, setting, keep=stays)
    for step in definition.steps:
        if step.kind == stays and draft.steps[step.id].status not in ENDED_STEP:
            start_step(draft, step, setting)
    deemed = {
        "article": article,
        "due_at": proof["due_at"],
        "at": instant(setting.now),
        "version": state.version + 1,
        "holders": held,
        "check": None,
    }
    draft.case = but(draft.case, status="granted", outcome="deemed_granted", deemed=deemed)
    for product in granted_products(state, definition):
        _issue(draft, act, setting, product, deemed)
    settle(draft, setting)
    number_products(draft, setting)
    facts = {
        "action": "deem",
        "authority": {"scheme": "by_law", "article": article, "clock": _clock(proof)},
        "silence": {"policy": definition.deemed_grant, "proof": proof},
        "holders": held,
        "products": changed(state, draft.case),
    }
    return event_of("case.deemed_granted", state, draft, facts, definition)


def _issue(
    draft: Draft, act: Act, setting: Setting, product: ProductDefinition, deemed: Document
) -> None:
    drawn = draw_up(draft, act, setting, product.id)
    dated = setting.calendar.local_date(setting.now)
    mark = {name: deemed[name] for name in ("article", "version", "at")}
    unsigned = {**drawn, "signers": [], "endorsements": [], "by_law": mark}
    put(draft, issued(unsigned, product, setting, dated))


def _clock(proof: Document) -> dict[str, Any]:
    """How the limit was counted, in short: the whole stands in the proof."""
    named = ("started_at", "limit", "due_at", "due_without_pauses", "counted", "calendar")
    return {name: proof[name] for name in named}


def by(actor: Actor, drafts: tuple[Mapping[str, Any], ...]) -> Act:
    """The act of the clock by which it is granted."""
    return Act("grant_by_law", actor, drafts=drafts)
