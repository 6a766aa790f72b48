"""What letters of an objection or an appeal say of the decision reviewed, and of who decides."""

from dataclasses import replace
from datetime import date

from casetrack.domain.authority.register import Register
from casetrack.domain.case.authorising import ReviewQuestion
from casetrack.domain.case.state import CaseState, Document
from casetrack.domain.events import parse_instant
from casetrack.domain.service.day_words import day_in_words
from casetrack.domain.service.definition import ServiceDefinition
from casetrack.domain.service.product_words import OF_REVIEWS, UNWRITTEN
from casetrack.domain.service.text_form import Filling
from casetrack.storage.case import queries
from casetrack.usecases.case.register_slice import register_for
from casetrack.usecases.case.visible_case import Sight
from casetrack.usecases.context import Context

#: In place of the day on which a decision reached the party.
NOT_RECORDED = "hari yang tidak tercatat"
#: What became of a paper by the decision, before its name.
_BECAME = {"annulled": "Pembatalan ", "revoked": "Pencabutan "}
_CORRECTED = "Perbaikan "


def review_words(ctx: Context, case: Sight, officer: str) -> dict[str, Filling]:
    """What fills the places of `OF_REVIEWS`; nothing for a case of another kind.

    `officer` is who draws the letter up. A case that does not say yet which decision it is about cannot
    be decided; its places are left unwritten.
    """
    reviews, review = case.definition.reviews, case.state.review
    if reviews is None:
        return {}
    if review is None:
        return dict.fromkeys(OF_REVIEWS, UNWRITTEN)
    calendar = ctx.region(case.state.region, case.revisions.files)[1]
    decided, deemed = review["decided"], case.state.deemed
    when = calendar.local_date(parse_instant(decided["at"])) if decided else None
    reached = _day(review["reached"])
    position, decider = _positions(ctx, case, review, when, officer)
    return {
        **_first_case(ctx, case.state.region, review),
        "review_decided_on": day_in_words(when) if when else None,
        "review_position": position,
        "review_reached": (reached or NOT_RECORDED) if decided else None,
        "review_lodged": _day(review["lodged"]),
        "review_until": _day(review["until"]),
        "review_basis": review["basis"],
        "review_decider": decider,
        "review_decided_by": reviews.decided_by,
        "review_by_law": deemed["article"] if deemed else None,
    }


def _day(text: str | None) -> str | None:
    return day_in_words(date.fromisoformat(text)) if text else None


def _first_case(ctx: Context, region: str, review: Document) -> dict[str, Filling]:
    """The case that it is about, its service, and the paper of what was decided there."""
    number = str(review["number"])
    with ctx.database.read() as connection:
        row = queries.case(connection, region, number)
    if row is None:
        return {"review_number": number, "review_service": review["service"]}
    definition = ctx.definition(region, row.state.service, row.state.service_version)
    return {
        "review_number": number,
        "review_service": definition.name.id,
        "review_decision": _paper(row.state, definition, review["decided"]),
    }


def _paper(state: CaseState, definition: ServiceDefinition, decided: Document | None) -> str | None:
    """Name and number of what the decision issued, or of what it did something to; None: nothing that
    has a number."""
    if decided is None:
        return None
    numbered = [each for each in state.products if each["number"] and each["state"] != "voided"]
    found = [each for each in numbered if decided["version"] in _versions(each)]
    for product in (found or numbered)[-1:]:
        name = definition.product_of(product["product"]).name.id
        return f"{_became(product, decided['version'])}{name} Nomor {product['number']}"
    return None


def _versions(product: Document) -> list[int]:
    """The events by which it was signed, granted by law, corrected and ended."""
    one = [product[name] for name in ("ended", "by_law") if product.get(name)]
    return [mark["version"] for mark in (*product["signatures"], *_corrections(product), *one)]


def _became(product: Document, version: int) -> str:
    ended = product["ended"]
    if ended and ended["version"] == version:
        return _BECAME.get(ended["status"], "")
    return _CORRECTED if version in [each["version"] for each in _corrections(product)] else ""


def _corrections(product: Document) -> list[Document]:
    return [*product.get("corrections", ())]


def _positions(
    ctx: Context, case: Sight, review: Document, decided_on: date | None, officer: str
) -> tuple[str | None, str | None]:
    """What the position that made the decision was called on its day, and what that is called which
    decides today; None: not known, or any that holds the power."""
    asked = [officer, *review["deciders"]]
    register = register_for(ctx, case.state, case.definition, asked, case.revisions)
    now = ctx.database.now()
    plain = ctx.setting(case.definition, case.state.region, case.revisions.files, now)
    today = plain.calendar.local_date(now)
    before, decides = review["position"], None
    if review["action"] is not None:
        setting = replace(plain, register=register)
        decides = ReviewQuestion(case.state, setting, review, now).seat
    return _called(register, before, decided_on or today), _called(register, decides, today)


def _called(register: Register, position: str | None, day: date) -> str | None:
    """Its name; an id is no name."""
    if position is None or register.post(position) is None:
        return None
    return register.name_of(position, day).id
