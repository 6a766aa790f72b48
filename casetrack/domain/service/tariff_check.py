"""What can be wrong with the bill of a pay step: its tariff against the facts, its place in the order."""

from collections.abc import Iterator, Mapping
from itertools import pairwise

from casetrack.domain.service.definition import (
    MAX_INTEGER,
    FactDefinition,
    Fault,
    Kind,
    ServiceDefinition,
    StepDefinition,
)
from casetrack.domain.service.tariff import (
    HOLDS,
    ROUNDINGS,
    Band,
    Choice,
    Factor,
    Holds,
    Part,
    Tariff,
)

_Facts = Mapping[str, FactDefinition]
#: What each kind of step is in the words of `holds`, and in which order they come.
_HELD: Mapping[Holds, tuple[Kind, ...]] = {
    "decision": ("decide",),
    "signature": ("sign", "issue"),
    "hand_over": ("hand_over",),
}


def bill_faults(definition: ServiceDefinition, step: StepDefinition) -> Iterator[Fault]:
    """Key (of the step), message, cure."""
    rule = step.bill
    if rule is None:
        return
    if step.kind != "pay":
        yield "bill", "only a pay step has a bill", "make it kind pay, or take the bill out"
    if not rule.basis.strip():
        yield "bill", "the bill's legal basis is missing", "cite the article by which it is paid"
    if rule.holds not in HOLDS:
        yield "bill", f"holds is {rule.holds!r}", f"use one of {', '.join(HOLDS)}"
    else:
        yield from _order_faults(definition, step, rule.holds)
    if rule.external and rule.formula is not None:
        yield (
            "bill",
            "another system assesses it, and here is a formula too",
            "take out external or the formula",
        )
    if rule.formula is not None:
        yield from _tariff_faults(rule.formula, {fact.id: fact for fact in definition.facts})


def _order_faults(
    definition: ServiceDefinition, step: StepDefinition, holds: Holds
) -> Iterator[Fault]:
    """What payment holds back comes after it, and nothing that comes before that does."""
    later = _later(definition, step.id)
    begun = False
    for word, kinds in _HELD.items():
        begun = begun or word == holds
        for other in definition.steps:
            if other.kind not in kinds or other.optional:
                continue
            if begun and other.id not in later:
                cure = f"let {other.id} come after {step.id}, or say holds: what waits for it"
                yield "bill", f"it holds back the {holds}, and {other.id} does not wait", cure
            if not begun and other.id in later:
                cure = f"say holds: {word}, or let {other.id} come before {step.id}"
                yield "bill", f"it holds back the {holds}, and {other.id} waits for it too", cure


def _later(definition: ServiceDefinition, name: str) -> set[str]:
    later = {name}
    for _ in definition.steps:
        later |= {step.id for step in definition.steps if later & set(step.after)}
    return later - {name}


def _tariff_faults(tariff: Tariff, facts: _Facts) -> Iterator[Fault]:
    if not tariff.parts:
        yield "bill", "the formula has no parts", "give at least one, such as {amount: 50000}"
    for part in tariff.parts:
        yield from _part_faults(part, facts)
        for factor in part.factors:
            yield from _factor_faults(factor, facts)
    for factor in tariff.factors:
        yield from _factor_faults(factor, facts)
    yield from _end_faults(tariff)


def _end_faults(tariff: Tariff) -> Iterator[Fault]:
    rounding = tariff.rounding
    if rounding is None and any(over != 1 for over in _divisors(tariff)):
        yield "bill", "the formula divides, and rounding is not said", "say rounding: {to, mode}"
    if rounding is not None and not 1 <= rounding.to <= MAX_INTEGER:
        yield "bill", f"rounding to {rounding.to}", "give whole rupiah from 1"
    if rounding is not None and rounding.mode not in ROUNDINGS:
        yield "bill", f"rounding is {rounding.mode!r}", f"use one of {', '.join(ROUNDINGS)}"
    for word, bound in (("minimum", tariff.minimum), ("maximum", tariff.maximum)):
        if bound is not None and not 0 <= bound <= MAX_INTEGER:
            yield "bill", f"{word} is {bound}", "give whole rupiah from 0"
    highest = MAX_INTEGER if tariff.maximum is None else tariff.maximum
    if (tariff.minimum or 0) > highest:
        yield "bill", "minimum is above maximum", "swap the two"


def _divisors(tariff: Tariff) -> Iterator[int]:
    counted: list[Part | Factor] = [*tariff.parts, *tariff.factors]
    counted += [factor for part in tariff.parts for factor in part.factors]
    for each in counted:
        yield from (band.over for band in each.bands)
        yield from (choice.over for choice in each.table)


def _part_faults(part: Part, facts: _Facts) -> Iterator[Fault]:
    ways = (part.amount is not None) + bool(part.bands) + bool(part.table)
    if ways != 1:
        yield "bill", "a part has not exactly one amount", "give one of amount, bands, table"
    if part.amount is not None and not 0 <= part.amount <= MAX_INTEGER:
        yield "bill", f"an amount is {part.amount}", "give whole rupiah from 0"
    if not 1 <= part.each <= MAX_INTEGER:
        yield "bill", f"each is {part.each}", "count units from 1"
    if part.progressive and not part.bands:
        yield "bill", "progressive is for bands", "give bands, or take it out"
    if part.fact is None:
        if part.bands or part.table or part.each != 1:
            yield "bill", "a part counts over a fact that it does not name", "say fact"
        return
    yield from _counted_faults(part.fact, part.bands, part.table, facts)


def _factor_faults(factor: Factor, facts: _Facts) -> Iterator[Fault]:
    if factor.bands and factor.table:
        yield "bill", "a factor has bands and a table", "give one of them, or neither"
    yield from _counted_faults(factor.fact, factor.bands, factor.table, facts)


def _counted_faults(
    name: str, bands: tuple[Band, ...], table: tuple[Choice, ...], facts: _Facts
) -> Iterator[Fault]:
    fact = facts.get(name)
    if fact is None:
        known = ", ".join(facts) or "(none): add the fact first"
        yield "bill", f"the formula counts over {name!r}, an unknown fact", f"use one of {known}"
        return
    if not fact.required:
        yield "bill", f"the formula counts over {name!r}, which may be left out", "make it required"
    ratios = [*((b.value, b.over) for b in bands), *((c.value, c.over) for c in table)]
    for value, over in ratios:
        if not 0 <= value <= MAX_INTEGER or not 1 <= over <= MAX_INTEGER:
            yield "bill", f"{name!r}: {value} over {over}", "give whole numbers from 0 over 1"
    yield from _table_faults(fact, table) if table else _number_faults(fact, bands)


def _table_faults(fact: FactDefinition, table: tuple[Choice, ...]) -> Iterator[Fault]:
    answers = ("true", "false") if fact.type == "boolean" else fact.choices
    if fact.type not in ("code", "boolean") or not answers:
        yield "bill", f"a table is for a code with choices; {fact.id!r} is none", "use bands"
        return
    named = [choice.code for choice in table]
    for code in sorted({*answers} - {*named}):
        yield "bill", f"the table of {fact.id!r} says nothing of {code!r}", "add a row for it"
    for code in sorted({*named} - {*answers}):
        yield "bill", f"the table names {code!r}, which {fact.id!r} never is", "take the row out"
    if len(set(named)) < len(named):
        yield "bill", f"the table of {fact.id!r} names an answer twice", "take one out"


def _number_faults(fact: FactDefinition, bands: tuple[Band, ...]) -> Iterator[Fault]:
    if fact.type != "integer":
        yield "bill", f"{fact.id!r} is a {fact.type} and is no number", "give a table"
        return
    if fact.minimum is None or fact.minimum < 0:
        yield "bill", f"{fact.id!r} may be below nought", "give the fact a minimum of 0 or more"
    ends = [band.up_to for band in bands]
    for one, other in pairwise(ends):
        if one is None or (other is not None and other <= one):
            yield (
                "bill",
                f"the bands of {fact.id!r} do not rise",
                "order them by up_to, open one last",
            )
    if bands and ends[-1] is not None and (fact.maximum is None or ends[-1] < fact.maximum):
        yield (
            "bill",
            f"the bands of {fact.id!r} end at {ends[-1]}",
            "leave up_to of the last band out, or give the fact that maximum",
        )
