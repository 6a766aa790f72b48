"""Steps, returns and what is open, counted once more from an XES log: no code of the product is here.

It knows the letter: a check with a day, a decision with two, each begun by what came before.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any

from tests.oracle.figures import ONE_DAY, Case, middle_and_p90, working_days

#: Step → what begins it, what ends it, and its working days.
STEPS: dict[str, tuple[str, tuple[str, ...], int]] = {
    "intake": ("case.opened", ("case.declared_complete intake",), 1),
    "decide": (
        "case.declared_complete intake",
        ("case.granted decide", "case.refused decide"),
        2,
    ),
}
_GO_ON = ("case.resubmitted", "case.resumed")
#: Upper ends of the ages of what is open.
_AGES = (5, 10, 20, 40)
_AGE_NAMES = ("age_0_5", "age_6_10", "age_11_20", "age_21_40", "age_over_40")


def steps(
    cases: Iterable[Case], holidays: Collection[date]
) -> dict[tuple[str, str], dict[str, Any]]:
    """Month and step → its figures."""
    counts: dict[tuple[str, str], Counter[str]] = {}
    lists: dict[tuple[str, str], list[int]] = {}
    for case in cases:
        for step, (begins, ends, limit) in STEPS.items():
            for name, at in case.events:
                if name == f"step.returned {step}":
                    counts.setdefault((f"{at:%Y-%m}", step), Counter())["step_returned"] += 1
            start, end = case.first(begins), case.first(*ends)
            if start is None or end is None:
                continue
            place = (f"{end:%Y-%m}", step)
            days = _charged(case, step, start, end, holidays)
            late = len(days) >= limit and end.date() > days[limit - 1]
            found = counts.setdefault(place, Counter())
            found["step_ended"] += 1
            found["step_late" if late else "step_in_time"] += 1
            found["step_days_charged"] += len(days)
            lists.setdefault(place, []).append(len(days))
    return {
        place: {**found, **middle_and_p90("step_days", lists.get(place, []))}
        for place, found in counts.items()
    }


def agencies(cases: Iterable[Case], holidays: Collection[date]) -> dict[str, dict[str, Any]]:
    """Month → the figures of the one agency that does both steps."""
    found: dict[str, Counter[str]] = {}
    for (month, _), row in steps(cases, holidays).items():
        whole = {name: n for name, n in row.items() if not name.endswith(("_median", "_p90"))}
        found.setdefault(month, Counter()).update(whole)
    return {month: dict(row) for month, row in found.items()}


def _charged(
    case: Case, step: str, start: datetime, end: datetime, holidays: Collection[date]
) -> list[date]:
    """Its working days, without those that lie between a stop and what let it go on."""
    stops: list[tuple[date, date]] = []
    since: datetime | None = None
    for name, at in case.events:
        if not start < at < end:
            continue
        if since is None and name in (f"step.returned {step}", "case.paused"):
            since = at
        elif since is not None and name in _GO_ON:
            stops.append((since.date(), at.date()))
            since = None
    return [
        day
        for day in working_days(start.date(), end.date(), holidays)
        if not any(begin < day < until for begin, until in stops)
    ]


def returns(cases: Iterable[Case]) -> Counter[tuple[str, str, str, str]]:
    """Month, step, who found the defect, and whether before the completeness → how often."""
    found: Counter[tuple[str, str, str, str]] = Counter()
    for case in cases:
        finders: dict[str, str] = {}
        for (name, at), doer in zip(case.events, case.doers, strict=True):
            if name.startswith("step.returned "):
                finders[name.partition(" ")[2]] = doer
            elif name == "case.returned":
                early = case.complete is None or at < case.complete
                figure = "sent_back_early" if early else "sent_back"
                for step, finder in finders.items():
                    found[f"{at:%Y-%m}", step, finder, figure] += 1
                finders = {}
    return found


def queue(
    cases: Iterable[Case], limit: int, holidays: Collection[date], today: date
) -> dict[str | None, Counter[str]]:
    """What an open case waits for → how many, by age, and how many are over their limit."""
    found: dict[str | None, Counter[str]] = {}
    for case in cases:
        if case.over is not None or case.first("case.handed_over") is not None:
            continue
        waits = _waits(case)
        age = len(working_days(case.events[0][1].date(), today, holidays))
        row = found.setdefault(waits, Counter())
        row["cases"] += 1
        row[_AGE_NAMES[sum(age > end for end in _AGES)]] += 1
        row["oldest_days"] = max(row["oldest_days"], age)
        due = _due(case, limit, holidays)
        if waits is None and due is not None and due < today:
            row["overdue"] += 1
    return found


def _waits(case: Case) -> str | None:
    """The last stop that nothing ended."""
    waits: str | None = None
    for name, _ in case.events:
        if name in _GO_ON:
            waits = None
        elif name in ("case.returned", "case.paused"):
            waits = "applicant" if name == "case.returned" else "court"
    return waits


def _due(case: Case, limit: int, holidays: Collection[date]) -> date | None:
    """The last day of its limit, day by day."""
    if case.complete is None:
        return None
    stood = [(begin.date(), until.date()) for begin, until, _ in case.stood() if until is not None]
    day, left = case.complete.date(), limit
    while left:
        day += ONE_DAY
        works = day.weekday() < 5 and day not in holidays
        if works and not any(begin < day < until for begin, until in stood):
            left -= 1
    return day
