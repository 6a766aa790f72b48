"""What in a service rests on a fact: steps, bills, products."""

from collections.abc import Collection, Mapping
from typing import Any

from casetrack.domain.case.bills import is_free
from casetrack.domain.service.definition import (
    ProductDefinition,
    ServiceDefinition,
    StepDefinition,
)
from casetrack.domain.service.product_words import fact_place, old_places
from casetrack.domain.service.tariff import asked_facts
from casetrack.domain.service.text_form import places


def prints(
    product: ProductDefinition, definition: ServiceDefinition, facts: Collection[str]
) -> bool:
    """Whether the product's text prints one of these facts, or whether there is one rests on it."""
    asked = product.when is not None and product.when.fact in facts
    before = old_places(product, definition)
    printed = {before.get(place, place) for place in places(product.text)}
    return asked or any(fact_place(fact) in printed for fact in facts)


def amount_rests_on(
    step: StepDefinition, definition: ServiceDefinition, facts: Collection[str]
) -> bool:
    """Whether what is to be paid at the step rests on one of these facts: by the formula, or, where an
    officer or another system says the amount, on any that is no text."""
    if step.bill is None:
        return False
    if step.bill.formula is not None:
        return not asked_facts(step.bill.formula).isdisjoint(facts)
    return any(fact.type != "text" for fact in definition.facts if fact.id in facts)


def resting_steps(definition: ServiceDefinition, facts: Collection[str]) -> list[StepDefinition]:
    """The steps that rest on one of these facts: by their condition, their bill, or the product that they
    draw up; where none does, those that decide."""
    drawn = {
        product.drafted_at for product in definition.products if prints(product, definition, facts)
    }
    deciding = [step for step in definition.steps if step.kind == "decide"]
    # Unless it is said, a product is drawn up by the first step that decides.
    drafting = {deciding[0].id if each is None and deciding else each for each in drawn}
    found = [
        step
        for step in definition.steps
        if (step.when is not None and step.when.fact in facts)
        or amount_rests_on(step, definition, facts)
        or step.id in drafting
    ]
    return found or deciding or [definition.root]


def is_left_out(step: StepDefinition, facts: Mapping[str, Any]) -> bool:
    """Whether the step is no part of a case with these facts."""
    return (step.when is not None and not step.when.holds(facts)) or is_free(step, facts)
