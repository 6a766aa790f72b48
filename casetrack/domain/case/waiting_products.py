"""What a product waits for: a paraf, a signature on text or file, its issuing, its hand-over."""

from typing import Literal

from casetrack.domain.case.state import CaseState, Document
from casetrack.domain.case.transitions import (
    ENDED_PRODUCT,
    ENDED_STEP,
    OPEN_STEP,
    PAUSE_REASONS,
    PRODUCT_STATES,
    UNISSUED,
    VALID_PRODUCT,
    CaseStatus,
)
from casetrack.domain.service.definition import ProductDefinition, ServiceDefinition

_UNSIGNED = ("draft", "endorsed")
#: Of an endorsing step: it can be done, or is over.
_BEGUN = ("ready", "in_progress", *ENDED_STEP)
#: What became of what the applicant has, or could have, in hand; `again`: it is to be collected anew;
#: `carrying_out`: what was granted is to be done yet; `nothing`: nothing is to be collected.
ProductNews = Literal[
    "annulled", "revoked", "expired", "suspended", "again", "carrying_out", "nothing"
]
#: States in which a product that came back, or was made anew, is collected again.
_COLLECTED_AGAIN = ("issued", "corrected")
_COLLECTED = PRODUCT_STATES["hand_over"]
#: In which statuses what came out of a case may still be waited for.
_STANDS: tuple[CaseStatus, ...] = ("granted", "refused", "handed_over")
#: In which statuses drafts come about before the decision stands.
_UNDECIDED: tuple[CaseStatus, ...] = ("in_progress", "returned")


def next_endorser(product: Document, definition: ProductDefinition) -> str | None:
    """The position whose turn it is; None once all have endorsed the draft."""
    done = len(product["endorsements"])
    return definition.endorsed_by[done] if done < len(definition.endorsed_by) else None


def endorsed_before(product: Document, position: str | None) -> Document | None:
    """The paraf that this position gave to the text before the draft that stands; None: it gave none."""
    given = product.get("endorsed_before", ())
    return next((mark for mark in given if mark["position"] == position), None)


def to_endorse(state: CaseState, definition: ServiceDefinition) -> list[Document]:
    """The drafts that wait for a paraf: their endorsing step is open, was done before they were drawn up
    anew, or there is none."""
    if state.status not in (*_UNDECIDED, "granted", "refused"):
        return []
    steps = [step.id for step in definition.steps if step.kind == "endorse"]
    if any(state.steps[name].status not in _BEGUN for name in steps):
        return []
    return [
        each
        for each in state.products
        if each["state"] in _UNSIGNED
        and _is_wanted(state, each)
        and next_endorser(each, definition.product_of(each["product"])) is not None
    ]


def waits_for_file(product: Document) -> bool:
    """Whether a signature was given by right, and its file does not have it yet."""
    waits = (*_UNSIGNED, "signed", "corrected")
    return bool(product.get("signing")) and product["state"] in waits


def unsigned(state: CaseState) -> list[Document]:
    """The products that wait for a signature, whatever step asks for it: of a decided case by right or on
    the file, before the decision on the file alone; by right its open step asks for it."""
    if state.status in _UNDECIDED and state.pause_reason not in PAUSE_REASONS:
        return [each for each in state.products if waits_for_file(each)]
    if state.status not in _STANDS:
        return []
    return [
        each
        for each in state.products
        if _is_wanted(state, each) and (each["state"] in _UNSIGNED or waits_for_file(each))
    ]


def is_unissued(state: CaseState) -> bool:
    """Whether something that came out of a decided case is not issued yet, so nothing goes out."""
    return state.status in _STANDS and any(
        each["state"] in UNISSUED and _is_wanted(state, each) for each in state.products
    )


def _is_wanted(state: CaseState, product: Document) -> bool:
    """Of a refused case only the letter is: what it would have granted comes to nothing."""
    return state.status != "refused" or product["kind"] == "refusal"


def signing_step(product: Document) -> str | None:
    """The step whose signature it waits for; a correction is of whoever may give the last one."""
    begun, signers = product.get("signing"), product["signers"]
    if begun is not None:
        last = signers[-1] if signers else None
        return begun.get("step") or last
    done = len(product["signatures"])
    return signers[done] if done < len(signers) else None


def all_ended(state: CaseState) -> bool:
    """Whether products came out of the case, and none of them counts any more."""
    drawn = _drawn(state)
    return bool(drawn) and all(each["state"] in ENDED_PRODUCT for each in drawn)


def is_suspended(product: Document) -> bool:
    """Whether an order keeps a product from counting that else would."""
    return "suspended" in product and product["state"] in VALID_PRODUCT


def _drawn(state: CaseState) -> list[Document]:
    return [each for each in state.products if each["state"] != "voided"]


def given_again(state: CaseState) -> list[Document]:
    """What came back after the hand-over, or was made anew since, and waits to be handed over again."""
    if state.status != "handed_over":
        return []
    return [
        each
        for each in state.products
        if "wanted_back" in each and each["state"] in _COLLECTED_AGAIN and not is_suspended(each)
    ]


def product_news(state: CaseState, definition: ServiceDefinition) -> ProductNews | None:
    """What of the products of a decided case its status does not tell the applicant; None: nothing."""
    if state.status not in ("granted", "handed_over") or state.outcome == "refused":
        return None
    if all_ended(state):
        ended: ProductNews = _drawn(state)[-1]["state"]
        return ended
    if any(map(is_suspended, state.products)):
        return "suspended"
    waits = given_again(state)
    if waits and not all(map(waits_for_file, waits)):
        return "again"
    return _not_collected(state, definition) if definition.reviews is not None else None


def _not_collected(state: CaseState, definition: ServiceDefinition) -> ProductNews | None:
    """Why nothing of a granted objection or appeal is to be collected; None: something is."""
    if state.status != "granted" or any(each["state"] in _COLLECTED for each in state.products):
        return None
    states = {step.kind: state.steps[step.id].status for step in definition.steps}
    if states.get("record") in ("waiting", *OPEN_STEP):
        return "carrying_out"
    is_out = any(each["state"] == "handed_over" for each in state.products)
    return "nothing" if is_out or states.get("hand_over") == "cancelled" else None
