"""One product as somebody reads it: its text for who reads persons in full, or decides."""

from typing import Any

from casetrack.domain.access import Actor
from casetrack.domain.case.printed_product import ProductContent
from casetrack.domain.case.products import find_product
from casetrack.domain.case.transitions import VALID_PRODUCT
from casetrack.domain.case.waiting_products import is_suspended
from casetrack.domain.errors import Forbidden, NotNow
from casetrack.domain.people.readers import shown_to
from casetrack.storage.people import signing_rows
from casetrack.usecases.case import signed_files
from casetrack.usecases.case.listed_products import last_try_view
from casetrack.usecases.case.product_content import product_content
from casetrack.usecases.case.product_summary import product_view
from casetrack.usecases.case.told_grounds import grounds_of
from casetrack.usecases.case.visible_case import Sight
from casetrack.usecases.context import Answer, Context
from casetrack.usecases.people import readings

#: Steps whose officers read the text of a draft: they prepare it, endorse, decide, sign, issue.
_DECIDING = ("endorse", "decide", "sign", "issue")


def read_product(ctx: Context, actor: Actor, sight: Sight, product: str) -> Answer:
    """One product with its text, for who reads persons in full or decides. The look is recorded first.

    Raises NotFound.
    """
    found = find_product(sight.state, product)
    view = {
        **product_view(found, sight.definition),
        "content": None,
        "because": None,
        "last_try": None,
    }
    if found.get("signing"):
        view["last_try"] = _last_try(ctx, sight, product)
    if _reads_text(actor, sight):
        readings.record_look(ctx, actor, sight.state.number)
        content = product_content(ctx, sight, product)
        view["content"] = content.as_dict() if content else None
        because = grounds_of(ctx, sight.state, found)
        view["because"] = because.as_dict() if because else None
    return Answer(view, sight.etag)


def _last_try(ctx: Context, sight: Sight, product: str) -> dict[str, Any] | None:
    """When the begun signature was last tried, and why it was not made."""
    with ctx.database.read() as connection:
        found = signing_rows.of_products(connection, sight.state.region, [product]).get(product)
    return last_try_view(found)


def printed_product(ctx: Context, actor: Actor, sight: Sight, product: str) -> ProductContent:
    """What its paper says, for who reads its text. Each print is recorded as a look, before it is made.

    Raises NotFound, Forbidden, and NotNow once the person is erased.
    """
    find_product(sight.state, product)
    check_reads_text(actor, sight)
    readings.record(ctx, actor, "print", [sight.state.number])
    content = product_content(ctx, sight, product)
    if content is None:
        raise NotNow("subject_erased", "Their data were erased, and the text with them.")
    return content


def check_reads_text(actor: Actor, sight: Sight) -> None:
    """Raises Forbidden: the actor does not read what stands on the products of the case."""
    if not _reads_text(actor, sight):
        raise Forbidden(
            "text_not_shown",
            "The text of a product is for who reads persons in full, or decides in this case.",
        )


def signed_product(ctx: Context, sight: Sight, product: str) -> bytes | None:
    """Its file as it was signed, while it is valid; None where it has none. Who calls has asked
    `printed_product`. What is over or suspended is printed anew, so that it says so.

    Raises Unavailable, NotAsKept.
    """
    found = find_product(sight.state, product)
    counts = found["state"] in VALID_PRODUCT and not is_suspended(found)
    return signed_files.read(ctx, sight.state, found) if counts else None


def _reads_text(actor: Actor, sight: Sight) -> bool:
    if shown_to(actor, sight.definition.front_office) == "full":
        return True
    agencies = {step.agency for step in sight.definition.steps if step.kind in _DECIDING}
    deciding = actor.has_role(("officer", "supervisor", "head")) and actor.agency in agencies
    return deciding or sight.standing().named
