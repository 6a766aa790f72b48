"""A limit's days, one by one, each with the reason why it counts or does not.

The walk is by the rule of `clock.deadline`, told day by day: who adds up what counted finds the limit.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from casetrack.domain.clock import Calendar, NamedDay, Pause, TimeLimit, merged

#: Days of one limit that are told one by one; what is beyond them is counted.
MOST_DAYS = 400

#: Why a day counts or does not. Those of `clock.DayKind` come from the calendar.
DayReason = Literal[
    "start",
    "counted",
    "weekend",
    "holiday",
    "joint_leave",
    "day_off",
    "working_day",
    "not_agency_day",
    "pause",
]


@dataclass(frozen=True, slots=True)
class Stop:
    """A time in which a limit did not run: why, as the case says it, and the pause itself."""

    reason: str
    pause: Pause


@dataclass(frozen=True, slots=True)
class CountedDay:
    """One local day of a limit. `count` is the how manieth counted day it is; 0: it did not count."""

    day: date
    count: int
    reason: DayReason
    named: NamedDay | None = None
    #: Of a day on which the clock stood: why.
    stopped_by: str | None = None


def days_of(
    start: datetime,
    limit: TimeLimit,
    stops: Sequence[Stop],
    calendar: Calendar,
    last: date,
) -> Iterator[CountedDay]:
    """Each day from the local day of `start` to `last`, both included; none for minutes and hours.

    A pause without an end and a cap lasts as long as it is looked at. A day strictly between the local
    days on which the clock stopped and went on does not count; every other day on which it ran does.
    """
    if limit.unit not in ("working_days", "calendar_days"):
        return
    spans = list(_spans(start, stops, calendar))
    day, count = calendar.local_date(start), 0
    yield CountedDay(day, 0, "start", calendar.named(day))
    while day < last:
        day += timedelta(days=1)
        stopped = next((why for begin, end, why in spans if begin < day < end), None)
        named = calendar.named(day)
        if stopped is not None:
            yield CountedDay(day, 0, "pause", named, stopped)
        elif limit.unit == "calendar_days" or calendar.is_working_day(day):
            count += 1
            told = named if named and named.kind == "working_day" else None
            yield CountedDay(day, count, "working_day" if told else "counted", told)
        elif named is not None and named.kind != "working_day":
            yield CountedDay(day, 0, named.kind, named)
        else:
            yield CountedDay(day, 0, "weekend")


def _spans(
    start: datetime, stops: Sequence[Stop], calendar: Calendar
) -> Iterator[tuple[date, date, str]]:
    """Local days between which the clock stood; pauses that overlap or touch are one, as they count."""
    for begin, end in merged(start, [stop.pause for stop in stops]):
        why = [s.reason for s in stops if s.pause.start <= begin and not _over(s.pause, begin)]
        last = calendar.local_date(end) if end is not None else date.max
        yield calendar.local_date(begin), last, why[0] if why else "pause"


def _over(pause: Pause, moment: datetime) -> bool:
    return pause.effective_end is not None and pause.effective_end <= moment
