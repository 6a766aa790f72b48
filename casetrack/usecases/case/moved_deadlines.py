"""A day is no working day any more, or is one: deadlines neither met nor missed move, each by an event.

What counts a region's open limits is written down last, when all of them have moved. So who was killed
on the way leaves the rest to the clock, and a limit that has moved already does not move again.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta

from casetrack.domain.access import system
from casetrack.domain.case.decide import move_deadlines as decide_move
from casetrack.domain.case.state import CaseState
from casetrack.domain.case.steps import Setting, running_clocks
from casetrack.domain.clock import Calendar, NamedDay, near_at
from casetrack.domain.events import parse_instant
from casetrack.storage.case import case_rows, deadlines, queries
from casetrack.storage.case.deadlines import DeadlineRow
from casetrack.storage.region import calendars
from casetrack.storage.region.calendars import KeptCalendar
from casetrack.storage.unit_of_work import UnitOfWork
from casetrack.usecases.case.append import append_to_case
from casetrack.usecases.context import Context
from casetrack.usecases.region_by_region import in_each_region

_BATCH = 200
#: Years around today whose days are written down with a calendar.
_YEARS = (-2, 4)
#: So many days an event names as the reason; a whole new calendar has no reason of its own.
_MOST_REASONS = 12
_LIBRARY = re.compile(r"holidays-(\d+)\.(\d+)(?:\.(\d+))?")


def settle_once(ctx: Context) -> int:
    """One round over all regions; gives how many cases moved. Safe in any number."""
    return in_each_region(ctx, lambda each, region: settle(each, region))


def _untold(_number: str) -> None:
    """Nobody listens."""


def settle(ctx: Context, region: str, tell: Callable[[str], object] = _untold) -> int:
    """Count every open limit of the region by the calendar of today; gives how many cases moved.

    `tell` hears the number of each case before it is looked at.
    """
    _, calendar = ctx.region(region)
    with ctx.database.read() as connection:
        kept = calendars.kept_calendars(connection, region, 1)
    before = kept[0] if kept else None
    if before is not None and (
        before.version == calendar.version or _is_newer(before.version, calendar.version)
    ):
        return 0
    now = _kept(calendar, ctx.database.now())
    because = _otherwise(before, now) if before else []
    moved = 0
    if before is None or _is_another(before, now):
        moved = move_deadlines(ctx, region, tell)
    elif because:
        since = calendar.start_of(because[0].day)
        with ctx.database.read() as connection:
            numbers = list(calendars.reaching(connection, region, since, _BATCH))
        named = because if len(because) <= _MOST_REASONS else []
        moved = _move_all(ctx, region, numbers, calendar, named, tell)
    with ctx.database.write() as uow:
        # Whoever loads other days holds the register alone: what is written down is not older than they.
        uow.lock_register(region)
        if ctx.region(region)[1].version == calendar.version:
            calendars.keep_calendar(uow, region, now, uow.draw()[1])
    return moved


def _is_newer(kept: str, ours: str) -> bool:
    """Whether a process of a newer package counted last: while an upgrade lasts, nobody counts back."""
    theirs, mine = _LIBRARY.match(kept), _LIBRARY.match(ours)
    if theirs is None or mine is None:
        return False
    return [int(n or 0) for n in theirs.groups()] > [int(n or 0) for n in mine.groups()]


def _kept(calendar: Calendar, now: datetime) -> KeptCalendar:
    """The calendar as it is written down: what is not as its weekday would have it, with the reason."""
    year = calendar.local_date(now).year
    day, last = date(year + _YEARS[0], 1, 1), date(year + _YEARS[1], 12, 31)
    named = []
    while day <= last:
        if (found := calendar.named(day)) is not None:
            named.append(found)
        day += timedelta(days=1)
    rules = {agency: each.version for agency, each in sorted(calendar.agencies.items())}
    return KeptCalendar(calendar.version, calendar.zone.key, tuple(named), rules or None)


def _is_another(before: KeptCalendar, after: KeptCalendar) -> bool:
    """Whether more than single days is otherwise: the zone, or an agency's own pattern."""
    return (before.zone, before.agencies) != (after.zone, after.agencies)


def _otherwise(before: KeptCalendar, after: KeptCalendar) -> list[NamedDay]:
    """The days that count otherwise than before, in order, as they are now.

    Days that only the one or the other has because it was written down in another year are left out.
    """
    was = {day.day: day for day in before.days}
    now = {day.day: day for day in after.days}
    years = {day.year for day in was} & {day.year for day in now}
    found = []
    for day in sorted({*was, *now}):
        old, new = was.get(day), now.get(day)
        if day.year in years and _closes(old) != _closes(new):
            found.append(new or NamedDay(day, "working_day", "hari kerja", "working day"))
    return found


def _closes(day: NamedDay | None) -> bool | None:
    """Whether it is a day off by itself; None: it is what its weekday is."""
    return None if day is None else day.kind != "working_day"


def move_deadlines(ctx: Context, region: str, tell: Callable[[str], object] = _untold) -> int:
    """Recompute every open case that was counted by another calendar; gives how many moved."""
    _, calendar = ctx.region(region)
    with ctx.database.read() as connection:
        numbers = list(queries.open_numbers(connection, region, batch=_BATCH))
    return _move_all(ctx, region, numbers, calendar, (), tell)


def _move_all(
    ctx: Context,
    region: str,
    numbers: Iterable[str],
    calendar: Calendar,
    because: Sequence[NamedDay],
    tell: Callable[[str], object],
) -> int:
    moved = 0
    for number in numbers:
        tell(number)
        moved += _move(ctx, region, number, calendar, because)
    if moved:
        ctx.wake()
    return moved


def _move(
    ctx: Context, region: str, number: str, calendar: Calendar, because: Sequence[NamedDay]
) -> int:
    with ctx.database.write() as uow:
        record = case_rows.lock_case(uow, region, number)
        if record is None or record.state.calendar == calendar.version:
            return 0
        state = record.state
        definition = ctx.definition(region, state.service, state.service_version)
        setting = ctx.setting(definition, region, record.revisions.files, record.now)
        _move_stopped(uow, state, setting)
        actor = system(region, "calendar")
        new = decide_move(state, actor, setting, because)
        if new is None:
            return 0
        append_to_case(
            uow,
            new,
            before=state,
            previous=record.hash,
            event_id=record.event_id,
            number=number,
            actor=actor,
            setting=setting,
        )
    return 1


def _move_stopped(uow: UnitOfWork, state: CaseState, setting: Setting) -> None:
    """A clock that stands still has no due time in any event, but its row says when its cap tells."""
    for step, (started, due) in running_clocks(state, setting).items():
        if (state.steps[step] if step else state).due_at is None:
            near = near_at(parse_instant(started), due, setting.definition.near_percent)
            row = DeadlineRow(state.region, state.number, step, "", near, due)
            deadlines.move(uow, row, setting.now)
