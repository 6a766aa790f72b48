"""What is wrong with an act about a product whatever the case has come to: what its words lack."""

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from casetrack.domain.case.commands import Act, ProductChange, missing
from casetrack.domain.case.product_details import ProductDrafting, ProductNamed, Refusal
from casetrack.domain.case.products import corrected_by, find_product
from casetrack.domain.case.state import CaseState, Document
from casetrack.domain.case.steps import Setting
from casetrack.domain.case.transitions import PRODUCT_ACTIONS
from casetrack.domain.errors import Invalid, NotFound, NotNow
from casetrack.domain.events import parse_instant
from casetrack.domain.service.definition import ProductDefinition, ServiceDefinition
from casetrack.domain.service.product_words import Written

#: Acts that burden who had the product.
_BURDENING = ("annul", "revoke")


def check_product_words(state: CaseState, act: Act, setting: Setting) -> None:
    """Raises Invalid for what the act says of a product, or does not say."""
    definition = setting.definition
    for name in getattr(act.details, "misplaced", ()):
        raise _wrong(name, f"{act.action} takes none")
    if isinstance(act.details, ProductDrafting):
        _check_drafting(act.details, definition)
    elif isinstance(act.details, Refusal):
        refusal = next((each for each in definition.products if each.kind == "refusal"), None)
        if act.action != "refuse" or refusal is None:
            raise _wrong("written", "only where a step refuses and the service has such a letter")
        _check_written(refusal, act.details.written)
    elif isinstance(act.details, ProductChange) and definition.products:
        _check_places(_written_in(state, act, definition), act.details.written)
        _check_change(act, act.details, setting)
    elif act.action in PRODUCT_ACTIONS and not definition.products:
        raise _wrong("action", "the service draws up no products")
    elif isinstance(act.details, ProductNamed) and act.action == "issue":
        _check_issue(find_product(state, act.details.product), act.details, setting)


def _check_issue(product: Document, said: ProductNamed, setting: Setting) -> None:
    """Raises Invalid for a number or day that the product does not take, or that it lacks."""
    defined = setting.definition.product_of(product["product"])
    today = setting.calendar.local_date(setting.now)
    dated = said.dated or today
    if (said.number is not None) != (defined.numbered == "outside"):
        raise _wrong("number", "given where the number comes from outside, and only there")
    given = defined.validity is not None and defined.validity.unit == "given"
    if (said.valid_until is not None) != given or (said.valid_until or dated) < dated:
        raise _wrong("valid_until", "a day from then on, where the service leaves it to you")
    signed = [parse_instant(each["at"]) for each in product["signatures"][-1:]]
    if dated > today or any(dated < setting.calendar.local_date(at) for at in signed):
        raise _wrong("dated", "the day lies between the last signature and today")


def _check_drafting(said: ProductDrafting, definition: ServiceDefinition) -> None:
    known = {each.id: each for each in definition.products}
    if said.product not in known:
        raise _wrong("product", "unknown product")
    _check_written(known[said.product], said.written)


def _written_in(
    state: CaseState, act: Act, definition: ServiceDefinition
) -> ProductDefinition | None:
    """The product whose text the act writes in; which one it is, is said when it is the act's turn."""
    try:
        return definition.product_of(corrected_by(state, act)["product"])
    except (NotFound, NotNow):
        return None


def _check_written(product: ProductDefinition, written: Written) -> None:
    _check_places(product, written)
    if product.kind != "refusal" and (written.grounds or written.relied_on):
        raise _wrong("grounds", "only a refusal has them")


def _check_places(product: ProductDefinition | None, written: Written) -> None:
    places = [each.id for each in product.written] if product else list(written.values)
    faults = [
        {"at": f"values.{name}", "message": "is no place that the office writes"}
        for name in written.values
        if name not in places
    ]
    if faults:
        raise Invalid("invalid_body", f"{faults[0]['at']}: {faults[0]['message']}.", errors=faults)


def _check_change(act: Act, said: ProductChange, setting: Setting) -> None:
    """What burdens says why, by which rule and on what, and that who is burdened was heard."""
    if act.action not in _BURDENING or said.by == "court":
        return
    for field, there in _needed(said):
        if not there:
            raise missing(field, "nobody is burdened without it")
    today = setting.calendar.local_date(setting.now)
    days = [said.hearing.notified_on, said.hearing.heard_on] if said.hearing else []
    if any(day is not None and day > today for day in days):
        raise _wrong("hearing", "the day is to come")
    if days and days[1] is not None and days[0] is None:
        raise _wrong(
            "hearing", "say on which day they were notified, who is heard is notified first"
        )
    if len(told := [day for day in days if day is not None]) == 2 and told[1] < told[0]:
        raise _wrong("hearing", "nobody is heard before they were notified")


def _needed(said: ProductChange) -> Iterator[tuple[str, Any]]:
    yield "grounds", said.written.grounds
    yield "relied_on", said.written.relied_on
    hearing = said.hearing
    heard = hearing is not None and any(getattr(hearing, each.name) for each in fields(hearing))
    yield "hearing", heard


def _wrong(field: str, why: str) -> Invalid:
    return Invalid("invalid_body", f"{field}: {why}.", errors=[{"at": field, "message": why}])
