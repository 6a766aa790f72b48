"""The figures of a service, counted once more from nothing but an XES log, day by day and pair by pair.

It shares no code with the product: it reads activities and times, walks every day, sorts every list and
compares every case with every other. It knows one service: a check, a decision, a hand-over.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from math import ceil
from typing import Any
from xml.etree import ElementTree

ONE_DAY = timedelta(days=1)
APPLICANT, OUTSIDE = "applicant", "outside"
DECISIONS = ("case.granted decide", "case.refused decide", "case.deemed_granted")
#: What stops the clock of a complete case, and whose days those are; what lets it go on.
STOPS = {"case.returned": APPLICANT, "case.paused": OUTSIDE}
GOES_ON = ("case.resubmitted", "case.resumed")


@dataclass
class Case:
    """One trace: what was done when, in its order, in the office's local time, and by whom."""

    events: list[tuple[str, datetime]] = field(default_factory=list)
    doers: list[str] = field(default_factory=list)
    number: str = ""
    #: When its opening was typed in, of one that was taken in on paper: the log has the paper's hour.
    typed_in: datetime | None = None

    def first(self, *activities: str) -> datetime | None:
        """When one of these happened first."""
        return next((at for name, at in self.events if name in activities), None)

    @property
    def complete(self) -> datetime | None:
        return self.first("case.declared_complete intake")

    @property
    def decided(self) -> datetime | None:
        return self.first(*DECISIONS)

    @property
    def over(self) -> datetime | None:
        ends = [self.decided, self.first("case.withdrawn"), self.first("case.closed")]
        return min((end for end in ends if end is not None), default=None)

    def stood(self) -> list[tuple[datetime, datetime | None, str]]:
        """When its clock stood still after the completeness, until when, and whose days it was."""
        found: list[tuple[datetime, datetime | None, str]] = []
        for name, at in self.events:
            if self.complete is None or at <= self.complete:
                continue
            if name in STOPS:
                found.append((at, None, STOPS[name]))
            elif name in GOES_ON and found and found[-1][1] is None:
                found[-1] = (found[-1][0], at, found[-1][2])
        return found


def read_xes(path: Any, typed_in: Mapping[str, datetime] | None = None) -> list[Case]:
    """The traces of a log; `typed_in`: number → when a case of paper was entered."""
    cases = []
    for trace in ElementTree.parse(path).getroot().iter("trace"):
        name = next(part for part in trace if part.get("key") == "concept:name")
        case = Case(number=name.get("value") or "")
        case.typed_in = (typed_in or {}).get(case.number)
        for event in trace.iter("event"):
            said = {part.get("key"): part.get("value") or "" for part in event}
            at = datetime.fromisoformat(said["time:timestamp"])
            case.events.append((said["concept:name"], at))
            case.doers.append(said.get("org:resource", ""))
        cases.append(case)
    return cases


def working_days(first: date, last: date, holidays: Collection[date]) -> list[date]:
    """Those after the first day, up to the last one."""
    found, day = [], first
    while day < last:
        day += ONE_DAY
        if day.weekday() < 5 and day not in holidays:
            found.append(day)
    return found


class Tally:
    """Counts and lists of days by month."""

    def __init__(self) -> None:
        self.counts: dict[str, Counter[str]] = {}
        self.days: dict[tuple[str, str], list[int]] = {}

    def count(self, at: datetime, name: str, times: int = 1) -> None:
        self.counts.setdefault(f"{at:%Y-%m}", Counter())[name] += times

    def note(self, at: datetime, name: str, days: int) -> None:
        self.days.setdefault((f"{at:%Y-%m}", name), []).append(days)


def levels(cases: Iterable[Case], limit: int, holidays: Collection[date]) -> dict[str, Any]:
    """Month → figures as the report names them, of months in which anything happened."""
    told, tally = list(cases), Tally()
    for case in told:
        first = case.events[0][1].date()
        _count_acts(case, tally.count)
        if case.complete is not None:
            days = working_days(first, case.complete.date(), holidays)
            tally.note(case.complete, "days_to_complete", len(days))
        handed = case.first("case.handed_over")
        if handed is not None and case.first("case.granted decide"):
            tally.note(handed, "days_to_product", (handed.date() - first).days)
        if case.decided is not None and case.complete is not None:
            _count_decision(tally, told, case, case.complete, case.decided, limit, holidays)
    return {month: _row(month, counts, tally.days) for month, counts in tally.counts.items()}


def _count_decision(
    tally: Tally,
    told: Collection[Case],
    case: Case,
    complete: datetime,
    decided: datetime,
    limit: int,
    holidays: Collection[date],
) -> None:
    days = _whose_days(case, complete, decided, holidays)
    for name, times in Counter(whose for _, whose in days).items():
        tally.count(decided, name, times)
    charged = [day for day, whose in days if whose == "days_of_agencies"]
    tally.note(decided, "days_to_decision", len(charged))
    # The limit ends with its last day: a Saturday after it costs no day and is late all the same.
    late = len(charged) >= limit and decided.date() > charged[limit - 1]
    tally.count(decided, "late" if late else "in_time")
    if decided - complete < ONE_DAY:
        tally.count(decided, "within_a_day")
    if any(_is_passed(other, complete, decided) for other in told):
        tally.count(decided, "overtook")


def _count_acts(case: Case, count: Any) -> None:
    names = {
        "case.opened": "opened",
        "case.declared_complete intake": "complete",
        "case.granted decide": "granted",
        "case.refused decide": "refused",
        "case.deemed_granted": "deemed",
        "case.withdrawn": "withdrawn",
        "case.closed": "closed",
        "case.handed_over": "handed_over",
    }
    if case.typed_in is not None:
        count(case.typed_in, "entered_late")
    for name, at in case.events:
        if name in names:
            opened = name == "case.opened"
            count((case.typed_in if opened else None) or at, names[name])
        elif name == "case.returned":
            early = case.complete is None or at < case.complete
            count(at, "returned_early" if early else "returned")


def _whose_days(
    case: Case, start: datetime, end: datetime, holidays: Collection[date]
) -> list[tuple[date, str]]:
    found = []
    for day in working_days(start.date(), end.date(), holidays):
        stood = [
            whose
            for begin, until, whose in case.stood()
            if begin.date() < day and day < (until or end).date()
        ]
        found.append((day, f"days_of_{stood[0]}" if stood else "days_of_agencies"))
    return found


def _is_passed(other: Case, complete: datetime, decided: datetime) -> bool:
    """Whether this other case was ready before, had never stood still, and was still waiting."""
    if other.complete is None or other.complete >= complete:
        return False
    if other.over is not None and other.over <= decided:
        return False
    return all(begin > decided for begin, _, _ in other.stood())


def _row(
    month: str, counts: Counter[str], lists: Mapping[tuple[str, str], list[int]]
) -> dict[str, Any]:
    row: dict[str, Any] = dict(counts)
    row["decided"] = counts["granted"] + counts["refused"] + counts["deemed"]
    for name in ("days_to_decision", "days_to_complete", "days_to_product"):
        row |= middle_and_p90(name, lists.get((month, name), []))
    return row


def middle_and_p90(name: str, told: Iterable[int]) -> dict[str, Any]:
    """The middle of a list, and what nine of ten do not exceed."""
    days = sorted(told)
    middle = len(days) // 2
    halfway = None
    if days:
        halfway = float(days[middle]) if len(days) % 2 else (days[middle - 1] + days[middle]) / 2
    p90 = days[ceil(0.9 * len(days)) - 1] if days else None
    return {f"{name}_median": halfway, f"{name}_p90": p90}
