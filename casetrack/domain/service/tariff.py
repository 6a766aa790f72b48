"""What a bill comes to: a tariff of the definition over the facts of a case, in whole numbers.

A small closed grammar, no language: parts are added up, factors multiply, the result is rounded as is
said, and held between a minimum and a maximum. Nothing is rounded on the way, so no order of counting
changes the sum.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import gcd
from typing import Any, Literal, get_args

from casetrack.domain.clock import TimeLimit

#: What waits until a bill is confirmed, from the first that does.
Holds = Literal["decision", "signature", "hand_over", "nothing"]
HOLDS: tuple[Holds, ...] = get_args(Holds)
RoundingMode = Literal["up", "down", "nearest"]
ROUNDINGS: tuple[RoundingMode, ...] = get_args(RoundingMode)

#: A fraction: numerator and denominator, the latter above nought.
Ratio = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Band:
    """Up to and with this value of the fact (None: all above) it counts so much, whole or over."""

    value: int
    up_to: int | None = None
    over: int = 1


@dataclass(frozen=True, slots=True)
class Choice:
    """With this answer (a code, or `true` and `false`) it counts so much, a whole or a fraction."""

    code: str
    value: int
    over: int = 1


@dataclass(frozen=True, slots=True)
class Factor:
    """What multiplies: a fact itself, or what bands or a table say of it."""

    fact: str
    bands: tuple[Band, ...] = ()
    table: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """One amount of the sum.

    `amount` alone is a base; with a fact it is for every `each` units of it, begun ones included.
    `bands` give one amount for the band in which the fact lies; `progressive`, one for each unit within
    each band. `table` gives one for each answer.
    """

    amount: int | None = None
    fact: str | None = None
    each: int = 1
    bands: tuple[Band, ...] = ()
    progressive: bool = False
    table: tuple[Choice, ...] = ()
    factors: tuple[Factor, ...] = ()


@dataclass(frozen=True, slots=True)
class Rounding:
    """To a multiple of so many rupiah, and which way; `nearest` goes up from the half."""

    to: int
    mode: RoundingMode


@dataclass(frozen=True, slots=True)
class Tariff:
    """The formula of one bill."""

    parts: tuple[Part, ...]
    factors: tuple[Factor, ...] = ()
    rounding: Rounding | None = None
    minimum: int | None = None
    maximum: int | None = None


@dataclass(frozen=True, slots=True)
class BillRule:
    """Of a pay step: by what law it is paid, until when, what waits for it, and how much.

    Without a formula an officer enters the amount with a reason. `external`: another system assesses it,
    such as the revenue agency's; its number and day are entered.
    """

    basis: str
    due: TimeLimit
    holds: Holds
    formula: Tariff | None = None
    external: bool = False


def asked_facts(tariff: Tariff) -> frozenset[str]:
    """The facts on which the amount rests."""
    factors = [*tariff.factors, *(each for part in tariff.parts for each in part.factors)]
    asked = [part.fact for part in tariff.parts] + [each.fact for each in factors]
    return frozenset(fact for fact in asked if fact is not None)


def amount_of(tariff: Tariff, facts: Mapping[str, Any]) -> int:
    """The amount in whole rupiah. Raises ValueError for facts that the tariff does not know."""
    total: Ratio = (0, 1)
    for part in tariff.parts:
        total = _plus(total, _times(_of_part(part, facts), part.factors, facts))
    total = _times(total, tariff.factors, facts)
    amount = _rounded(total, tariff.rounding or Rounding(1, "up"))
    if tariff.minimum is not None:
        amount = max(amount, tariff.minimum)
    return amount if tariff.maximum is None else min(amount, tariff.maximum)


def _of_part(part: Part, facts: Mapping[str, Any]) -> Ratio:
    if part.fact is None:
        return part.amount or 0, 1
    if part.table:
        return _chosen(part.fact, part.table, facts)
    value = _number(part.fact, facts)
    if not part.bands:
        return (part.amount or 0) * -(-value // part.each), 1
    if not part.progressive:
        return _band(part.fact, part.bands, value)
    below, total = 0, (0, 1)
    for band in part.bands:
        upper = value if band.up_to is None else min(value, band.up_to)
        total = _plus(total, (max(upper - below, 0) * band.value, band.over))
        below = max(below, upper)
    if below < value:
        raise ValueError(f"no band of {part.fact} reaches {value}")
    return total


def _times(total: Ratio, factors: tuple[Factor, ...], facts: Mapping[str, Any]) -> Ratio:
    for factor in factors:
        if factor.table:
            value = _chosen(factor.fact, factor.table, facts)
        elif factor.bands:
            value = _band(factor.fact, factor.bands, _number(factor.fact, facts))
        else:
            value = (_number(factor.fact, facts), 1)
        total = _reduced(total[0] * value[0], total[1] * value[1])
    return total


def _number(fact: str, facts: Mapping[str, Any]) -> int:
    value = facts.get(fact)
    if type(value) is not int or value < 0:
        raise ValueError(f"{fact} is no whole number from nought up")
    return value


def _band(fact: str, bands: tuple[Band, ...], value: int) -> Ratio:
    for band in bands:
        if band.up_to is None or value <= band.up_to:
            return band.value, band.over
    raise ValueError(f"no band of {fact} reaches {value}")


def _chosen(fact: str, table: tuple[Choice, ...], facts: Mapping[str, Any]) -> Ratio:
    value = facts.get(fact)
    word = str(value).lower() if type(value) is bool else value
    for choice in table:
        if choice.code == word:
            return choice.value, choice.over
    raise ValueError(f"the table of {fact} has no such answer")


def _plus(one: Ratio, other: Ratio) -> Ratio:
    return _reduced(one[0] * other[1] + other[0] * one[1], one[1] * other[1])


def _reduced(numerator: int, denominator: int) -> Ratio:
    common = gcd(numerator, denominator) or 1
    return numerator // common, denominator // common


def _rounded(total: Ratio, rounding: Rounding) -> int:
    numerator, denominator = total[0], total[1] * rounding.to
    match rounding.mode:
        case "up":
            return -(-numerator // denominator) * rounding.to
        case "down":
            return numerator // denominator * rounding.to
    return (2 * numerator + denominator) // (2 * denominator) * rounding.to
