"""What a bill comes to, against an oracle that counts in fractions and does not know the code."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from math import ceil, floor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casetrack.domain.clock import TimeLimit
from casetrack.domain.service.definition_check import problems
from casetrack.domain.service.definition_document import as_document, read_definition
from casetrack.domain.service.tariff import (
    Band,
    BillRule,
    Choice,
    Factor,
    Part,
    Rounding,
    Tariff,
    amount_of,
)
from tests.support.money import RULE, TARIFF, stall

AMOUNTS = st.integers(0, 10**9)
CODES = ("centre", "edge", "river")


def bands(top: int) -> st.SearchStrategy[tuple[Band, ...]]:
    """Rising bands, the last one open."""
    ends = st.lists(st.integers(1, 2_000), max_size=4, unique=True).map(sorted)
    return ends.flatmap(
        lambda marks: st.tuples(
            *(
                st.builds(Band, st.integers(0, top), st.just(mark), st.integers(1, 12))
                for mark in [*marks, None]
            )
        )
    )


def table(top: int) -> st.SearchStrategy[tuple[Choice, ...]]:
    return st.tuples(
        *(st.builds(Choice, st.just(c), st.integers(0, top), st.integers(1, 12)) for c in CODES)
    )


FACTORS = st.lists(
    st.one_of(
        st.just(Factor("days")),
        bands(20).map(lambda rows: Factor("area", bands=rows)),
        table(20).map(lambda rows: Factor("zone", table=rows)),
    ),
    max_size=3,
).map(tuple)
PARTS = st.lists(
    st.one_of(
        st.builds(Part, amount=AMOUNTS, factors=FACTORS),
        st.builds(Part, amount=AMOUNTS, fact=st.just("area"), each=st.integers(1, 50)),
        bands(10**6).map(lambda rows: Part(fact="area", bands=rows)),
        st.tuples(bands(10**6), FACTORS).map(
            lambda both: Part(fact="area", bands=both[0], progressive=True, factors=both[1])
        ),
        table(10**6).map(lambda rows: Part(fact="zone", table=rows)),
    ),
    min_size=1,
    max_size=5,
).map(tuple)
TARIFFS = st.builds(
    Tariff,
    parts=PARTS,
    factors=FACTORS,
    rounding=st.builds(
        Rounding, st.sampled_from([1, 7, 100, 1_000]), st.sampled_from(["up", "down", "nearest"])
    ),
    minimum=st.none() | st.integers(0, 10**6),
    maximum=st.none() | st.integers(10**6, 10**12),
)
FACTS = st.fixed_dictionaries(
    {"area": st.integers(0, 3_000), "days": st.integers(0, 400), "zone": st.sampled_from(CODES)}
)


def told(rows: Any, value: Any) -> Fraction:
    """What a table or bands say, read as a person reads them."""
    for row in rows:
        fits = (
            row.code == value
            if isinstance(row, Choice)
            else row.up_to is None or value <= row.up_to
        )
        if fits:
            return Fraction(row.value, row.over)
    raise AssertionError(value)


def product(factors: Any, facts: Mapping[str, Any]) -> Fraction:
    result = Fraction(1)
    for factor in factors:
        rows = factor.table or factor.bands
        result *= told(rows, facts[factor.fact]) if rows else facts[factor.fact]
    return result


def counted(part: Part, facts: Mapping[str, Any]) -> Fraction:
    if part.fact is None:
        return Fraction(part.amount or 0)
    value = facts[part.fact]
    if part.progressive:
        # Unit by unit, as the table on the wall says it.
        return sum((told(part.bands, unit) for unit in range(1, value + 1)), Fraction(0))
    if part.table or part.bands:
        return told(part.table or part.bands, value)
    units = 0
    while units * part.each < value:
        units += 1
    return Fraction((part.amount or 0) * units)


def oracle(tariff: Tariff, facts: Mapping[str, Any]) -> int:
    parts = (counted(part, facts) * product(part.factors, facts) for part in tariff.parts)
    total = sum(parts, Fraction(0)) * product(tariff.factors, facts)
    rounding = tariff.rounding or Rounding(1, "up")
    steps = total / rounding.to
    ways: dict[str, Callable[[Fraction], int]]
    ways = {"up": ceil, "down": floor, "nearest": lambda each: floor(each + Fraction(1, 2))}
    amount = ways[rounding.mode](steps) * rounding.to
    low = amount if tariff.minimum is None else max(amount, tariff.minimum)
    return low if tariff.maximum is None else min(low, tariff.maximum)


@given(TARIFFS, FACTS)
def test_a_tariff_comes_to_what_the_oracle_says(tariff: Tariff, facts: dict[str, Any]) -> None:
    assert amount_of(tariff, facts) == oracle(tariff, facts)


@given(TARIFFS, FACTS)
def test_the_order_of_parts_and_factors_changes_nothing(
    tariff: Tariff, facts: dict[str, Any]
) -> None:
    turned = replace(tariff, parts=tariff.parts[::-1], factors=tariff.factors[::-1])
    assert amount_of(turned, facts) == amount_of(tariff, facts)


@given(TARIFFS)
def test_a_tariff_comes_back_from_its_document(tariff: Tariff) -> None:
    rule = BillRule("Perda", TimeLimit(5, "working_days"), "signature", tariff)
    definition = stall(rule)
    assert read_definition(as_document(definition)) == definition


def test_the_stall_of_the_tests_comes_to_what_is_counted_by_hand() -> None:
    assert amount_of(TARIFF, {"area_m2": 10, "zone": "centre"}) == 263_000
    assert amount_of(TARIFF, {"area_m2": 0, "zone": "edge"}) == 150_000
    assert amount_of(TARIFF, {"area_m2": 10_000, "zone": "centre"}) == 37_725_000


def test_begun_units_count_whole_and_bands_end_with_their_last_value() -> None:
    each = Tariff((Part(amount=5, fact="area", each=10),))
    assert [amount_of(each, {"area": n}) for n in (0, 1, 10, 11)] == [0, 5, 5, 10]
    rows = (Band(100, up_to=10), Band(7))
    whole, progressive = (
        Tariff((Part(fact="area", bands=rows, progressive=p),)) for p in (False, True)
    )
    assert [amount_of(whole, {"area": n}) for n in (10, 11)] == [100, 7]
    assert [amount_of(progressive, {"area": n}) for n in (10, 11)] == [1_000, 1_007]


@pytest.mark.parametrize("facts", [{}, {"area": -1}, {"area": True}, {"area": "10"}])
def test_facts_that_cannot_be_counted_are_refused(facts: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="area"):
        amount_of(Tariff((Part(amount=5, fact="area"),)), facts)


def faults(tariff: Tariff | None = None, **of_rule: Any) -> list[str]:
    rule = replace(RULE, formula=tariff or RULE.formula, **of_rule)
    agencies = {"dpmptsp", "bapenda"}
    return [problem.message for problem in problems(stall(rule), agencies)]


@pytest.mark.parametrize(
    ("tariff", "told_of"),
    [
        (Tariff(()), "no parts"),
        (Tariff((Part(),)), "not exactly one amount"),
        (Tariff((Part(amount=1, fact="length"),)), "unknown fact"),
        (Tariff((Part(amount=1, fact="zone"),)), "no number"),
        (Tariff((Part(amount=-1),)), "an amount is -1"),
        (Tariff((Part(amount=1, fact="area_m2", each=0),)), "each is 0"),
        (Tariff((Part(fact="zone", table=(Choice("centre", 1),)),)), "says nothing of 'edge'"),
        (
            Tariff((Part(fact="zone", table=(*(Choice(c, 1) for c in CODES),)),)),
            "names 'river'",
        ),
        (Tariff((Part(fact="area_m2", bands=(Band(1, up_to=5),)),)), "end at 5"),
        (Tariff((Part(fact="area_m2", bands=(Band(1), Band(2, up_to=9))),)), "do not rise"),
        (
            Tariff((Part(amount=1),), factors=(Factor("area_m2", bands=(Band(1, over=2),)),)),
            "rounding is not said",
        ),
        (Tariff((Part(amount=1),), minimum=5, maximum=4), "minimum is above maximum"),
    ],
)
def test_a_load_holds_the_formula_against_the_facts(tariff: Tariff, told_of: str) -> None:
    assert any(told_of in message for message in faults(tariff)), faults(tariff)


def test_what_payment_holds_back_is_what_waits_for_it() -> None:
    assert faults() == []
    assert any("'sign'" in m or "sign waits" in m for m in faults(holds="hand_over"))
    assert any("decide does not wait" in message for message in faults(holds="decision"))
    assert any("waits for it too" in message for message in faults(holds="nothing"))
    assert any("legal basis" in message for message in faults(basis=" "))


def test_a_fact_that_may_be_left_out_or_below_nought_carries_no_tariff() -> None:
    for more, told_of in (({"required": False}, "left out"), ({"minimum": -1}, "below nought")):
        base = stall()
        area = replace(base.facts[0], **more)
        definition = replace(base, facts=(area, *base.facts[1:]))
        assert any(told_of in p.message for p in problems(definition, None))


def test_only_a_pay_step_has_a_bill() -> None:
    base = stall()
    steps = tuple(replace(step, bill=RULE) if step.id == "decide" else step for step in base.steps)
    assert any("only a pay step" in p.message for p in problems(replace(base, steps=steps), None))
