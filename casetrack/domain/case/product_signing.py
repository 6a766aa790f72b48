"""Endorsing and signing drafts: who is next, what must be there, and when a signature is the last."""

from datetime import date
from typing import Any

from casetrack.domain.authority.register import Register
from casetrack.domain.authority.seats import positions_of
from casetrack.domain.case.authority_check import is_guarded
from casetrack.domain.case.commands import Act
from casetrack.domain.case.electronic_signing import (
    begun,
    begun_issue,
    is_electronic,
    issues_itself,
)
from casetrack.domain.case.products import check_letters, check_state, issued, put
from casetrack.domain.case.state import Document
from casetrack.domain.case.steps import Draft, Setting
from casetrack.domain.case.transitions import UNISSUED
from casetrack.domain.case.waiting_products import endorsed_before, next_endorser
from casetrack.domain.errors import NotNow
from casetrack.domain.events import instant, parse_instant
from casetrack.domain.service.definition import (
    ProductDefinition,
    ServiceDefinition,
    StepDefinition,
)


def seats_in(draft: Draft, act: Act, setting: Setting) -> tuple[str, ...]:
    """The positions in which the officer sits: by the register where it judges this service, by their
    account elsewhere."""
    if not asks_seats(setting.definition):
        return act.actor.positions
    day = setting.calendar.local_date(setting.now)
    return positions_of(setting.register or Register(()), act.actor.id, day)


def asks_seats(definition: ServiceDefinition) -> bool:
    """Whether the register knows who sits where in this service."""
    return any(is_guarded(step, definition) for step in definition.steps)


def endorse(draft: Draft, act: Act, setting: Setting, product: Document) -> None:
    """The officer's paraf on the draft, for the position whose turn it is. It confers no authority."""
    defined = setting.definition.product_of(product["product"])
    position = next_endorser(product, defined)
    mark = {
        "position": position,
        "officer": act.actor.id,
        # Who gives it anew is looked for at this agency.
        "agency": act.actor.agency,
        "at": instant(setting.now),
        "hmac": product["draft"]["hmac"],
    }
    kept = [*product["endorsements"], mark]
    put(draft, {**product, "state": "endorsed", "endorsements": kept})


def endorse_at(draft: Draft, step: StepDefinition, act: Act, setting: Setting) -> None:
    """An endorsing step that is completed endorses each draft of which it is the officer's turn."""
    if step.kind != "endorse" or not draft.case.products:
        return
    seats = seats_in(draft, act, setting)
    for product in draft.case.products:
        defined = setting.definition.product_of(product["product"])
        if product["state"] in ("draft", "endorsed") and next_endorser(product, defined) in seats:
            endorse(draft, act, setting, product)


def next_signature(product: Document) -> str | None:
    """The step whose signature is next; None once all are there."""
    done = len(product["signatures"])
    return str(product["signers"][done]) if done < len(product["signers"]) else None


def to_sign(draft: Draft, step: str) -> list[Document]:
    """The products that this step has still to sign, whoever is before it."""
    return [
        product
        for product in draft.case.products
        if product["state"] in UNISSUED
        and step in product["signers"]
        and all(each["step"] != step for each in product["signatures"])
    ]


def sign_at(
    draft: Draft, step: StepDefinition, act: Act, setting: Setting, facts: dict[str, Any]
) -> None:
    """A signing step that is completed signs every draft that it is to sign. Raises NotNow."""
    if step.kind != "sign":
        return
    for product in to_sign(draft, step.id):
        sign(draft, step, act, setting, product, facts)


def sign(
    draft: Draft,
    step: StepDefinition,
    act: Act,
    setting: Setting,
    product: Document,
    facts: dict[str, Any],
) -> None:
    """One signature, which is the step's. By what right is asked of the register afterwards."""
    defined = setting.definition.product_of(product["product"])
    after = check_state(product, "sign")
    _check_turn(product, defined, step)
    check_letters(act, product["draft"], product["id"])
    if act.signer is None:
        raise unnamed_signer()
    mark = {
        "step": step.id,
        "officer": act.actor.id,
        "at": instant(setting.now),
        "version": draft.before.version + 1,
        "hmac": product["draft"]["hmac"],
        "signer": dict(act.signer),
    }
    last = len(product["signatures"]) + 1 == len(product["signers"])
    itself = issues_itself(defined, setting.definition)
    if last and itself and "late" not in facts and is_electronic(setting):
        put(draft, begun(product, mark, _day(setting, facts)))
        return
    product = {**product, "signatures": [*product["signatures"], mark]}
    if last:
        product = {**product, "state": after}
        if itself:
            product = issued(product, defined, setting, _day(setting, facts))
    put(draft, product)


def unnamed_signer() -> NotNow:
    """The refusal of a signature that could not be printed."""
    return NotNow(
        "signer_unnamed",
        "Nobody has entered your name, rank and NIP as they are printed; have that done first.",
    )


def _check_turn(product: Document, defined: ProductDefinition, step: StepDefinition) -> None:
    """Raises NotNow for a draft that is not ready for this signature."""
    waits = next_signature(product)
    if waits != step.id:
        raise NotNow(
            "not_your_turn",
            f"Another signature comes first: that of the step {waits}.",
            step=waits,
        )
    if product["draft"]["missing"]:
        raise NotNow(
            "draft_incomplete",
            "The draft lacks what it must say; draw it up anew with that.",
            missing=product["draft"]["missing"],
        )
    position = next_endorser(product, defined)
    if position is not None:
        raise _unendorsed(position, endorsed_before(product, position))


def _unendorsed(position: str, before: Document | None) -> NotNow:
    """The refusal of a draft that lacks a paraf: whose, and who gave it to the text before."""
    if before is None:
        return NotNow(
            "not_endorsed",
            f"The draft still waits for the endorsement of {position}.",
            position=position,
        )
    return NotNow(
        "not_endorsed",
        f"The draft is a new one and waits again for the endorsement of {position}, given by "
        f"{before['officer']} to the one before.",
        position=position,
        endorsed_before_by=before["officer"],
    )


def _day(setting: Setting, facts: dict[str, Any]) -> date:
    """The day of the act; of one that was done on paper the paper's."""
    late = facts.get("late")
    moment = parse_instant(late["occurred_at"]) if late else setting.now
    return setting.calendar.local_date(moment)


def issue_at(
    draft: Draft, step: StepDefinition, act: Act, setting: Setting, facts: dict[str, Any]
) -> bool:
    """An issuing step that is completed issues what is signed; whether a file is to be signed first.
    Raises NotNow where that takes words."""
    waits = False
    if step.kind != "issue":
        return waits
    for product in draft.case.products:
        if product["state"] not in UNISSUED:
            continue
        check_state(product, "issue")
        defined = setting.definition.product_of(product["product"])
        given = defined.validity is not None and defined.validity.unit == "given"
        if given or (defined.numbered == "outside" and product["number"] is None):
            raise NotNow(
                "issue_apart",
                "This product takes a number or a last day that you say; issue it by itself first.",
                products=[product["id"]],
            )
        day = _day(setting, facts)
        if "late" not in facts and is_electronic(setting):
            put(draft, begun_issue(product, issuing(draft, act, setting, product, step.id), day))
            waits = True
        else:
            put(draft, issued(product, defined, setting, day))
    return waits


def issuing(
    draft: Draft, act: Act, setting: Setting, product: Document, step: str | None = None
) -> Document:
    """Who begins to issue it, when, by which event, and which text."""
    return {
        "step": step,
        "officer": act.actor.id,
        "at": instant(setting.now),
        "version": draft.before.version + 1,
        "hmac": product["draft"]["hmac"],
    }


def to_issue(draft: Draft) -> bool:
    """Whether something is still to be issued."""
    return any(product["state"] in UNISSUED for product in draft.case.products)
