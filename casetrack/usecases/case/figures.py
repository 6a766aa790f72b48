"""The figures are kept up by the clock: what happened since is counted, case by case, into sums.

A case is always counted whole, from its events; what it added before is taken off. So nothing is counted
twice, whoever is killed on the way, and a report reads sums only, however many cases there are. A region
that nobody counted, or that was counted by other rules, is walked through from its first case.
"""

import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from casetrack.domain.case.counted_case import Counted, Key, counted
from casetrack.domain.events import TYPE_PREFIX, Event
from casetrack.storage.case import case_events, figures
from casetrack.storage.case.figures import Mark, Overtaker
from casetrack.storage.unit_of_work import Conflict
from casetrack.usecases.context import Context
from casetrack.usecases.region_by_region import in_each_region

#: By which rules a case is counted. Raise it with every change of `counted_case`: all is counted anew.
RULES = 3
#: Entries of the ledger, and cases of a walk, that are counted in one transaction.
_ENTRIES, _CASES, _ROWS = 200, 100, 1_000
_OPENED = f"{TYPE_PREFIX}case.opened"
_CLEAR, _WALK, _ORDER, _FOLLOW = "clear", "cases", "order", ""


def count_once(ctx: Context) -> int:
    """Count on in each region; gives how much was done. Safe in any number."""
    return in_each_region(ctx, _count_on)


def _rules(ctx: Context, region: str) -> int:
    """By which rules, and by which calendar: a day that became a holiday later counts everywhere, or the
    same events would not give the same counts."""
    calendar = ctx.region(region)[1]
    return RULES << 24 | zlib.crc32(calendar.version.encode()) & 0xFFFFFF


def is_current(ctx: Context, region: str, mark: Mark) -> bool:
    """Whether all is counted, by the rules and the calendar of now."""
    return mark.walk == _FOLLOW and mark.rules == _rules(ctx, region)


def count_anew(ctx: Context, region: str) -> None:
    """All from the beginning, whatever was counted before; safe beside a clock that counts on."""
    with ctx.database.read() as connection:
        mark = figures.mark_of(connection, region)
    _begin(ctx, region, mark)
    while _count_on(ctx, region):
        pass


def counted_again(
    ctx: Context, connection: Any, region: str, numbers: Sequence[str]
) -> dict[str, Counted]:
    """These cases, counted from their events now."""
    return _counted_cases(ctx, region, figures.events_of_cases(connection, region, numbers))


def _counted_cases(
    ctx: Context, region: str, events: Mapping[str, Sequence[Event]]
) -> dict[str, Counted]:
    return {
        number: _counted(ctx, region, said)
        for number, said in events.items()
        if said and said[0].type == _OPENED
    }


def _count_on(ctx: Context, region: str) -> int:
    with ctx.database.read() as connection:
        mark = figures.mark_of(connection, region)
    try:
        if mark is None or mark.rules != _rules(ctx, region):
            return _begin(ctx, region, mark)
        if mark.walk == _FOLLOW:
            return _follow(ctx, region, mark)
        return _STAGES[mark.walk](ctx, region, mark)
    except Conflict:
        # Another clock is at it.
        return 0


def _begin(ctx: Context, region: str, before: Mark | None) -> int:
    """What is there already is walked through; what comes from here on is followed afterwards."""
    with ctx.database.read() as connection:
        position = figures.ledger_end(connection, region)
    now = ctx.database.now()
    with ctx.database.write() as uow:
        return int(
            figures.put_mark(
                uow, region, before, Mark(_rules(ctx, region), position, _CLEAR, "", now)
            )
        )


def _clear(ctx: Context, region: str, mark: Mark) -> int:
    with ctx.database.write() as uow:
        if not figures.put_mark(uow, region, mark, mark):
            return 0
        if figures.clear(uow, region, _ROWS) == 0:
            figures.put_mark(uow, region, mark, replace(mark, walk=_WALK))
    return 1


def _walk(ctx: Context, region: str, mark: Mark) -> int:
    with ctx.database.read() as connection:
        numbers = figures.numbers_behind(connection, region, mark.walked, _CASES)
    after = replace(mark, walked=numbers[-1]) if numbers else replace(mark, walk=_ORDER, walked="")
    return _take_in(ctx, region, mark, after, numbers, in_order=False)


def _order(ctx: Context, region: str, mark: Mark) -> int:
    """Who overtook whom can only be said once all are there."""
    with ctx.database.read() as connection:
        numbers = figures.decided_behind(connection, region, mark.walked, _CASES)
    after = replace(mark, walked=numbers[-1]) if numbers else replace(mark, walk=_FOLLOW, walked="")
    with ctx.database.write() as uow:
        if not figures.put_mark(uow, region, mark, after):
            return 0
        figures.add(uow, region, _overtaking(ctx, region, figures.overtook(uow, region, numbers)))
    return 1


_STAGES = {_CLEAR: _clear, _WALK: _walk, _ORDER: _order}


def _follow(ctx: Context, region: str, mark: Mark) -> int:
    with ctx.database.read() as connection:
        entries = case_events.ledger_entries(
            connection, region, after=mark.position, limit=_ENTRIES
        )
    if not entries:
        return 0
    found = dict.fromkeys(_number(entry.stream) for entry in entries)
    numbers = [number for number in found if number]
    after = replace(mark, position=entries[-1].position, counted_at=ctx.database.now())
    return _take_in(ctx, region, mark, after, numbers, in_order=True)


def _number(stream: str) -> str:
    """The case that an entry of the ledger may change the figures of; empty: none."""
    kind, _, number = stream.rpartition("/")
    return number if kind in ("", "deadline") else ""


def _take_in(
    ctx: Context,
    region: str,
    mark: Mark,
    after: Mark,
    numbers: Sequence[str],
    *,
    in_order: bool,
) -> int:
    """Count these cases, and keep the difference. Read before the transaction: what these cases added
    changes only with the mark, and a case that goes on meanwhile stands in the ledger again."""
    with ctx.database.read() as connection:
        events = figures.events_of_cases(connection, region, numbers) if numbers else {}
        before = figures.counted_before(connection, region, numbers) if numbers else {}
    cases = _counted_cases(ctx, region, events)
    news: Counter[Key] = Counter()
    for number, case in cases.items():
        news.update(case.counts)
        if number in before:
            news.subtract(before[number].counts)
    fresh = [
        number
        for number, case in cases.items()
        if in_order and case.decided and not (number in before and before[number].ended)
    ]
    with ctx.database.write() as uow:
        if not figures.put_mark(uow, region, mark, after):
            return 0
        figures.put_cases(uow, region, cases)
        news.update(_overtaking(ctx, region, figures.overtook(uow, region, fresh)))
        figures.add(uow, region, news)
    return 1


def _counted(ctx: Context, region: str, events: Sequence[Event]) -> Counted:
    opening = events[0].data["case"]
    definition = ctx.definition(region, opening["service"], opening["service_version"])
    return counted(events, definition, ctx.region(region)[1])


def _overtaking(ctx: Context, region: str, passed: Iterable[Overtaker]) -> Counter[Key]:
    """Once for each, on the day of its decision, which never changes: so it is never taken off."""
    calendar = ctx.region(region)[1]
    return Counter(
        Key("overtook", calendar.local_date(each.at).isoformat(), each.service, each.agency)
        for each in passed
    )
