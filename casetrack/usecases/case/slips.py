"""What the clerk prints for the applicant: receipt, proof of registration, and of what is handed over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from casetrack.domain.case.bills import is_gratis
from casetrack.domain.case.documents import document_id, missing
from casetrack.domain.case.hand_overs import going_out, held_originals
from casetrack.domain.case.numbers import tidy_code
from casetrack.domain.errors import Invalid, NotNow
from casetrack.domain.events import parse_instant
from casetrack.domain.region.region_data import Agency
from casetrack.domain.region.slip_texts import SLIP_ABOUT, SlipAbout, slip_text_on
from casetrack.domain.service.definition import Name
from casetrack.usecases.authority.mall import outside_of
from casetrack.usecases.case.case_texts import case_texts
from casetrack.usecases.case.explained_limits import ExplainedLimit, case_clock
from casetrack.usecases.case.visible_case import Sight
from casetrack.usecases.context import Context
from casetrack.usecases.people.guessing import judge


@dataclass(frozen=True, slots=True)
class Receipt:
    """That a file was taken in, with what was brought and what is missing."""

    received_at: datetime
    due_at: datetime | None
    access_code: str | None
    received: tuple[Name, ...]
    missing: tuple[Name, ...]
    outside: tuple[Agency, ...]
    gratis: bool


@dataclass(frozen=True, slots=True)
class Registration:
    """That a file is complete, and until when the case is to be decided.

    `waived`: required documents that a supervisor waived; `reason`: their words, None when erased.
    """

    declared_complete_at: datetime
    due_at: datetime | None
    received: tuple[Name, ...]
    waived: tuple[Name, ...] = ()
    reason: str | None = None
    #: How the limit is counted.
    limit: ExplainedLimit | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """How the limit that an applicant asks for is counted: the case's own, or the check's."""

    opened_at: datetime
    limit: ExplainedLimit | None


def counted(ctx: Context, case: Sight) -> Counted:
    """Also of a case that is over; of a service without limits there is none."""
    return Counted(parse_instant(case.state.opened_at), _limit(ctx, case))


def _limit(ctx: Context, case: Sight) -> ExplainedLimit | None:
    clock = case_clock(ctx, case.state, case.definition, case.revisions.files)
    return clock.shown(case.definition.root.id)


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What is handed over, or was: `record` is that of the newest hand-over, None while it waits for one.

    `at` is the day of the paper: of the hand-over, else of what there is to hand over.
    """

    at: datetime
    record: Mapping[str, Any] | None
    #: Name, number and edition of each product; of a service that draws none up only its own name.
    products: tuple[tuple[Name, str | None, int], ...]
    #: Originals that go back, or went, and those that the office still holds.
    returned: tuple[Name, ...]
    held: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class ReturnedPaper:
    """An original that the office held: when it came, and when and to whom it went back."""

    name: Name
    came_at: datetime
    returned_at: datetime | None
    to: str | None


def hand_over_slip(case: Sight) -> HandedOver:
    """Raises NotNow: nothing is there to be handed over."""
    state, definition = case.state, case.definition
    out = [each for each in state.hand_overs if each["kind"] == "out"]
    if state.status not in ("granted", "refused", "handed_over"):
        raise NotNow(
            "status_forbids",
            f"In a case that is {state.status} there is nothing to hand over.",
            status_now=state.status,
        )
    record = out[-1] if out and not out[-1].get("waits") else None
    there = [each["id"] for each in record["products"]] if record else going_out(state)
    papers = (record or {}).get("papers", ())
    products = tuple(
        (definition.product_of(each["product"]).name, each["number"], each["draft"]["edition"])
        for each in state.products
        if each["id"] in there
    )
    issued = [each["issued_at"] for each in state.products if each["id"] in there]
    ended = [step.ended_at for step in state.steps.values() if step.ended_at]
    at = record["at"] if record else max([*issued, *ended])
    return HandedOver(
        parse_instant(at),
        record,
        products or ((definition.product or definition.name, None, 1),),
        _names(case, papers),
        _names(case, held_originals(state)),
    )


def returned_papers(case: Sight) -> list[ReturnedPaper]:
    """Raises NotNow: the office has held no original of this case."""
    names = {each.id: each.name for each in case.definition.requirements}
    found = [
        ReturnedPaper(
            names[each["requirement"]],
            parse_instant(each["received_at"]),
            parse_instant(each["returned_at"]) if each.get("returned_at") else None,
            each.get("returned_to"),
        )
        for each in case.state.documents
        if each.get("original") and each["requirement"] in names
    ]
    if not found:
        raise NotNow("paper_not_held", "The office has held no originals in this case.", papers=[])
    return found


def _names(case: Sight, papers: Sequence[str]) -> tuple[Name, ...]:
    """The requirements of these documents, by name."""
    names = {each.id: each.name for each in case.definition.requirements}
    return tuple(
        names[document["requirement"]]
        for place, document in enumerate(case.state.documents)
        if document_id(place) in papers and document["requirement"] in names
    )


def said_beside(ctx: Context, case: Sight, at: datetime) -> dict[SlipAbout, Name]:
    """What the region prints on its slips beside the case on this day."""
    region, calendar = ctx.region(case.state.region, case.region.revision)
    day, texts = calendar.local_date(at), region.region.slip_texts
    found = {about: slip_text_on(texts, about, day) for about in SLIP_ABOUT}
    return {about: text.words for about, text in found.items() if text is not None}


def fee_of(case: Sight) -> int | None:
    """What the service costs where that is known beforehand."""
    return case.definition.fee.amount if case.definition.fee else None


def receipt(ctx: Context, case: Sight, code: str | None, officer: str) -> Receipt:
    """The access code is on it only if it is handed in and is the right one.

    Raises Invalid, and Busy for an officer who guesses.
    """
    code = tidy_code(code or "") or None
    state = case.state
    if code is not None:
        given, digest = ctx.vault.access_digest(state.number, code), state.access_digest
        who = f"officer {officer}"
        if not judge(
            ctx, state.number, digest, who, lambda: bool(digest) and ctx.vault.equal(given, digest)
        ):
            raise Invalid("wrong_access_code", "X-Access-Code is not the code of this case.")
    due_at = state.steps[case.definition.root.id].due_at
    return Receipt(
        parse_instant(state.opened_at),
        parse_instant(due_at) if due_at else None,
        code,
        _received(case),
        tuple(requirement.name for requirement in missing(state, case.definition)),
        tuple(outside_of(ctx, state.region, case.definition, case.revisions, state)),
        is_gratis(state, case.definition),
    )


def registration(ctx: Context, case: Sight) -> Registration:
    """Raises NotNow: there is none before the file is complete."""
    state = case.state
    if state.declared_complete_at is None:
        raise NotNow(
            "not_complete_yet",
            "The proof of registration is given once the file is declared complete.",
        )
    waived: tuple[Name, ...] = ()
    reason = None
    if state.waiver is not None:
        without = state.waiver["requirements"]
        waived = tuple(r.name for r in case.definition.requirements if r.id in without)
        texts = case_texts(ctx, state.region, state.number, "note")
        reason = texts.get(state.waiver["reason"]["text"])
    return Registration(
        parse_instant(state.declared_complete_at),
        parse_instant(state.due_at) if state.due_at else None,
        _received(case),
        waived,
        reason,
        _limit(ctx, case),
    )


def _received(case: Sight) -> tuple[Name, ...]:
    brought = {document["requirement"] for document in case.state.documents}
    return tuple(r.name for r in case.definition.requirements if r.id in brought)
