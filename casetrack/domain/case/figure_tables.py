"""Reports: from counts that were added up to the rows of a table, each column by its name.

A row is what a JSON answer, a CSV line and a line of a worksheet hold alike: texts, whole numbers, a
median that may end in a half, and None where there is nothing to say or too little to show.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple, get_args

from casetrack.domain.case.counted_case import Figure

Measure = Literal[
    "service-levels",
    "agencies",
    "steps",
    "queue",
    "returns",
    "one-door",
    "satisfaction",
    "complaints",
]
MEASURES: tuple[Measure, ...] = get_args(Measure)

#: Of a service about health, a criminal record or social help a count below this is not told: few who
#: are known to have come can be told apart.
FEW = 5

Cell = str | int | float | bool | None
Row = dict[str, Cell]
#: From a number of days to how many took them.
Spread = Mapping[int, int]


class Sum(NamedTuple):
    """A count of one figure in one day, one month, or now (empty)."""

    figure: str
    period: str
    service: str
    agency: str
    step: str
    officer: str
    cause: str
    value: int
    times: int


def median(spread: Spread) -> float | None:
    """The middle of all, or halfway between the two in the middle; None of nothing."""
    total = sum(spread.values())
    if not total:
        return None
    low, high = _nth(spread, (total + 1) // 2), _nth(spread, total // 2 + 1)
    return (low + high) / 2


def percentile(spread: Spread, percent: int) -> int | None:
    """The smallest number of days within which so many per cent were (nearest rank); None of nothing."""
    total = sum(spread.values())
    return _nth(spread, -(-total * percent // 100)) if total else None


def _nth(spread: Spread, place: int) -> int:
    passed = 0
    for value in sorted(spread):
        passed += spread[value]
        if passed >= place:
            return value
    raise ValueError("nothing has so many")


@dataclass(frozen=True, slots=True)
class Table:
    """What a measure is made of: the figures it asks for, by what its rows are told apart, its columns.

    `parts` are columns that add up to one another: where one is hidden, the others would tell it.
    """

    figures: tuple[Figure, ...]
    by: tuple[str, ...]
    counts: tuple[str, ...]
    parts: tuple[tuple[str, ...], ...] = ()
    spreads: tuple[str, ...] = ()
    #: Of which of these the sum is told too.
    totals: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """In the order of a line."""
        days = tuple(f"{name}_{kind}" for name in self.spreads for kind in ("median", "p90"))
        totals = tuple(f"{name}_total" for name in self.totals)
        return (*self.by, *self.counts, *totals, *days, "hidden")


_CASES: tuple[Figure, ...] = (
    *("opened", "complete", "granted", "refused", "deemed", "withdrawn", "closed", "handed_over"),
    *("in_time", "late", "limit_passed", "returned", "returned_early", "within_a_day", "overtook"),
    *("entered_late", "days_of_agencies", "days_of_applicant", "days_of_outside"),
)
_DAYS: tuple[Figure, ...] = ("days_to_decision", "days_to_complete", "days_to_product")
_STEPS: tuple[Figure, ...] = (
    *("step_ended", "step_in_time", "step_late", "step_returned", "step_silent"),
    "step_days_charged",
)
_JOURNEYS: tuple[Figure, ...] = (
    *("journeys", "journeys_entered_late", "of_agencies", "of_applicant", "of_outside"),
    *("gratis", "fees", "fees_unknown"),
)
_WAYS: tuple[Figure, ...] = ("passed_agencies", "hand_overs", "visits", "visits_apart")
_SENT_BACK: tuple[Figure, ...] = ("sent_back_early", "sent_back", "waived")
#: Upper ends, in working days, of the ages by which what is open is told; what is older comes last.
AGES = (5, 10, 20, 40)
AGE_COLUMNS = ("age_0_5", "age_6_10", "age_11_20", "age_21_40", "age_over_40")

TABLES: Mapping[Measure, Table] = {
    "service-levels": Table(
        (*_CASES, *_DAYS),
        ("month", "service", "agency"),
        ("opened", "complete", "decided", *_CASES[2:]),
        (
            ("decided", "granted", "refused", "deemed", "in_time", "late"),
            ("returned", "returned_early"),
        ),
        _DAYS,
    ),
    "agencies": Table(
        (*_STEPS, "step_days"), ("month", "agency"), _STEPS, (), ("step_days",)
    ),
    "steps": Table(
        (*_STEPS, "step_days"),
        ("month", "service", "step", "agency"),
        _STEPS,
        (("step_ended", "step_in_time", "step_late"),),
        ("step_days",),
    ),
    "returns": Table(
        _SENT_BACK,
        ("month", "service", "agency", "step", "officer", "requirement"),
        _SENT_BACK,
        (_SENT_BACK,),
    ),
    "one-door": Table(
        (*_JOURNEYS, *_WAYS, "first_to_last"),
        ("month", "service", "agency"),
        _JOURNEYS,
        (_JOURNEYS,),
        (*_WAYS, "first_to_last"),
        _WAYS,
    ),
    "queue": Table(
        ("open_since",),
        ("service", "agency", "waiting_for"),
        ("cases", *AGE_COLUMNS, "overdue", "oldest_days"),
        (("cases", *AGE_COLUMNS, "overdue"),),
    ),
}  # fmt: skip


def rows_of(
    measure: Measure,
    sums: Iterable[Sum],
    sensitive: Collection[str],
    age: Callable[[date], int],
    today: date,
) -> list[Row]:
    """The rows of a measure in their order.

    `sensitive` are services of which few are not told; `age` gives the working days since a day.
    """
    table = TABLES[measure]
    found: defaultdict[tuple[str, ...], list[Sum]] = defaultdict(list)
    for each in sums:
        found[tuple(_place(each, name) for name in table.by)].append(each)
    rows = []
    for place in sorted(found):
        row: Row = dict(zip(table.by, place, strict=True))
        if measure == "queue":
            row |= _queue(found[place], age, today)
        else:
            row |= _figures(table, found[place])
        hidden = row.get("service") in sensitive and _hide(row, table)
        rows.append({name: row[name] or None for name in table.by}
                    | {name: row[name] for name in table.columns[len(table.by) : -1]}
                    | {"hidden": hidden})  # fmt: skip
    return rows


def _place(each: Sum, name: str) -> str:
    if name == "waiting_for":
        return each.cause.partition("/")[0]
    if name == "requirement":
        return each.cause
    return each.period[:7] if name == "month" else str(getattr(each, name))


def _figures(table: Table, sums: Sequence[Sum]) -> Row:
    counts: Counter[str] = Counter()
    spreads: defaultdict[str, Counter[int]] = defaultdict(Counter)
    for each in sums:
        counts[each.figure] += each.times
        if each.figure in table.spreads:
            spreads[each.figure][each.value] += each.times
    counts["decided"] = counts["granted"] + counts["refused"] + counts["deemed"]
    row: Row = {name: counts[name] for name in table.counts}
    for name in table.totals:
        row[f"{name}_total"] = sum(value * times for value, times in spreads[name].items())
    for name in table.spreads:
        row[f"{name}_median"] = median(spreads[name])
        row[f"{name}_p90"] = percentile(spreads[name], 90)
    return row


def _queue(sums: Sequence[Sum], age: Callable[[date], int], today: date) -> Row:
    ages: Counter[str] = Counter()
    overdue = oldest = 0
    for each in sums:
        day = date.fromordinal(each.value)
        due = each.cause.partition("/")[2]
        overdue += each.times if due and due < today.isoformat() else 0
        days = age(day)
        oldest = max(oldest, days)
        ages[AGE_COLUMNS[sum(days > end for end in AGES)]] += each.times
    told = {name: ages[name] for name in AGE_COLUMNS}
    return {"cases": ages.total(), **told, "overdue": overdue, "oldest_days": oldest}


def _hide(row: Row, table: Table) -> bool:
    """Takes out of the row what would tell of few; gives whether anything was taken out.

    With a count goes what adds up with it, and with few decisions the days that they took.
    """
    few = {name for name in table.counts if row[name] in range(1, FEW)}
    if not few:
        return False
    for parts in table.parts:
        if few & set(parts):
            few |= set(parts)
    few |= {name for name in table.columns if name not in (*table.by, *table.counts, "hidden")}
    for name in few:
        row[name] = None
    return True
