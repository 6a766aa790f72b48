"""Drafts of products, made ready before any lock: the words that fill them, sealed."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from casetrack.domain.access import Actor
from casetrack.domain.authority.signature_block import Profile
from casetrack.domain.case.commands import Act, Details, ProductChange
from casetrack.domain.case.correction_details import FactsCorrected, facts_after
from casetrack.domain.case.numbers import CODE_ALPHABET
from casetrack.domain.case.product_details import ProductDrafting, Refusal
from casetrack.domain.case.products import corrected_by, drawn_up_by, of_definition
from casetrack.domain.case.state import CaseState
from casetrack.domain.errors import NotFound, NotNow
from casetrack.domain.events import parse_instant
from casetrack.domain.people import visible
from casetrack.domain.service.day_words import day_in_words
from casetrack.domain.service.definition import (
    FactDefinition,
    ProductDefinition,
    ServiceDefinition,
)
from casetrack.domain.service.printed_facts import printed
from casetrack.domain.service.product_words import (
    Ground,
    Written,
    draft_text,
    fact_place,
    missing,
    with_late_words,
)
from casetrack.domain.service.text_form import Filling
from casetrack.usecases.case import case_texts
from casetrack.usecases.case.review_words import review_words
from casetrack.usecases.case.visible_case import Sight
from casetrack.usecases.context import Context
from casetrack.usecases.people.officer_profiles import printed_on
from casetrack.usecases.people.parties import parties_of
from casetrack.usecases.people.sealing import Sealer, open_texts

#: Groups of letters and digits in a public id: 60 random bits.
_GROUPS, _IN_GROUP = 3, 4
#: The template by which products are set on paper.
PAPER = "product"


@dataclass(frozen=True, slots=True)
class Prepared:
    """What an act about products brings: sealed drafts, the signer as printed, sealed grounds."""

    drafts: tuple[dict[str, Any], ...] = ()
    signer: dict[str, Any] | None = None
    #: How many letters of the signer's lines come out as codes.
    signer_codes: int = 0
    grounds: dict[str, Any] | None = None


@dataclass
class Needs:
    """What of it this act needs."""

    drafts: list[ProductDefinition] = field(default_factory=list)
    signer: bool = False
    grounds: bool = False

    def __bool__(self) -> bool:
        return bool(self.drafts) or self.signer or self.grounds


def needs_of(case: Sight, act: Act) -> Needs:
    """What has to be made ready; nothing for a service that draws nothing up, or another act.

    Nor for an act that will be refused: that is said when it is its turn.
    """
    definition = case.definition
    if not definition.products:
        return Needs()
    try:
        drafts = drawn_up_by(case.state, act, definition)
    except (NotFound, NotNow):
        return Needs()
    return Needs(drafts, _signs(definition, act), _burdens(act.details))


def _burdens(details: Details | None) -> bool:
    """Whether it says grounds, or why nobody was heard."""
    if not isinstance(details, ProductChange):
        return False
    hearing = details.hearing
    return bool(details.written.grounds) or bool(hearing and hearing.why_not)


def _signs(definition: ServiceDefinition, act: Act) -> bool:
    if act.step is None:
        return act.action in ("sign", "correct")
    return act.action == "complete" and definition.step(act.step).kind == "sign"


def prepared(
    ctx: Context, actor: Actor, case: Sight, act: Act, needs: Needs, sealer: Sealer, said: str
) -> Prepared:
    """The sealed texts, collected in the sealer, and the references that the act holds; `said` is what
    is noted with the act."""
    written = written_of(act.details)
    drafts: tuple[dict[str, Any], ...] = ()
    if needs.drafts:
        known = _known_words(ctx, case, act, said)
        drafts = tuple(
            _draft(ctx, case, act, product, known, written, sealer) for product in needs.drafts
        )
    printed = _printed(ctx, actor, case) if needs.signer else None
    signer = sealer.seal("signer", _as_text(printed.as_dict())) if printed else None
    grounds = None
    if needs.grounds and isinstance(act.details, ProductChange):
        burden = {**written.as_dict(), "why_not_heard": why_not_heard(act.details)}
        grounds = sealer.seal("grounds", _as_text(burden))
    codes = sum(map(ctx.unprinted, (*printed.lines(), *_letterhead(case)))) if printed else 0
    return Prepared(drafts, signer, codes, grounds)


def _letterhead(case: Sight) -> Iterator[str]:
    """What stands above every product: the region, the front office, and where that is."""
    office = case.region.agencies[case.definition.front_office]
    names = (case.region.region.name, office.name, office.office)
    return (name.id for name in names if name is not None)


def drafts_by_law(
    ctx: Context,
    case: Sight,
    act: Act,
    products: Sequence[ProductDefinition],
    sealer: Sealer,
    phrase: str,
) -> tuple[dict[str, Any], ...]:
    """Drafts of what the law grants: the product's text, and below it the phrase where a signature would
    stand."""
    known = _known_words(ctx, case, act, "")
    found = []
    for product in products:
        text = draft_text(product, case.definition, _of_product(known, product), Written())
        kept = {"text": f"{text.rstrip()}\n\n{phrase}\n", **Written().as_dict()}
        found.append(
            {
                "product": product.id,
                "id": public_id(ctx, case.region.region.letters),
                "ref": sealer.seal("product", _as_text(kept)),
                "missing": [],
                "press": ctx.press(PAPER),
                "as_codes": ctx.unprinted(with_late_words(kept["text"], {})),
            }
        )
    return tuple(found)


def facts_said(details: Details | None) -> Mapping[str, Any]:
    """The facts that an act corrects."""
    return details.facts if isinstance(details, FactsCorrected | ProductChange) else {}


def why_not_heard(details: Details | None) -> str | None:
    """The reason why who is burdened was not heard, tidied. Raises ValueError."""
    hearing = details.hearing if isinstance(details, ProductChange) else None
    return visible.read(hearing.why_not, lines=True) if hearing and hearing.why_not else None


def written_of(details: Details | None) -> Written:
    """What the office writes itself with this act, tidied as it is printed. Raises ValueError."""
    if not isinstance(details, ProductDrafting | Refusal | ProductChange):
        return Written()
    said = details.written
    return Written(
        {name: visible.read(text, lines=True) for name, text in said.values.items()},
        tuple(
            Ground(
                visible.read(each.facts, lines=True),
                visible.read(each.rule, lines=True),
                visible.read(each.reason, lines=True),
            )
            for each in said.grounds
        ),
        tuple(visible.read(each, lines=True) for each in said.relied_on),
    )


def _draft(
    ctx: Context,
    case: Sight,
    act: Act,
    product: ProductDefinition,
    known: Mapping[str, Filling],
    written: Written,
    sealer: Sealer,
) -> dict[str, Any]:
    before = _text_before(ctx, case.state, act, product)
    if before is not None:
        written = _corrected(before, written)
    text = draft_text(product, case.definition, _of_product(known, product), written)
    sealed = sealer.seal("product", _as_text({"text": text, **written.as_dict()}))
    return {
        "product": product.id,
        "id": public_id(ctx, case.region.region.letters),
        "ref": sealed,
        "missing": missing(product, written),
        "press": ctx.press(PAPER),
        "as_codes": ctx.unprinted(with_late_words(text, {})),
        # Said in the answer, and kept nowhere.
        "unchanged": act.action == "correct" and before is not None and before["text"] == text,
    }


def _text_before(
    ctx: Context, state: CaseState, act: Act, product: ProductDefinition
) -> dict[str, Any] | None:
    """The text that a correction of product or facts makes anew; what was written stays in it."""
    if act.action == "correct":
        return opened_draft(ctx, state, corrected_by(state, act)["draft"]["text"])
    there = of_definition(state, product.id) if act.action == "correct_facts" else None
    return opened_draft(ctx, state, there["draft"]["text"]) if there else None


def _of_product(known: Mapping[str, Filling], product: ProductDefinition) -> dict[str, Filling]:
    return {**known, "product": product.name.id}


def _corrected(was: Mapping[str, Any] | None, written: Written) -> Written:
    """What a correction does not write anew stays as it was written."""
    if was is None:
        return written
    before = Written.from_dict(was)
    return Written(
        {**before.values, **written.values},
        written.grounds or before.grounds,
        written.relied_on or before.relied_on,
    )


def opened_draft(ctx: Context, state: CaseState, text: str) -> dict[str, Any] | None:
    """A sealed text of a product, as it was kept; None once the person is erased."""
    found = case_texts.case_texts(ctx, state.region, state.number, "product").get(text)
    return json.loads(found) if found is not None else None


def _known_words(ctx: Context, case: Sight, act: Act, said: str) -> dict[str, Filling]:
    """What fills the places of any product of the case."""
    state, definition = case.state, case.definition
    parties = {
        each.row.role: each.data or {}
        for each in parties_of(ctx, state.region, [state.number])[state.number]
    }
    applicant, proxy = parties.get("applicant", {}), parties.get("representative", {})
    rows = case_texts.sealed(ctx, state.region, state.number, "fact", "note")
    texts = open_texts(ctx, state.region, rows)
    notes = case_texts.notes(ctx, state.region, state.number, rows, texts, "full")
    words: dict[str, Filling] = {
        "case_number": state.number,
        "service": definition.name.id,
        "applicant": applicant.get("name"),
        "applicant_nik": applicant.get("nik"),
        "applicant_address": applicant.get("address"),
        "company_number": applicant.get("company_number"),
        "representative": proxy.get("name"),
        "legal_basis": list(definition.legal_basis),
        **_decided(case, [*notes, _noted(act, said)]),
        "recommendations": _recommendations(ctx, case),
        **review_words(ctx, case, act.actor.id),
    }
    places = case.region.region.places
    facts = facts_after(state.facts, facts_said(act.details))
    for fact in definition.facts:
        words[fact_place(fact.id)] = _fact(fact, facts.get(fact.id), texts, places)
    return words


def _noted(act: Act, said: str) -> dict[str, Any]:
    """This act's own note: it is written together with the draft."""
    return {"step": act.step, "action": act.action, "result": act.result, "text": said}


def _decided(case: Sight, notes: Sequence[Mapping[str, Any]]) -> dict[str, Filling]:
    deciding = {step.id for step in case.definition.steps if step.kind == "decide"}
    done = [note for note in notes if note["action"] == "complete" and note["text"]]
    return {
        "conditions": [note["text"] for note in done if note["result"] == "conditional"],
        "decision": next((note["text"] for note in done[::-1] if note["step"] in deciding), None),
    }


def _recommendations(ctx: Context, case: Sight) -> list[str]:
    calendar = ctx.region(case.state.region, case.revisions.files)[1]
    found = []
    for step in case.definition.steps:
        ended = case.state.steps[step.id].ended_at
        if step.kind == "recommend" and ended and case.state.steps[step.id].status == "completed":
            day = day_in_words(calendar.local_date(parse_instant(ended)))
            found.append(f"{case.region.agencies[step.agency].name.id}, {day}")
    return found


def _fact(
    fact: FactDefinition, value: Any, texts: Mapping[str, str], places: Mapping[str, str]
) -> str | None:
    if value is None:
        return None
    if isinstance(value, Mapping):
        return texts.get(value["text"])
    return printed(fact, value, places)


def _printed(ctx: Context, actor: Actor, case: Sight) -> Profile | None:
    """The officer as they are printed today; copied into the case, so that what is signed stays so."""
    calendar = ctx.region(case.state.region, case.revisions.files)[1]
    day = calendar.local_date(ctx.database.now())
    with ctx.database.read() as connection:
        return printed_on(ctx, connection, case.state.region, actor.id, day)


def public_id(ctx: Context, letters: str) -> str:
    """A product's public id: letters, digits and dashes, not to be guessed."""
    marks = "".join(CODE_ALPHABET[byte & 31] for byte in ctx.random(_GROUPS * _IN_GROUP))
    groups = [marks[at : at + _IN_GROUP] for at in range(0, len(marks), _IN_GROUP)]
    return "-".join([letters, *groups])


def _as_text(document: Mapping[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, sort_keys=True)
