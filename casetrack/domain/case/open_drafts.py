"""A draft until its last signature: what was given to it, and how that counts no more."""

from typing import Any

from casetrack.domain.case.state import CaseState, Document
from casetrack.domain.case.steps import Draft, Setting, end
from casetrack.domain.service.definition import ServiceDefinition

#: Statuses of a signing step that waits again once a signature on its draft is void.
_SIGNING = ("ready", "in_progress", "paused", "completed")


def is_open(product: Document) -> bool:
    """Whether it is a draft that may still become another: until its last signature is there."""
    return product["state"] in ("draft", "endorsed")


def bears_signature(product: Document) -> bool:
    """Whether somebody has signed the draft, or begun to."""
    return is_open(product) and bool(product["signatures"] or product.get("signing"))


def signed_through(draft: Draft, definition: ServiceDefinition) -> list[str] | None:
    """The products that have all their signatures; empty where a step signed and nothing was drawn up;
    None while all that was signed can still be drawn up anew."""
    signed = [
        each["id"]
        for each in draft.case.products
        if each["state"] != "voided" and not is_open(each)
    ]
    again = {step for each in draft.case.products if is_open(each) for step in each["signers"]}
    for_good = any(
        step.kind == "sign" and draft.steps[step.id].status == "completed" and step.id not in again
        for step in definition.steps
    )
    return signed if signed or for_good else None


def without_signatures(product: Document) -> Document:
    """The product as nobody has signed it; what was begun is given up. It keeps who had signed by which
    event: the passport stays there."""
    kept = {name: value for name, value in product.items() if name != "signing"}
    void = [*product["signatures"], *filter(None, [product.get("signing")])]
    if not void:
        return kept
    named = ("step", "officer", "at", "version")
    given = {mark["step"]: mark for mark in product.get("signed_before", ())}
    given |= {mark["step"]: {name: mark[name] for name in named} for mark in void}
    return {**kept, "signatures": [], "signed_before": list(given.values())}


def sign_again(draft: Draft, product: Document, setting: Setting) -> None:
    """The signing steps of a draft that was signed wait again, and those that come after them."""
    if not bears_signature(product):
        return
    for name in product["signers"]:
        step = setting.definition.step(name)
        if step.kind == "sign" and draft.steps[name].status in _SIGNING:
            end(draft, name, "waiting", setting)


def changed(before: CaseState, after: CaseState) -> list[dict[str, Any]]:
    """What became of which product, as an event tells it."""
    old = {each["id"]: each for each in before.products}
    named = ("id", "product", "kind", "state", "number")
    return [
        {name: each[name] for name in named} | _voided(old.get(each["id"]), each)
        for each in after.products
        if old.get(each["id"]) != each
    ]


def _voided(before: Document | None, after: Document) -> dict[str, Any]:
    """Which parafs and signatures on the draft before count no more, where there are some."""
    if before is None or not (is_open(before) and is_open(after)):
        return {}
    kept = [(mark["officer"], mark["at"]) for mark in _marks(after)]
    void = [mark for mark in _marks(before) if (mark["officer"], mark["at"]) not in kept]
    named = ("position", "step", "officer", "at", "version")
    told = [{name: mark[name] for name in named if name in mark} for mark in void]
    return {"void": told} if told else {}


def _marks(product: Document) -> list[Document]:
    begun = filter(None, [product.get("signing")])
    return [*product["endorsements"], *product["signatures"], *begun]
