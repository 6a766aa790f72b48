"""When an agency's counter is open, and on which days the agency works by a rule of its own.

Hours of a counter tell people when to come and lengthen no limit. A pattern of working days counts only
for the targets of the agency's own steps: limits of law count the working days of the state.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from typing import Any, Self

from casetrack.domain.clock import Calendar, NamedDay
from casetrack.domain.service.definition import Problem

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
#: From when until when a counter is open.
Span = tuple[time, time]
#: So many days ahead the next opening is looked for.
_AHEAD = 60
MOST_SPANS = 4


@dataclass(frozen=True, slots=True)
class Hours:
    """When a counter is open, from a day on, by which rule; with a last day, such as in Ramadan, those
    of before count again after it."""

    since: date
    basis: str
    week: Mapping[str, tuple[Span, ...]]
    until: date | None = None

    def as_dict(self) -> dict[str, Any]:
        """Give the form that is kept and shown."""
        return {
            "since": self.since.isoformat(),
            "until": self.until.isoformat() if self.until else None,
            "basis": self.basis,
            "week": {day: spans_text(self.week[day]) for day in DAYS if self.week.get(day)},
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read what `as_dict` gave. Raises ValueError."""
        until = data.get("until")
        week = {day: read_spans(text) for day, text in data["week"].items()}
        return cls(
            date.fromisoformat(data["since"]),
            data["basis"],
            week,
            date.fromisoformat(until) if until else None,
        )


@dataclass(frozen=True, slots=True)
class WorkPattern:
    """The days on which an agency works, from a day on, by which rule."""

    since: date
    basis: str
    days: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Give the form that is kept and shown."""
        return {"since": self.since.isoformat(), "basis": self.basis, "days": list(self.days)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read what `as_dict` gave."""
        return cls(date.fromisoformat(data["since"]), data["basis"], tuple(data["days"]))


def spans_text(spans: Sequence[Span]) -> str:
    """Such as "08:00-11:30, 13:30-16:00"."""
    return ", ".join(f"{begin:%H:%M}-{end:%H:%M}" for begin, end in spans)


def read_spans(text: str) -> tuple[Span, ...]:
    """Read what `spans_text` gave. Raises ValueError: no hours, or not one after the other."""
    spans = []
    for part in text.split(","):
        begin, _, end = part.strip().partition("-")
        spans.append((time.fromisoformat(begin.strip()), time.fromisoformat(end.strip())))
    edges = [edge for span in spans for edge in span]
    if len(spans) > MOST_SPANS or any(a >= b for a, b in pairwise(edges)):
        raise ValueError(f"{text} are no hours, one after the other")
    return tuple(spans)


def hours_on(hours: Sequence[Hours], day: date) -> Hours | None:
    """Those that count on a day: of what has begun and is not over, the newest."""
    begun = [h for h in hours if h.since <= day and (h.until is None or day <= h.until)]
    return max(begun, key=lambda each: each.since, default=None)


def spans_on(hours: Sequence[Hours], calendar: Calendar, day: date) -> tuple[Span, ...]:
    """When the counter is open on a day; on holidays, joint leave and the region's days off never."""
    counting = hours_on(hours, day)
    named = calendar.named(day)
    if counting is None or (named is not None and named.kind != "working_day"):
        return ()
    return counting.week.get(DAYS[day.weekday()], ())


@dataclass(frozen=True, slots=True)
class CounterNow:
    """How a counter stands at a moment: today's hours, whether it is open, when it opens next."""

    today: tuple[Span, ...]
    is_open: bool
    #: None where it opens no more within two months.
    next_open_at: datetime | None
    hours: Hours


def counter_now(hours: Sequence[Hours], calendar: Calendar, now: datetime) -> CounterNow | None:
    """None where nobody said when the counter is open."""
    local = now.astimezone(calendar.zone)
    day = local.date()
    coming = hours_on(hours, day) or min(
        (each for each in hours if each.since > day), key=lambda each: each.since, default=None
    )
    if coming is None:
        return None
    today = spans_on(hours, calendar, day)
    clock = local.time().replace(tzinfo=None)
    is_open = any(begin <= clock < end for begin, end in today)
    return CounterNow(today, is_open, _next(hours, calendar, local), coming)


def _next(hours: Sequence[Hours], calendar: Calendar, local: datetime) -> datetime | None:
    for ahead in range(_AHEAD):
        day = local.date() + timedelta(days=ahead)
        for begin, _ in spans_on(hours, calendar, day):
            opens = datetime.combine(day, begin, calendar.zone)
            if opens > local:
                return opens
    return None


# --- an agency's own working days -----------------------------------------------------------------


def with_patterns(calendar: Calendar, patterns: Mapping[str, Sequence[WorkPattern]]) -> Calendar:
    """The region's calendar with those of agencies that keep working days of their own."""
    kept = {agency: tuple(each) for agency, each in sorted(patterns.items()) if each}
    if not kept:
        return calendar
    said = {agency: [each.as_dict() for each in all_] for agency, all_ in kept.items()}
    digest = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:8]
    version = f"{calendar.version}+works-{digest}"
    region = replace(calendar, version=version)
    return replace(region, agencies={name: _own(region, all_) for name, all_ in kept.items()})


def _own(region: Calendar, patterns: tuple[WorkPattern, ...]) -> Calendar:
    def pattern_on(day: date) -> WorkPattern | None:
        begun = [each for each in patterns if each.since <= day]
        return max(begun, key=lambda each: each.since, default=None)

    def works(day: date) -> bool:
        own, named = pattern_on(day), region.named(day)
        if own is None or named is not None:
            return region.is_working_day(day)
        return DAYS[day.weekday()] in own.days

    @cache
    def days_off(year: int) -> frozenset[date]:
        first = date(year, 1, 1)
        days = (first + timedelta(days=n) for n in range(366))
        return frozenset(day for day in days if day.year == year and not works(day))

    def named(day: date) -> NamedDay | None:
        known, own = region.named(day), pattern_on(day)
        if known is not None or own is None or works(day) or not region.is_working_day(day):
            return known
        words = "bukan hari kerja instansi", "not a working day of the agency"
        return NamedDay(day, "not_agency_day", *words, own.basis)

    return Calendar(
        version=region.version,
        zone=region.zone,
        days_off=days_off,
        extra_working=region.extra_working,
        working_weekdays=frozenset(range(7)),
        named=named,
        basis=max(patterns, key=lambda each: each.since).basis,
    )


def hours_problems(
    at: tuple[str | int, ...], hours: Sequence[Hours], patterns: Sequence[WorkPattern]
) -> Iterator[Problem]:
    """What does not fit together in an agency's hours and working days."""
    for place, each in enumerate(hours):
        if each.until is not None and each.until < each.since:
            cure = "swap since and until"
            yield Problem((*at, "hours", place, "until"), "hours end before they begin", cure)
        if not any(each.week.values()):
            cure = "give at least one day, or leave the hours out"
            yield Problem((*at, "hours", place, "week"), "the counter is never open", cure)
    bases = [("hours", n, each.basis) for n, each in enumerate(hours)]
    bases += [("works", n, each.basis) for n, each in enumerate(patterns)]
    for key, place, basis in bases:
        if not basis.strip():
            cure = "name the rule, as people cite it"
            yield Problem((*at, key, place, "basis"), f"{key}: the basis is empty", cure)
    yield from _pattern_problems(at, patterns)


def _pattern_problems(
    at: tuple[str | int, ...], patterns: Sequence[WorkPattern]
) -> Iterator[Problem]:
    for place, pattern in enumerate(patterns):
        if not pattern.days or len({*pattern.days}) < len(pattern.days):
            cure = "give each day once, at least one"
            yield Problem((*at, "works", place, "days"), "works: days are missing or twice", cure)
