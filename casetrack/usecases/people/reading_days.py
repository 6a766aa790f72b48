"""Looks at personal data by the day: once a day is over, the ledger gets their count and a hash.

So nobody can take one away, change one or slip one in afterwards without `casetrack verify` seeing it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from casetrack.domain.access import system
from casetrack.domain.events import TYPE_PREFIX, NewEvent, instant, parse_instant
from casetrack.domain.people.readings import chained
from casetrack.storage.case import case_rows
from casetrack.storage.people import readings
from casetrack.storage.unit_of_work import Conflict
from casetrack.usecases.context import Context
from casetrack.usecases.facts import append_fact
from casetrack.usecases.region_by_region import in_each_region

#: How long after midnight a day is counted: a look that began before is written down by then, also by a
#: machine whose clock is slow.
GRACE = timedelta(hours=1)
#: Looks that are removed in one transaction.
_AT_ONCE = 500


def stream_of(region: str) -> str:
    """The stream of a region's days."""
    return f"readings/{region}"


def forgotten_of(region: str) -> str:
    """The stream that says until when a region's looks were removed, as the region's files want it."""
    return f"readings-forgotten/{region}"


@dataclass(frozen=True, slots=True)
class _Day:
    """A day with looks that is over: its first moment, and the first of the next."""

    name: str
    since: datetime
    until: datetime
    #: The version of the last day that was counted.
    behind: int


def close_once(ctx: Context) -> int:
    """Count one day of each region where one is over; gives how many. Safe in any number."""
    return in_each_region(ctx, _close_next)


def _close_next(ctx: Context, region: str) -> int:
    day = _next_day(ctx, region)
    return _close(ctx, region, day) if day is not None else 0


def forget_once(ctx: Context) -> int:
    """Remove some looks that no region keeps any more; gives how many. Safe in any number."""
    return in_each_region(ctx, _forget)


def _forget(ctx: Context, region: str) -> int:
    record, calendar = ctx.region(region)
    years = record.region.looks_kept
    if years is None:
        return 0
    day = calendar.local_date(ctx.database.now())
    # The 28th stands for the days behind it, which not every year has.
    until = calendar.start_of(day.replace(year=day.year - years, day=min(day.day, 28)))
    with ctx.database.read() as connection:
        counted = case_rows.side_stream_end(connection, region, stream_of(region))
        if counted is None or readings.first_at(connection, region, None, until) is None:
            return 0
    until = min(until, parse_instant(counted.data["until"]))
    _say(ctx, region, forgotten_of(region), "readings.forgotten", {"until": instant(until)})
    with ctx.database.write() as uow:
        return readings.forget(uow, region, until, _AT_ONCE)


def _next_day(ctx: Context, region: str) -> _Day | None:
    calendar = ctx.region(region)[1]
    with ctx.database.read() as connection:
        last = case_rows.side_stream_end(connection, region, stream_of(region))
        counted = parse_instant(last.data["until"]) if last else None
        until = calendar.start_of(calendar.local_date(ctx.database.now() - GRACE))
        first = readings.first_at(connection, region, counted, until)
    if first is None:
        return None
    day = calendar.local_date(first)
    since = calendar.start_of(day)
    # Days never overlap, even where the region's zone was corrected in between.
    since = max(since, counted) if counted else since
    end = calendar.start_of(day + timedelta(days=1))
    return _Day(day.isoformat(), since, end, last.version if last else 0)


def _close(ctx: Context, region: str, day: _Day) -> int:
    """Hashed before the transaction: no row of such a day changes any more."""
    with ctx.database.snapshot() as connection:
        count, digest = chained(readings.seals(connection, region, day.since, day.until))
    data = {
        "day": day.name,
        "since": instant(day.since),
        "until": instant(day.until),
        "count": count,
        "hash": digest,
    }
    done = _say(ctx, region, stream_of(region), "readings.counted", data, behind=day.behind)
    return int(done)


def _say(
    ctx: Context,
    region: str,
    stream: str,
    name: str,
    data: dict[str, Any],
    *,
    behind: int | None = None,
) -> bool:
    """Append an event, unless the last one says the same, or another clock was quicker.

    `behind` is the version that the stream had when the data were made.
    """
    try:
        with ctx.database.write() as uow:
            # Else another clock's day may come between the last event that is read and the append.
            uow.lock(region, stream)
            last = case_rows.side_stream_end(uow.connection, region, stream)
            version = last.version if last is not None else 0
            if behind not in (None, version) or (last is not None and last.data == data):
                return False
            new = NewEvent(TYPE_PREFIX + name, data)
            append_fact(uow, region, stream, new, system(region, "clock"))
    except Conflict:
        return False
    return True
