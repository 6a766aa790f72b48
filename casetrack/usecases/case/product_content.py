"""A product's content as structured data: what is printed, whoever prints it."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from casetrack.domain.authority.signature_block import (
    Profile,
    signature_block,
    signs_as_head,
)
from casetrack.domain.case.electronic_signatures import Bears, BlockForm, bears, block_forms
from casetrack.domain.case.printed_product import PrintedSignature, ProductContent
from casetrack.domain.case.products import find_product
from casetrack.domain.case.state import Document
from casetrack.domain.case.transitions import VALID_PRODUCT
from casetrack.domain.case.waiting_products import is_suspended
from casetrack.domain.events import Event, parse_instant
from casetrack.domain.service.day_words import day_in_words
from casetrack.domain.service.product_words import Written, paragraphs, with_late_words
from casetrack.storage.case import case_events
from casetrack.usecases.case import case_texts
from casetrack.usecases.case.visible_case import Sight
from casetrack.usecases.context import Context


def product_content(
    ctx: Context,
    sight: Sight,
    product: str,
    found: Document | None = None,
    bearing: Bears | None = None,
) -> ProductContent | None:
    """The content of a product of the case; None once the person is erased. Raises NotFound.

    `found` is the product as it will be, and `bearing` what it will bear, where that is wanted.

    Who calls it has asked whether the reader may, and has written down the look.
    """
    state, definition, region = sight.state, sight.definition, sight.region
    found = found or find_product(state, product)
    texts = case_texts.case_texts(ctx, state.region, state.number, "product", "signer")
    sealed = texts.get(found["draft"]["text"])
    if sealed is None:
        return None
    kept = json.loads(sealed)
    defined = definition.product_of(found["product"])
    office = region.agencies[definition.front_office]
    corrected_on, ended_on = _corrected_and_ended(ctx, sight, found)
    text = with_late_words(kept["text"], _late_words(found))
    over = found["state"] not in VALID_PRODUCT or is_suspended(found)
    said = bearing or bears(found, reprinted=over)
    return ProductContent(
        id=found["id"],
        kind=found["kind"],
        state="suspended" if is_suspended(found) else found["state"],
        name=defined.name,
        number=found["number"],
        dated=_day(found["dated"]),
        valid_until=_day(found["valid_until"]),
        region=region.region.name,
        office=office.name,
        case_number=state.number,
        paragraphs=tuple(paragraphs(text)),
        written=Written.from_dict(kept),
        signatures=tuple(_signatures(ctx, sight, found, texts, said)),
        edition=found["draft"]["edition"],
        counter=office.office,
        copies=defined.copies,
        draft=found["draft"]["hmac"],
        changed_at=_changed_at(found),
        corrected_on=corrected_on,
        ended_on=ended_on,
        bears=said,
        corrections=len(found.get("corrections", ())),
    )


def _changed_at(product: Document) -> datetime:
    """The moment of the newest event that changed what is printed; endorsements are not printed."""
    ended = product["ended"]
    order = [product["suspended"]] if is_suspended(product) else []
    marks = [*product["signatures"], *product.get("corrections", ()), *order]
    marks += [ended] if ended else []
    moments = [product["draft"]["at"], product["issued_at"], *(mark["at"] for mark in marks)]
    return max(parse_instant(moment) for moment in moments if moment)


def _corrected_and_ended(
    ctx: Context, sight: Sight, product: Document
) -> tuple[date | None, date | None]:
    calendar = ctx.region(sight.state.region, sight.revisions.files)[1]
    corrections, ended = product.get("corrections", ()), product["ended"]
    over = ended if ended and ended["status"] in ("annulled", "revoked") else None
    over = product["suspended"] if is_suspended(product) else over
    days = (mark and calendar.local_date(parse_instant(mark["at"]))
            for mark in (corrections[-1] if corrections else None, over))  # fmt: skip
    corrected_on, ended_on = days
    return corrected_on, ended_on


def _late_words(product: Document) -> dict[str, str | None]:
    dated, until = _day(product["dated"]), _day(product["valid_until"])
    return {
        "number": product["number"],
        "dated": day_in_words(dated) if dated else None,
        "valid_until": day_in_words(until) if until else None,
    }


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _signatures(
    ctx: Context, sight: Sight, product: Document, texts: Mapping[str, str], said: Bears | None
) -> list[PrintedSignature]:
    marks = [*product["signatures"], *product.get("corrections", ())]
    events = _events(ctx, sight, [mark["version"] for mark in marks])
    return [
        _signature(sight, mark, events[mark["version"]], texts, form)
        for mark, form in zip(marks, block_forms(product, said), strict=True)
    ]


def _signature(
    sight: Sight, mark: Document, event: Event, texts: Mapping[str, str], form: BlockForm | None
) -> PrintedSignature:
    """By the passport of the event and the copy of the officer's profile that the signature brought."""
    authority = event.data["authority"]
    passport = authority.get("passport")
    profile = Profile.from_dict(json.loads(texts[mark["signer"]["text"]]))
    if passport is not None:
        head = signs_as_head(passport, sight.region.region.head)
        block = signature_block(passport["signature"], profile, head_of_region=head)
    else:
        agency = event.data.get("agency", sight.definition.front_office)
        block = signature_block([sight.region.agencies[agency].name.id], profile)
    return PrintedSignature(
        block,
        mark["at"],
        mark["version"],
        mark["officer"],
        authority["scheme"],
        mark.get("step"),
        form,
    )


def _events(ctx: Context, sight: Sight, versions: Sequence[int]) -> dict[int, Event]:
    state = sight.state
    with ctx.database.read() as connection:
        bodies = case_events.of_versions(connection, state.region, state.number, versions)
    events = map(Event.from_body, bodies)
    return {event.version: event for event in events}
