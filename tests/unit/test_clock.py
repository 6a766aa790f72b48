from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casetrack.domain.clock import (
    Calendar,
    Pause,
    TimeLimit,
    Unit,
    cap_end,
    deadline,
    near_at,
    used,
)
from tests.support.examples import examples

WIB = ZoneInfo("Asia/Jakarta")
WITA = ZoneInfo("Asia/Makassar")
WIT = ZoneInfo("Asia/Jayapura")
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def office(zone: ZoneInfo = WITA, *days_off: date) -> Calendar:
    return Calendar("test", zone, lambda year: frozenset(d for d in days_off if d.year == year))


def wita(day: int, hour: int = 9, minute: int = 0) -> datetime:
    """July 2026 in Samarinda: the 6th, 13th, 20th and 27th are Mondays."""
    return datetime(2026, 7, day, hour, minute, tzinfo=WITA)


def end_of_july(day: int) -> datetime:
    return datetime(2026, 7, day, 23, 59, 59, tzinfo=WITA)


def ended(start: datetime, end: datetime) -> Pause:
    return Pause(start, end, None)


def working(days: int) -> TimeLimit:
    return TimeLimit(days, "working_days")


# --- limits -------------------------------------------------------------------------------------


@pytest.mark.parametrize("unit", ["minutes", "hours", "working_days", "calendar_days"])
def test_a_limit_comes_back_from_its_dict_as_it_went(unit: Unit) -> None:
    assert TimeLimit(5, unit).as_dict() == {"value": 5, "unit": unit}
    assert TimeLimit.from_dict({"value": 5, "unit": unit}) == TimeLimit(5, unit)


@pytest.mark.parametrize(
    "data",
    [
        {"value": 0, "unit": "hours"},
        {"value": 10_001, "unit": "hours"},
        {"value": -1, "unit": "hours"},
        {"value": True, "unit": "hours"},
        {"value": 1.0, "unit": "hours"},
        {"value": "5", "unit": "hours"},
        {"value": 5, "unit": "days"},
        {"value": 5, "unit": ["hours"]},
        {"value": 5},
    ],
)
def test_a_limit_that_says_nonsense_is_refused(data: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="limit"):
        TimeLimit.from_dict(data)


def test_a_limit_that_a_newer_release_says_more_of_is_read() -> None:
    data = {"value": 5, "unit": "hours", "kind": "legal"}
    assert TimeLimit.from_dict(data) == TimeLimit(5, "hours")


def test_the_largest_limit_can_be_counted() -> None:
    due = deadline(wita(6), TimeLimit(10_000, "calendar_days"), (), office())

    assert due.astimezone(WITA).date() == date(2026, 7, 6) + 10_000 * DAY


# --- days and zones -----------------------------------------------------------------------------


def test_the_day_of_completeness_is_day_zero() -> None:
    assert deadline(wita(6), working(3), (), office()) == end_of_july(9)


def test_working_days_jump_over_the_weekend_and_days_off_and_calendar_days_do_not() -> None:
    calendar = office(WITA, date(2026, 7, 13))

    assert deadline(wita(9), working(2), (), calendar) == end_of_july(14)
    assert deadline(wita(9), TimeLimit(2, "calendar_days"), (), calendar) == end_of_july(11)


def test_a_file_declared_complete_on_a_saturday_has_its_first_day_on_monday() -> None:
    assert deadline(wita(11), working(1), (), office()) == end_of_july(13)


def test_a_declaration_before_and_after_local_midnight_is_a_day_apart() -> None:
    late, early = wita(6, 23, 30), wita(7, 0, 30)

    assert late.astimezone(UTC).date() == early.astimezone(UTC).date()
    assert deadline(late, working(1), (), office()) == end_of_july(7)
    assert deadline(early, working(1), (), office()) == end_of_july(8)


@pytest.mark.parametrize(
    ("zone", "utc_hour"), [(WIB, 16), (WITA, 15), (WIT, 14)], ids=["WIB", "WITA", "WIT"]
)
def test_a_deadline_is_the_last_second_of_the_local_day_told_in_utc(
    zone: ZoneInfo, utc_hour: int
) -> None:
    due = deadline(datetime(2026, 7, 6, 9, tzinfo=zone), working(1), (), office(zone))

    assert due == datetime(2026, 7, 7, utc_hour, 59, 59, tzinfo=UTC)
    assert due.tzinfo is UTC


def test_one_instant_is_two_days_in_two_zones() -> None:
    instant = datetime(2026, 7, 6, 15, 30, tzinfo=UTC)

    assert office(WIB).local_date(instant) == date(2026, 7, 6)
    assert office(WIT).local_date(instant) == date(2026, 7, 7)


def test_minutes_and_hours_run_through_the_night_and_the_weekend() -> None:
    assert deadline(wita(10, 23), TimeLimit(90, "minutes"), (), office()) == wita(11, 0, 30)
    assert deadline(wita(10, 23), TimeLimit(48, "hours"), (), office()) == wita(12, 23)


def test_an_extra_working_day_wins_over_the_weekday_and_over_the_day_off() -> None:
    saturday, off = date(2026, 7, 11), date(2026, 7, 13)
    calendar = Calendar("test", WITA, lambda _: frozenset({off}), frozenset({saturday, off}))

    assert calendar.is_working_day(saturday)
    assert calendar.is_working_day(off)
    assert not calendar.is_working_day(date(2026, 7, 12))


def test_an_office_may_keep_another_week() -> None:
    calendar = Calendar("test", WITA, lambda _: frozenset(), working_weekdays=frozenset(range(6)))

    assert deadline(wita(10), working(1), (), calendar) == end_of_july(11)


@pytest.mark.parametrize("weekdays", [frozenset[int](), frozenset({7})])
def test_a_week_without_a_working_day_is_refused(weekdays: frozenset[int]) -> None:
    with pytest.raises(ValueError, match="working_weekdays"):
        Calendar("test", WITA, lambda _: frozenset(), working_weekdays=weekdays)


ASKED: dict[str, Callable[[datetime], object]] = {
    "deadline start": lambda naive: deadline(naive, working(1), (), office()),
    "used start": lambda naive: used(naive, wita(6), "hours", (), office()),
    "used now": lambda naive: used(wita(6), naive, "hours", (), office()),
    "near_at start": lambda naive: near_at(naive, wita(6)),
    "near_at due": lambda naive: near_at(wita(6), naive),
    "local_date": lambda naive: office().local_date(naive),
    "pause start": lambda naive: Pause(naive, None, None),
    "pause end": lambda naive: Pause(wita(6), naive, None),
    "pause cap": lambda naive: Pause(wita(6), None, naive),
}


@pytest.mark.parametrize("ask", ASKED.values(), ids=ASKED)
def test_a_time_without_a_zone_is_refused(ask: Callable[[datetime], object]) -> None:
    with pytest.raises(ValueError, match="no time zone"):
        ask(datetime(2026, 7, 6, 9))  # noqa: DTZ001 - the naive one is the point


# --- pauses -------------------------------------------------------------------------------------


def test_pausing_and_resuming_on_the_same_day_buys_nothing() -> None:
    pause = ended(wita(7, 8), wita(7, 17))

    assert deadline(wita(6), working(3), [pause], office()) == end_of_july(9)


def test_pausing_and_resuming_on_the_next_day_buys_nothing() -> None:
    pause = ended(wita(7, 0, 1), wita(8, 23, 59))

    assert deadline(wita(6), working(3), [pause], office()) == end_of_july(9)


def test_a_pause_every_night_buys_nothing() -> None:
    pauses = [ended(wita(day, 16), wita(day + 1, 8)) for day in range(6, 16)]

    assert deadline(wita(6), working(5), pauses, office()) == end_of_july(13)


def test_a_pause_from_monday_to_wednesday_buys_one_day() -> None:
    pause = ended(wita(13), wita(15))

    assert deadline(wita(10), working(2), (), office()) == end_of_july(14)
    assert deadline(wita(10), working(2), [pause], office()) == end_of_july(15)


def test_a_pause_over_the_weekend_buys_no_working_day_and_two_calendar_days() -> None:
    pause = ended(wita(10), wita(13))

    assert deadline(wita(9), working(2), [pause], office()) == end_of_july(13)
    assert deadline(wita(9), TimeLimit(2, "calendar_days"), [pause], office()) == end_of_july(13)
    assert deadline(wita(9), TimeLimit(2, "calendar_days"), (), office()) == end_of_july(11)


def test_a_pause_keeps_the_time_that_had_run() -> None:
    """Two of five days had run before the pause, so three are left after it."""
    pause = ended(wita(8), wita(20))

    assert used(wita(6), wita(8), "working_days", (), office()) == 2
    assert deadline(wita(6), working(5), [pause], office()) == end_of_july(22)


def test_the_cap_ends_a_pause_that_nobody_ends() -> None:
    capped = Pause(wita(7), None, wita(9))

    assert capped.effective_end == wita(9)
    assert deadline(wita(6), TimeLimit(48, "hours"), [capped], office()) == wita(10)


def test_the_cap_cuts_a_pause_that_is_ended_after_it() -> None:
    assert Pause(wita(7), wita(20), wita(9)).effective_end == wita(9)
    assert Pause(wita(7), wita(8), wita(9)).effective_end == wita(8)


def test_a_cap_in_working_days_runs_out_like_a_limit_of_its_own() -> None:
    assert cap_end(wita(10), working(2), office()) == end_of_july(14)


def test_a_pause_capped_at_the_end_of_a_day_lets_that_day_count() -> None:
    """The cap is at 23:59:59, the clock runs for the last second of the day: the day is charged."""
    pause = Pause(wita(13), None, cap_end(wita(13), working(2), office()))

    assert deadline(wita(10), working(2), [pause], office()) == end_of_july(15)


def test_nobody_may_ask_for_the_deadline_of_a_stopped_clock() -> None:
    with pytest.raises(ValueError, match="the clock stands since"):
        deadline(wita(6), working(3), [Pause(wita(7), None, None)], office())


@pytest.mark.parametrize(("end", "cap"), [(wita(6), None), (None, wita(6))])
def test_a_pause_cannot_end_before_it_starts(end: datetime | None, cap: datetime | None) -> None:
    with pytest.raises(ValueError, match="before its start"):
        Pause(wita(7), end, cap)


def test_two_pauses_that_touch_are_one() -> None:
    """Apart, each would end or begin on the 8th, and the 8th would count."""
    touching = [ended(wita(8, 12), wita(9)), ended(wita(7), wita(8, 12))]
    apart = [ended(wita(8, 12, 1), wita(9)), ended(wita(7), wita(8, 12))]

    assert deadline(wita(6), working(3), touching, office()) == end_of_july(10)
    assert deadline(wita(6), working(3), apart, office()) == end_of_july(9)


def test_a_pause_inside_another_adds_nothing() -> None:
    outer, inner = ended(wita(7), wita(8)), ended(wita(7, 10), wita(7, 12))

    assert deadline(wita(6), TimeLimit(48, "hours"), [outer, inner], office()) == wita(9)


def test_a_pause_counts_only_from_the_start_of_the_clock() -> None:
    before, across = ended(wita(1), wita(2)), ended(wita(3), wita(6, 12))

    assert deadline(wita(6), TimeLimit(10, "hours"), [before, across], office()) == wita(6, 22)


def test_a_pause_that_begins_when_the_time_is_up_moves_nothing() -> None:
    pause = ended(wita(6, 19), wita(6, 20))

    assert deadline(wita(6), TimeLimit(10, "hours"), [pause], office()) == wita(6, 19)
    assert deadline(wita(6), TimeLimit(601, "minutes"), [pause], office()) == wita(6, 20, 1)


# --- used, near_at ------------------------------------------------------------------------------


def test_used_rounds_minutes_and_hours_down() -> None:
    now = wita(6, 11, 59) + timedelta(seconds=59)

    assert used(wita(6), now, "hours", (), office()) == 2
    assert used(wita(6), now, "minutes", (), office()) == 179


def test_used_charges_a_day_when_it_begins() -> None:
    calendar = office()

    assert used(wita(6), wita(6, 23, 59), "working_days", (), calendar) == 0
    assert used(wita(6), wita(7, 0, 0), "working_days", (), calendar) == 1
    assert used(wita(10), wita(12), "working_days", (), calendar) == 0
    assert used(wita(10), wita(12), "calendar_days", (), calendar) == 2


def test_nothing_is_used_before_the_start() -> None:
    for unit in ("minutes", "hours", "working_days", "calendar_days"):
        assert used(wita(8), wita(6), unit, (), office()) == 0
        assert used(wita(8), wita(8, 7), unit, (), office()) == 0


@pytest.mark.parametrize("cap", [None, wita(31)])
def test_used_stands_still_inside_an_open_pause_and_its_first_day_counts(
    cap: datetime | None,
) -> None:
    pause = Pause(wita(8, 12), None, cap)

    for now in (wita(8, 12), wita(8, 13), wita(9), wita(24)):
        assert used(wita(6), now, "working_days", [pause], office()) == 2
        assert used(wita(6), now, "hours", [pause], office()) == 51


def test_used_does_not_see_a_pause_that_is_still_to_come() -> None:
    assert used(wita(6), wita(8), "hours", [Pause(wita(9), None, None)], office()) == 48


def test_the_warning_comes_after_four_fifths_of_the_time_or_as_a_service_says() -> None:
    assert near_at(wita(6), wita(11)) == wita(10)
    assert near_at(wita(6), wita(10), 75) == wita(9)
    assert near_at(wita(6), wita(11)).tzinfo is UTC


def test_the_warning_is_exact_to_the_microsecond_over_long_times() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    due = start + timedelta(days=9_999, microseconds=1)

    assert near_at(start, due, 75) == start + timedelta(days=7_499, hours=6)


# --- an oracle, written from the rule and slow on purpose ---------------------------------------
#
# All times lie on ticks after an origin. It keeps one set: the ticks during which the clock stands.
# "A day on which the clock ran at all counts", and the day a pause begins is one on which it ran:
# a day is free if every tick of it stands, and the tick before it, already, too.

ORIGIN = datetime(2026, 2, 27, 16, tzinfo=UTC)  # a Friday, with a year's holidays ahead
HORIZON = 70 * 24


class Oracle:
    def __init__(
        self, start: int, pauses: Sequence[tuple[int, int]], zone: ZoneInfo, off: frozenset[date]
    ) -> None:
        self.start, self.zone, self.off = start, zone, off
        self.stands = {tick for a, b in pauses for tick in range(a, b) if tick >= start}

    def day_of(self, tick: int) -> date:
        return (ORIGIN + tick * HOUR).astimezone(self.zone).date()

    def is_charged(self, day: date, unit: Unit) -> bool:
        if unit == "working_days" and (day.isoweekday() > 5 or day in self.off):
            return False
        midnight = datetime(day.year, day.month, day.day, tzinfo=self.zone)
        first = (midnight - ORIGIN) // HOUR
        return not all(tick in self.stands for tick in range(first - 1, first + 24))

    def due_day(self, value: int, unit: Unit) -> date:
        day = self.day_of(self.start)
        while value:
            day += DAY
            value -= self.is_charged(day, unit)
        return day

    def due_tick(self, value: int) -> int:
        tick = self.start
        while value:
            value -= tick not in self.stands
            tick += 1
        return tick

    def used_days(self, now: int, unit: Unit) -> int:
        while now in self.stands and now - 1 in self.stands:
            now -= 1
        days = (now - self.start) // 24 + 2
        after = [self.day_of(self.start) + n * DAY for n in range(1, days + 1)]
        return sum(self.is_charged(day, unit) for day in after if day <= self.day_of(now))

    def used_ticks(self, now: int) -> int:
        return sum(tick not in self.stands for tick in range(self.start, now))


ticks = st.integers(0, 30 * 24)
zones = st.sampled_from([WIB, WITA, WIT])
pause_ticks = st.lists(
    st.tuples(ticks, st.integers(0, 120)).map(lambda pair: (pair[0], pair[0] + pair[1])), max_size=6
)
days_off = st.frozensets(st.integers(0, 60).map(lambda n: ORIGIN.date() + n * DAY), max_size=15)
day_units = st.sampled_from(["working_days", "calendar_days"])
slow = settings(deadline=None, max_examples=examples(200))


def at(tick: int) -> datetime:
    return ORIGIN + tick * HOUR


def real(pauses: Sequence[tuple[int, int]]) -> list[Pause]:
    return [Pause(at(a), at(b), None) for a, b in pauses]


@slow
@given(ticks, st.integers(1, 20), day_units, pause_ticks, zones, days_off)
def test_a_deadline_in_days_is_the_one_a_slow_walk_finds(
    start: int,
    value: int,
    unit: Unit,
    pauses: list[tuple[int, int]],
    zone: ZoneInfo,
    off: frozenset[date],
) -> None:
    day = Oracle(start, pauses, zone, off).due_day(value, unit)

    due = deadline(at(start), TimeLimit(value, unit), real(pauses), office(zone, *off))

    assert due == datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=zone)


@slow
@given(ticks, st.integers(1, 300), pause_ticks, zones)
def test_a_deadline_in_hours_is_the_one_a_slow_walk_finds(
    start: int, value: int, pauses: list[tuple[int, int]], zone: ZoneInfo
) -> None:
    due = at(Oracle(start, pauses, zone, frozenset()).due_tick(value))

    assert deadline(at(start), TimeLimit(value, "hours"), real(pauses), office(zone)) == due
    if value <= 166:
        minutes = TimeLimit(value * 60, "minutes")
        assert deadline(at(start), minutes, real(pauses), office(zone)) == due


@slow
@given(ticks, ticks, day_units, pause_ticks, st.none() | ticks, zones, days_off)
def test_used_is_what_a_slow_walk_counts(
    start: int,
    later: int,
    unit: Unit,
    pauses: list[tuple[int, int]],
    open_since: int | None,
    zone: ZoneInfo,
    off: frozenset[date],
) -> None:
    now, calendar = start + later, office(zone, *off)
    given_pauses, walked = real(pauses), list(pauses)
    if open_since is not None:
        given_pauses.append(Pause(at(open_since), None, None))
        walked.append((open_since, HORIZON))
    oracle = Oracle(start, walked, zone, off)

    assert used(at(start), at(now), unit, given_pauses, calendar) == oracle.used_days(now, unit)
    assert used(at(start), at(now), "hours", given_pauses, calendar) == oracle.used_ticks(now)


@slow
@given(
    ticks,
    st.integers(1, 20),
    st.sampled_from(["minutes", "hours", "working_days", "calendar_days"]),
    pause_ticks,
    zones,
    days_off,
)
def test_at_the_deadline_the_whole_limit_is_used_and_not_before(
    start: int,
    value: int,
    unit: Unit,
    pauses: list[tuple[int, int]],
    zone: ZoneInfo,
    off: frozenset[date],
) -> None:
    calendar, stops = office(zone, *off), real(pauses)

    due = deadline(at(start), TimeLimit(value, unit), stops, calendar)

    step = timedelta(seconds=1) if unit in ("minutes", "hours") else DAY
    assert used(at(start), due, unit, stops, calendar) == value
    assert used(at(start), due - step, unit, stops, calendar) < value


@slow
@given(ticks, st.lists(ticks, min_size=2, max_size=8), day_units, pause_ticks, zones)
def test_used_never_falls_as_time_passes(
    start: int, laters: list[int], unit: Unit, pauses: list[tuple[int, int]], zone: ZoneInfo
) -> None:
    charged = [
        used(at(start), at(start + later), unit, real(pauses), office(zone))
        for later in sorted(laters)
    ]

    assert all(before <= after for before, after in pairwise(charged))


@slow
@given(ticks, st.integers(1, 20), day_units, pause_ticks, st.tuples(ticks, st.integers(0, 120)))
def test_one_more_pause_never_brings_a_deadline_nearer(
    start: int, value: int, unit: Unit, pauses: list[tuple[int, int]], more: tuple[int, int]
) -> None:
    limit, extra = TimeLimit(value, unit), (more[0], more[0] + more[1])

    without = deadline(at(start), limit, real(pauses), office())

    assert deadline(at(start), limit, real([*pauses, extra]), office()) >= without
