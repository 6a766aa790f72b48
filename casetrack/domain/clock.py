"""How time is counted: limits, the days of a calendar, pauses, deadlines.

An instant is an aware datetime and a result is always in UTC; a day is one in the calendar's zone.
Nothing here reads the time or a list of holidays: both are arguments. All arithmetic is exact.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Literal, Self, cast, get_args
from zoneinfo import ZoneInfo

Unit = Literal["minutes", "hours", "working_days", "calendar_days"]
UNITS: tuple[Unit, ...] = get_args(Unit)

MAX_VALUE = 10_000
#: How much of a limit has gone by when it is called near.
NEAR_PERCENT = 80
MONDAY_TO_FRIDAY = frozenset(range(5))

_ONE_DAY = timedelta(days=1)
_LAST_SECOND = time(23, 59, 59)
_RUNNING: Mapping[Unit, timedelta] = {
    "minutes": timedelta(minutes=1),
    "hours": timedelta(hours=1),
}


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """How long something may take. "5 days" means nothing: the unit says which days.

    Raises ValueError for a value outside 1..10_000 or a unit that is not in `UNITS`.
    """

    value: int
    unit: Unit

    def __post_init__(self) -> None:
        if type(self.value) is not int or not 1 <= self.value <= MAX_VALUE:
            raise ValueError(
                f"limit value is {self.value!r}: give a whole number from 1 to {MAX_VALUE}"
            )
        if self.unit not in UNITS:
            raise ValueError(f"limit unit is {self.unit!r}: give one of {', '.join(UNITS)}")

    def as_dict(self) -> dict[str, object]:
        """Give the form that events and service definitions keep."""
        return {"value": self.value, "unit": self.unit}

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Self:
        """Read what `as_dict` gave; ValueError when a key is missing or holds nonsense.

        A key that is not known is one that a newer release wrote. Region files are checked before.
        """
        if not {"value", "unit"} <= set(data):
            raise ValueError(f"a limit has the keys value and unit, not {', '.join(sorted(data))}")
        return cls(cast(int, data["value"]), cast(Unit, data["unit"]))


@dataclass(frozen=True, slots=True)
class DayOverride:
    """One day on which a region differs from the national calendar, in either direction."""

    day: date
    working: bool
    name: str


DayKind = Literal["holiday", "joint_leave", "day_off", "working_day", "not_agency_day"]
#: What a decree makes of a day: of all regions, so a region's own day off is none of them.
DECREED_KINDS: tuple[DayKind, ...] = ("holiday", "joint_leave", "working_day")


@dataclass(frozen=True, slots=True)
class NamedDay:
    """Why a day is no working day, or is one although it looks like none: the names, and the paper."""

    day: date
    kind: DayKind
    id: str
    en: str
    #: The decree or the rule, as people cite it; None where nobody named one.
    source: str | None = None

    def as_dict(self) -> dict[str, str | None]:
        """Give the form that is kept."""
        day, kind = self.day.isoformat(), self.kind
        return {"day": day, "kind": kind, "id": self.id, "en": self.en, "source": self.source}

    @classmethod
    def from_dict(cls, data: Mapping[str, str | None]) -> Self:
        """Read what `as_dict` gave."""
        named = cast(dict[str, str], data)
        kind = cast(DayKind, named["kind"])
        return cls(date.fromisoformat(named["day"]), kind, named["id"], named["en"], data["source"])


def _nobody(day: date) -> NamedDay | None:
    """No day has a name."""
    return None


@dataclass(frozen=True)
class Calendar:
    """Which days an office works, in its zone. The version is written into every deadline.

    `days_off` gives the days off of a year and is asked once a day walked: cache behind it.
    `extra_working` wins over both `days_off` and the weekday (0 is Monday).
    """

    version: str
    zone: ZoneInfo
    days_off: Callable[[int], frozenset[date]]
    extra_working: frozenset[date] = frozenset()
    working_weekdays: frozenset[int] = MONDAY_TO_FRIDAY
    #: Why a day is not as its weekday would have it.
    named: Callable[[date], NamedDay | None] = _nobody
    #: The calendars of agencies that keep another working pattern by a rule of their own. They count
    #: only for the targets of these agencies' steps.
    agencies: Mapping[str, "Calendar"] = field(default_factory=dict)
    #: Of an agency's own pattern: the rule by which it keeps it.
    basis: str | None = None

    def __post_init__(self) -> None:
        # A week without a working day would make every count of working days endless.
        if not self.working_weekdays or not self.working_weekdays <= frozenset(range(7)):
            raise ValueError("working_weekdays: give at least one of 0 (Monday) to 6 (Sunday)")

    def is_working_day(self, day: date) -> bool:
        """Tell whether the office works on that day."""
        if day in self.extra_working:
            return True
        return day.weekday() in self.working_weekdays and day not in self.days_off(day.year)

    def of_agency(self, agency: str) -> "Calendar":
        """The calendar by which the targets of an agency's steps are counted."""
        return self.agencies.get(agency, self)

    def local_date(self, instant: datetime) -> date:
        """Give the day it is in the office at that instant; ValueError for a naive one."""
        return _aware(instant).astimezone(self.zone).date()

    def start_of(self, day: date) -> datetime:
        """Give the instant, in UTC, at which that day begins in the office."""
        return datetime.combine(day, time.min, self.zone).astimezone(UTC)

    def end_of(self, day: date) -> datetime:
        """Give the instant, in UTC, at which the office's clock shows 23:59:59 on that day."""
        return datetime.combine(day, _LAST_SECOND, self.zone).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Pause:
    """A time in which the clock stands still: until it is ended, at the latest until its cap.

    Raises ValueError when it ends, or is capped, before it starts, and for a naive datetime.
    """

    start: datetime
    end: datetime | None
    cap: datetime | None

    def __post_init__(self) -> None:
        _aware(self.start)
        for name, instant in (("end", self.end), ("cap", self.cap)):
            if instant is not None and _aware(instant) < self.start:
                raise ValueError(f"the {name} of a pause, {instant}, is before its start")

    @property
    def effective_end(self) -> datetime | None:
        """When the clock runs again: the earlier of end and cap, None if there is neither."""
        if self.end is None or self.cap is None:
            return self.end or self.cap
        return min(self.end, self.cap)


def deadline(
    start: datetime, limit: TimeLimit, pauses: Iterable[Pause], calendar: Calendar
) -> datetime:
    """Give the last instant, in UTC, at which the limit is still kept.

    The local day of `start` is day 0. A limit of n days, working or calendar, ends at 23:59:59
    local on the n-th counted day after it; minutes and hours run as they pass, day and night.

    A pause never resets the count: what had run stays. Minutes and hours move by the time the clock
    stood. For days, a day on which the clock ran at all counts: only the days strictly between the
    local day a pause begins and the local day it ends are left out. So pausing and resuming on the
    same or the next day buys nothing, and nobody can stop the clock every evening to gain days.
    Pauses that overlap or touch are one pause; what lies before `start` or after the deadline moves
    nothing. Raises ValueError if a pause has neither end nor cap: a stopped clock has no deadline.
    """
    start = _aware(start).astimezone(UTC)
    stops: list[tuple[datetime, datetime]] = []
    for begin, end in merged(start, pauses):
        if end is None:
            raise ValueError(f"the clock stands since {begin}: end or cap the pause first")
        stops.append((begin, end))
    if limit.unit in _RUNNING:
        return _running_deadline(start, limit.value * _RUNNING[limit.unit], stops)
    days = _counted_days(calendar.local_date(start), limit.unit, stops, calendar)
    return calendar.end_of(next(islice(days, limit.value - 1, None)))


def used(
    start: datetime, now: datetime, limit_unit: Unit, pauses: Iterable[Pause], calendar: Calendar
) -> int:
    """Give how many whole units have been charged at `now`, by the rules of `deadline`.

    Days are charged when they begin: day 0 is free, the local day of `now` counts in full. Inside a
    pause the answer is the one of the instant at which the pause began, whatever its cap.
    """
    start = _aware(start).astimezone(UTC)
    now = _aware(now).astimezone(UTC)
    stops: list[tuple[datetime, datetime]] = []
    for begin, end in merged(start, pauses):
        if begin >= now:
            break
        if end is None or now < end:
            now = begin
            break
        stops.append((begin, end))
    if now <= start:
        return 0
    if limit_unit in _RUNNING:
        stood = sum((end - begin for begin, end in stops), timedelta())
        return (now - start - stood) // _RUNNING[limit_unit]
    today = calendar.local_date(now)
    charged = 0
    for day in _counted_days(calendar.local_date(start), limit_unit, stops, calendar):
        if day > today:
            break
        charged += 1
    return charged


def near_at(start: datetime, due: datetime, percent: int = NEAR_PERCENT) -> datetime:
    """Give when to warn that a deadline is near, in UTC: so much of the way to it.

    One rule for all units, rounded down to the microsecond.
    """
    start = _aware(start).astimezone(UTC)
    return start + (_aware(due) - start) * percent // 100


def calendar_of_days(version: str, zone: ZoneInfo, days: Iterable[NamedDay]) -> Calendar:
    """A calendar as it was written down: Monday to Friday, and the days that are otherwise."""
    by_day = {named.day: named for named in days}
    opened = frozenset(day for day, named in by_day.items() if named.kind == "working_day")
    closed = frozenset(by_day) - opened
    return Calendar(version, zone, lambda year: closed, opened, named=by_day.get)


def cap_end(start: datetime, limit: TimeLimit, calendar: Calendar) -> datetime:
    """Give when a pause that began at `start` runs out by itself, in UTC."""
    return deadline(start, limit, (), calendar)


def _aware(instant: datetime) -> datetime:
    if instant.utcoffset() is None:
        raise ValueError(f"{instant} has no time zone: give an aware datetime")
    return instant


def merged(start: datetime, pauses: Iterable[Pause]) -> Iterator[tuple[datetime, datetime | None]]:
    """Give the pauses in UTC, in order, clipped to start; those that overlap or touch are one."""
    held: tuple[datetime, datetime | None] | None = None
    for pause in sorted(pauses, key=lambda pause: pause.start):
        begin = max(start, pause.start).astimezone(UTC)
        end = pause.effective_end
        if end is not None:
            end = end.astimezone(UTC)
            if end <= begin:
                continue
        if held is None:
            held = begin, end
        elif held[1] is None or begin <= held[1]:
            held = held[0], None if held[1] is None or end is None else max(held[1], end)
        else:
            yield held
            held = begin, end
    if held is not None:
        yield held


def _running_deadline(
    start: datetime, length: timedelta, stops: Iterable[tuple[datetime, datetime]]
) -> datetime:
    due = start + length
    for begin, end in stops:
        if begin >= due:
            break
        due += end - begin
    return due


def _counted_days(
    day_zero: date, unit: Unit, stops: Iterable[tuple[datetime, datetime]], calendar: Calendar
) -> Iterator[date]:
    """Give, without end, the days after day zero that count."""
    # The stops are merged and in order, so their days are too: one look ahead is enough.
    spans = ((calendar.local_date(begin), calendar.local_date(end)) for begin, end in stops)
    stopped = next(spans, None)
    day = day_zero + _ONE_DAY
    while True:
        while stopped is not None and stopped[1] <= day:
            stopped = next(spans, None)
        if stopped is not None and stopped[0] < day:
            day = stopped[1]
        elif unit == "calendar_days" or calendar.is_working_day(day):
            yield day
            day += _ONE_DAY
        else:
            day += _ONE_DAY
