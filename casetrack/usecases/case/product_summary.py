"""How far each product of a case is, without a word about a person: one shape for every answer."""

from typing import Any

from casetrack.domain.case.electronic_signatures import bears, certificate_of
from casetrack.domain.case.product_signing import next_signature
from casetrack.domain.case.signature_words import in_words
from casetrack.domain.case.state import CaseState, Document
from casetrack.domain.case.waiting_products import next_endorser, waits_for_file
from casetrack.domain.service.definition import ServiceDefinition


def product_views(state: CaseState, definition: ServiceDefinition) -> list[dict[str, Any]]:
    """All products of the case, without a word about a person."""
    return [product_view(each, definition) for each in state.products]


def product_view(product: Document, definition: ServiceDefinition) -> dict[str, Any]:
    """One product."""
    defined = definition.product_of(product["product"])
    draft, is_open = product["draft"], product["state"] in ("draft", "endorsed")
    plain = (
        *("id", "product", "kind", "state", "number", "dated", "valid_until"),
        *("issued_at", "hand_over_due", "handed_over_at"),
    )
    return {
        **{name: product[name] for name in plain},
        "name": defined.name.as_dict(),
        "draft": {
            "hash": draft["hmac"],
            **{name: draft[name] for name in ("edition", "by", "at", "missing")},
            # A draft of before papers were set says nothing of it.
            "press": draft.get("press"),
            "as_codes": draft.get("as_codes", 0),
        },
        "endorsements": [
            {name: each[name] for name in ("position", "officer", "at")}
            for each in product["endorsements"]
        ],
        "next_endorser": next_endorser(product, defined) if is_open else None,
        "endorsed_before": [
            {name: each[name] for name in ("position", "officer", "at")}
            for each in (product.get("endorsed_before", ()) if is_open else ())
        ],
        "signatures": [_signed(each) for each in product["signatures"]],
        "signed_before": [_signed(each) for each in product.get("signed_before", ())],
        "next_signature": next_signature(product) if is_open else None,
        "corrections": [_signed(each) for each in product.get("corrections", ())],
        "ended": _ended(product),
        "suspended": _suspended(product),
        "signature": _electronic(product),
        "bears": _bears(product),
        "wanted_back": [dict(each) for each in product.get("wanted_back", ())],
    }


def _bears(product: Document) -> dict[str, Any] | None:
    """Which kind of signature it bears, in the words of its paper; None while it is not issued."""
    said = bears(product)
    if said is None:
        return None
    return {"kind": said.form, "level": said.level, "label": in_words(said).as_dict()}


def _electronic(product: Document) -> dict[str, Any] | None:
    """How its file is signed: begun and by whom, or by which kind of certificate; None: not at all."""
    begun, file = product.get("signing"), product.get("file")
    if file is not None:
        said = {"certificate": certificate_of(file), "level": file["level"]}
        return {"state": "signed", "begun": None, **said}
    if begun is not None and waits_for_file(product):
        return {"state": "begun", "begun": _signed(begun), "certificate": None, "level": None}
    return None


def _signed(mark: Document) -> dict[str, Any]:
    return {
        "step": mark.get("step"),
        "officer": mark["officer"],
        "at": mark["at"],
        "version": mark["version"],
    }


def _suspended(product: Document) -> dict[str, Any] | None:
    """By whose order it does not count; None where it is not suspended."""
    order = product.get("suspended")
    named = ("at", "by", "ground", "instrument", "article", "officer", "version")
    return {name: order.get(name) for name in named} if order else None


def _ended(product: Document) -> dict[str, Any] | None:
    ended = product["ended"]
    if product["state"] == "expired" and (ended or {}).get("status") != "expired":
        # Of one that expired before this was written down no day is known; a correction ended nothing.
        ended = {"status": "expired", "late": False}
    if ended is None:
        return None
    named = ("status", "at", "late", "ground", "by", "instrument", "found_on", "article", "hearing")
    return {name: ended.get(name) for name in named}
