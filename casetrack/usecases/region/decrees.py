"""A decree came after the package was released: an operator loads it once, for all regions."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from casetrack.domain.clock import NamedDay
from casetrack.domain.region.decree import Decree
from casetrack.storage.region import calendars, regions
from casetrack.usecases.case.moved_deadlines import settle
from casetrack.usecases.context import Context
from casetrack.usecases.people.administration import note


@dataclass(frozen=True, slots=True)
class DecreedDay:
    """A day as every region without a word of its own about it counts it."""

    day: NamedDay
    #: Whether the days that were loaded say so, and not the package.
    loaded: bool


def load_decree(ctx: Context, decree: Decree, operator: str, *, only_check: bool = False) -> int:
    """Keep what the decree says of days; gives how many of them are news.

    One transaction for all regions, which no other write of theirs runs beside: afterwards every limit
    that begins is counted so. Limits that run move by `settle`, here or by the clock.
    """
    with ctx.database.write() as uow:
        codes = regions.regions(uow.connection)
        # In one order, so that two who load at once do not wait for each other.
        for code in codes:
            uow.lock_register(code, exclusive=True)
        known = {day.day: day for day in calendars.decreed_days(uow.connection)}
        news = [day for day in decree.days if known.get(day.day) != day]
        if not news or only_check:
            return len(news)
        now = uow.draw()[1]
        calendars.put_decreed(uow, news, now)
        data = {
            "source": decree.source,
            "decreed_on": decree.decreed_on.isoformat(),
            "removed": [_fact(known[day.day]) for day in news if day.day in known],
            "added": [_fact(day) for day in news],
        }
        for code in codes:
            calendars.new_revision(uow, code)
            note(uow, code, operator, ("calendar_loaded", data))
    ctx.wake()
    return len(news)


def move_limits(
    ctx: Context, tell: Callable[[str, int], object], looked: Callable[[str], object]
) -> int:
    """Move the open limits of every region, one after the other.

    `tell` hears of each region, `looked` of each case before it is looked at.
    """
    with ctx.database.read() as connection:
        codes = regions.regions(connection)
    moved = 0
    for code in codes:
        of_region = settle(ctx, code, looked)
        moved += of_region
        tell(code, of_region)
    return moved


def days_of_year(ctx: Context, year: int, zone: str = "Asia/Jakarta") -> list[DecreedDay]:
    """The days of a year that are not as their weekday would have them, in all regions."""
    with ctx.database.read() as connection:
        decreed = calendars.decreed_days(connection)
    calendar = ctx.calendars(zone, (), decreed)
    loaded = {day.day for day in decreed}
    first = date(year, 1, 1).toordinal()
    days = (date.fromordinal(first + n) for n in range(366))
    named = [calendar.named(day) for day in days if day.year == year]
    return [DecreedDay(day, day.day in loaded) for day in named if day is not None]


def _fact(day: NamedDay) -> dict[str, object]:
    return {"day": day.day.isoformat(), "working": day.kind == "working_day"}
