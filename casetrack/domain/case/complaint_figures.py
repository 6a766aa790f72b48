"""Complaints by month: how many came, how many were reacted to and answered in time, what is open.

Each counts in the month in which it came. Of few no count is told but that there were some.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime

from casetrack.domain.case.complaints import Complaint
from casetrack.domain.case.figure_tables import FEW, Row, median, percentile
from casetrack.domain.clock import Calendar, used

_BY = ("month", "kind", "agency")
_COUNTS = (
    *("received", "without_name", "reacted", "reacted_in_time", "answered", "answered_in_time"),
    *("open", "overdue", "taken_back", "elsewhere"),
)
#: Why it was closed without an answer → its column.
_CLOSED = {"withdrawn": "taken_back", "elsewhere": "elsewhere"}
_DAYS = ("days_to_answer_median", "days_to_answer_p90")
COMPLAINT_COLUMNS = (*_BY, *_COUNTS, *_DAYS, "hidden")


def complaint_figures(found: Iterable[Complaint], calendar: Calendar, now: datetime) -> list[Row]:
    """A row for each month, kind and agency that has any."""
    places: defaultdict[tuple[str, str, str], list[Complaint]] = defaultdict(list)
    for each in found:
        month = f"{calendar.local_date(each.received_at):%Y-%m}"
        places[month, each.kind, each.agency].append(each)
    return [_row(place, places[place], calendar, now) for place in sorted(places)]


def _row(
    place: tuple[str, str, str], found: list[Complaint], calendar: Calendar, now: datetime
) -> Row:
    hidden = len(found) < FEW
    counts: Counter[str] = Counter()
    spread: Counter[int] = Counter()
    for each in found:
        counts.update(_said(each, now))
        if each.answered_at is not None:
            spread[used(each.received_at, each.answered_at, "working_days", (), calendar)] += 1
    row: Row = dict(zip(_BY, place, strict=True))
    row |= {name: None if hidden else counts[name] for name in _COUNTS}
    row |= {
        "days_to_answer_median": None if hidden else median(spread),
        "days_to_answer_p90": None if hidden else percentile(spread, 90),
    }
    return row | {"hidden": hidden}


def _said(each: Complaint, now: datetime) -> Iterable[str]:
    """The counts that one complaint adds to."""
    yield "received"
    if not each.named:
        yield "without_name"
    done = {
        "reacted": (each.reacted_at, each.reaction_due_at),
        "answered": (each.answered_at, each.answer_due_at),
    }
    for name, (at, due) in done.items():
        if at is not None:
            yield from (name, f"{name}_in_time") if at <= due else (name,)
    if each.answered_at is None and each.state != "closed":
        yield from ("open", "overdue") if now > each.answer_due_at else ("open",)
    if each.closed_as in _CLOSED:
        yield _CLOSED[each.closed_as]
