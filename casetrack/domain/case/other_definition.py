"""What another definition of a service would have meant for a case that was there already.

Only what stands in the case's row is compared. A fact of kind text is sealed: whether it was given is not
known here, and it counts as given where the case's own definition asks for it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from casetrack.domain.case.state import CaseState
from casetrack.domain.clock import Calendar, TimeLimit, deadline
from casetrack.domain.service.definition import FactDefinition, ServiceDefinition, StepDefinition
from casetrack.domain.service.facts import fact_fault
from casetrack.domain.service.tariff import amount_of

DifferenceKind = Literal[
    "fact_missing",
    "fact_refused",
    "fact_not_asked",
    "paper_missing",
    "paper_not_asked",
    "step_new",
    "step_gone",
    "step_elsewhere",
    "step_by_other_right",
    "step_order",
    "due_earlier",
    "due_later",
    "bill_other",
    "product_new",
    "product_gone",
]


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference: its kind, what it is about, and how it was and would be."""

    kind: DifferenceKind
    about: str
    was: str = ""
    would_be: str = ""


def differences(
    state: CaseState, old: ServiceDefinition, new: ServiceDefinition, calendar: Calendar
) -> Iterator[Difference]:
    """Everything that `new` would have asked, done or promised otherwise than `old` did."""
    yield from _facts(state, old, new)
    yield from _papers(state, old, new)
    yield from _steps(state, old, new)
    yield from _due(state, new, calendar)
    yield from _bills(state, old, new)
    yield from _products(state, old, new)


def _facts(
    state: CaseState, old: ServiceDefinition, new: ServiceDefinition
) -> Iterator[Difference]:
    before = {fact.id: fact for fact in old.facts}
    asked = {fact.id for fact in new.facts}
    for fact in new.facts:
        if fact.id in state.facts and fact.type != "text":
            fault = fact_fault(fact, state.facts[fact.id])
            if fault:
                yield Difference("fact_refused", fact.id, str(state.facts[fact.id]), fault)
        elif fact.required and not _sealed(fact, before):
            yield Difference("fact_missing", fact.id)
    for name in (*state.facts, *(f.id for f in old.facts if f.type == "text")):
        if name not in asked:
            yield Difference("fact_not_asked", name)


def _sealed(fact: FactDefinition, before: dict[str, FactDefinition]) -> bool:
    own = before.get(fact.id)
    return fact.type == "text" and own is not None and own.type == "text" and own.required


def _papers(
    state: CaseState, old: ServiceDefinition, new: ServiceDefinition
) -> Iterator[Difference]:
    there = {document["requirement"] for document in state.documents}
    known = {each.id for each in old.requirements}
    asked = {each.id for each in new.requirements}
    for each in new.requirements:
        # What the case's own definition asked for as well is no difference, whether it came or not.
        own = next((o for o in old.requirements if o.id == each.id), None)
        was_needed = own is not None and own.needed(state.facts)
        if each.needed(state.facts) and not was_needed and each.id not in there:
            yield Difference("paper_missing", each.id)
    for name in sorted(there & known - asked):
        yield Difference("paper_not_asked", name)


def _active(state: CaseState, definition: ServiceDefinition) -> dict[str, StepDefinition]:
    return {
        step.id: step
        for step in definition.steps
        if step.when is None or step.when.holds(state.facts)
    }


def _steps(
    state: CaseState, old: ServiceDefinition, new: ServiceDefinition
) -> Iterator[Difference]:
    before, after = _active(state, old), _active(state, new)
    for name, step in after.items():
        own = before.get(name)
        if own is None:
            yield Difference("step_new", name, "", step.agency)
            continue
        if own.agency != step.agency:
            yield Difference("step_elsewhere", name, own.agency, step.agency)
        if own.authority != step.authority:
            yield Difference(
                "step_by_other_right", name, own.authority or "role", step.authority or "role"
            )
        if _order(own, before) != _order(step, after):
            yield Difference(
                "step_order", name, ", ".join(own.after) or "-", ", ".join(step.after) or "-"
            )
    for name in before.keys() - after.keys():
        yield Difference("step_gone", name, before[name].agency)


def _order(step: StepDefinition, steps: dict[str, StepDefinition]) -> set[str]:
    return set(step.after) & steps.keys()


def _due(state: CaseState, new: ServiceDefinition, calendar: Calendar) -> Iterator[Difference]:
    """By the days on which the case's clock ran. An extended case keeps what its extension gave."""
    if state.clock is None or state.due_at is None or state.limit is None or state.extended_by:
        return
    if new.limit is None or new.limit == TimeLimit.from_dict(state.limit):
        return
    start, pauses = state.clock.times()
    was = deadline(start, TimeLimit.from_dict(state.limit), pauses, calendar)
    would = deadline(start, new.limit, pauses, calendar)
    if was != would:
        limits = _limit(TimeLimit.from_dict(state.limit)), _limit(new.limit)
        yield Difference("due_earlier" if would < was else "due_later", "limit", *limits)


def _limit(limit: TimeLimit) -> str:
    return f"{limit.value} {limit.unit}"


def _bills(
    state: CaseState, old: ServiceDefinition, new: ServiceDefinition
) -> Iterator[Difference]:
    before, after = _amounts(state, old), _amounts(state, new)
    for name in sorted(before.keys() | after.keys()):
        was, would = before.get(name, "-"), after.get(name, "-")
        if was != would:
            yield Difference("bill_other", name, was, would)


def _amounts(state: CaseState, definition: ServiceDefinition) -> dict[str, str]:
    """What each pay step with a formula comes to with the case's facts."""
    found = {}
    for step in _active(state, definition).values():
        if step.bill is None or step.bill.formula is None:
            continue
        try:
            found[step.id] = str(amount_of(step.bill.formula, state.facts))
        except ValueError as error:
            found[step.id] = f"({error})"
    return found


def _products(
    state: CaseState, old: ServiceDefinition, new: ServiceDefinition
) -> Iterator[Difference]:
    """What would be drawn up once it is granted; letters of refusal are not compared."""
    before, after = _drawn(state, old), _drawn(state, new)
    for name in sorted(after - before):
        yield Difference("product_new", name)
    for name in sorted(before - after):
        yield Difference("product_gone", name)


def _drawn(state: CaseState, definition: ServiceDefinition) -> set[str]:
    return {
        product.id
        for product in definition.products
        if product.kind != "refusal" and (product.when is None or product.when.holds(state.facts))
    }
