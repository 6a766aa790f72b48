"""A limit and its days against a count of one's own, day by day, and against the published decrees.

The oracle shares nothing with the product but the words of the rule: a day counts when the office works
on it and the clock ran at some moment of it, whatever else happened.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casetrack.domain.case.clock_days import CountedDay, Stop, days_of
from casetrack.domain.clock import (
    Calendar,
    DayOverride,
    NamedDay,
    Pause,
    TimeLimit,
    Unit,
    calendar_of_days,
    deadline,
)
from casetrack.gateways.region.calendars import calendar_for
from casetrack.web.pages import clock_words
from tests.support.examples import examples

ZONES = ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura")

#: The joint decrees of the three ministers as they were published, days that are weekdays and Saturdays
#: and Sundays alike: national holidays and election days, then joint leave. Of 2027 no number was found.
PUBLISHED: dict[int, tuple[str, str]] = {
    2024: (
        "01-01 02-08 02-10 02-14 03-11 03-29 03-31 04-10 04-11 05-01 05-09 05-23 06-01 06-17 07-07 08-17 "
        "09-16 11-27 12-25",
        "02-09 03-12 04-08 04-09 04-12 04-15 05-10 05-24 06-18 12-26",
    ),
    2025: (
        "01-01 01-27 01-29 03-29 03-31 04-01 04-18 04-20 05-01 05-12 05-29 06-01 06-06 06-27 08-17 09-05 "
        "12-25",
        "01-28 03-28 04-02 04-03 04-04 04-07 05-13 05-30 06-09 08-18 12-26",
    ),
    2026: (
        "01-01 01-16 02-17 03-19 03-21 03-22 04-03 04-05 05-01 05-14 05-27 05-31 06-01 06-16 08-17 08-25 "
        "12-25",
        "02-16 03-18 03-20 03-23 03-24 05-15 05-28 12-24",
    ),
    2027: (
        "01-01 01-05 02-06 03-08 03-10 03-11 03-26 03-28 05-01 05-06 05-17 05-20 06-01 06-06 08-15 08-17 "
        "12-25 12-26",
        "02-05 03-09 03-12 03-15 03-25 05-18 05-19 12-24",
    ),
}


def published(year: int, place: int) -> set[date]:
    return {date.fromisoformat(f"{year}-{day}") for day in PUBLISHED[year][place].split()}


OFF = frozenset().union(*(published(year, place) for year in PUBLISHED for place in (0, 1)))


def works(day: date) -> bool:
    """Whether a state's office works on this day, by the decrees alone."""
    return day.isoweekday() <= 5 and day not in OFF


# --- the oracle -----------------------------------------------------------------------------------

Stops = list[tuple[datetime, datetime]]


def ran(day: date, stops: Stops, zone: ZoneInfo) -> bool:
    """Whether the clock ran in any second of this local day.

    By seconds and not by dates: the day is cut by each pause, and what is left of it is looked for. A
    pause that begins or ends on the day leaves something of it, even one at its very edge.
    """
    first = datetime.combine(day, time.min, zone)
    last = first + timedelta(days=1) - timedelta(microseconds=1)
    return not any(begin < first and last < end for begin, end in stops)


def due_day(
    start: datetime, limit: TimeLimit, stops: Stops, zone: ZoneInfo, open_on: Callable[[date], bool]
) -> date:
    """The local day on which the limit ends, one day after the other from the day after the start."""
    day = start.astimezone(zone).date()
    left = limit.value
    while left:
        day += timedelta(days=1)
        counts = limit.unit == "calendar_days" or open_on(day)
        if counts and ran(day, stops, zone):
            left -= 1
    return day


def glued(stops: Stops) -> Stops:
    """Pauses that overlap or touch are one."""
    found: Stops = []
    for begin, end in sorted(stops):
        if found and begin <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((begin, end))
    return found


MOMENTS = st.integers(0, 1300 * 86_400).map(
    lambda seconds: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
LIMITS = st.builds(
    TimeLimit, st.integers(1, 25), st.sampled_from(("working_days", "calendar_days"))
)


@st.composite
def situations(draw: st.DrawFn) -> tuple[datetime, TimeLimit, Stops, str]:
    start = draw(MOMENTS)
    stops = []
    for _ in range(draw(st.integers(0, 4))):
        begin = start + timedelta(seconds=draw(st.integers(-86_400, 30 * 86_400)))
        stops.append((begin, begin + timedelta(seconds=draw(st.integers(0, 12 * 86_400)))))
    return start, draw(LIMITS), stops, draw(st.sampled_from(ZONES))


@settings(deadline=None, max_examples=examples(300))
@given(situations())
def test_a_limit_ends_where_a_count_day_by_day_ends_and_its_days_say_so(
    situation: tuple[datetime, TimeLimit, Stops, str],
) -> None:
    start, limit, stops, zone_name = situation
    zone, calendar = ZoneInfo(zone_name), calendar_for(zone_name)
    pauses = [Pause(begin, end, None) for begin, end in stops]
    after = [(max(begin, start), end) for begin, end in stops if end > start]
    expected = due_day(start, limit, glued(after), zone, works)

    due = deadline(start, limit, pauses, calendar)

    assert due == datetime.combine(expected, time(23, 59, 59), zone)
    told = list(
        days_of(start, limit, [Stop("court", pause) for pause in pauses], calendar, expected)
    )
    assert [day.day for day in told] == [
        start.astimezone(zone).date() + timedelta(days=n) for n in range(len(told))
    ]
    assert told[-1].count == limit.value
    for day in told[1:]:
        open_ = limit.unit == "calendar_days" or works(day.day)
        assert (day.count > 0) == (open_ and ran(day.day, glued(after), zone)), day
        assert (day.reason == "pause") == (not ran(day.day, glued(after), zone)), day


@settings(deadline=None, max_examples=examples(100))
@given(
    MOMENTS,
    st.integers(1, 15),
    st.lists(
        st.tuples(st.integers(1, 40), st.booleans()), max_size=6, unique_by=lambda each: each[0]
    ),
    st.lists(
        st.tuples(st.integers(1, 40), st.sampled_from(("holiday", "joint_leave", "working_day"))),
        max_size=6,
        unique_by=lambda each: each[0],
    ),
)
def test_a_region_goes_before_a_decree_and_a_decree_before_the_package(
    start: datetime,
    count: int,
    own: list[tuple[int, bool]],
    decreed: list[tuple[int, str]],
) -> None:
    zone = ZoneInfo("Asia/Makassar")
    first = start.astimezone(zone).date()
    overrides = [DayOverride(first + timedelta(days=n), on, "own") for n, on in own]
    days = [
        NamedDay(first + timedelta(days=n), kind, "d", "d", "SKB")  # type: ignore[arg-type]
        for n, kind in decreed
    ]
    by_region = {first + timedelta(days=n): on for n, on in own}
    by_decree = {day.day: day.kind == "working_day" for day in days}

    def open_on(day: date) -> bool:
        return by_region.get(day, by_decree.get(day, works(day)))

    limit = TimeLimit(count, "working_days")
    calendar = calendar_for("Asia/Makassar", overrides, days)
    expected = due_day(start, limit, [], zone, open_on)

    assert deadline(start, limit, (), calendar) == datetime.combine(
        expected, time(23, 59, 59), zone
    )
    assert list(days_of(start, limit, (), calendar, expected))[-1].count == count


# --- the decrees ----------------------------------------------------------------------------------


@pytest.mark.parametrize("year", PUBLISHED)
def test_the_package_s_days_are_those_of_the_published_decree(year: int) -> None:
    calendar = calendar_for("Asia/Jakarta")
    all_days = [date(year, 1, 1) + timedelta(days=n) for n in range(366)]
    named = [found for day in all_days if day.year == year and (found := calendar.named(day))]
    by_kind = {
        kind: {day.day for day in named if day.kind == kind} for kind in ("holiday", "joint_leave")
    }
    assert by_kind == {"holiday": published(year, 0), "joint_leave": published(year, 1)}
    assert [day for day in all_days if day.year == year and calendar.is_working_day(day)] == [
        day for day in all_days if day.year == year and works(day)
    ]
    assert all(day.source for day in named) == (year != 2027)


def test_a_calendar_that_was_written_down_counts_as_it_did() -> None:
    overrides = [DayOverride(date(2026, 7, 8), False, "Hari Jadi")]
    calendar = calendar_for("Asia/Makassar", overrides)
    days = [
        named
        for n in range(730)
        if (named := calendar.named(date(2026, 1, 1) + timedelta(days=n))) is not None
    ]
    again = calendar_of_days(calendar.version, calendar.zone, days)
    for n in range(700):
        day = date(2026, 1, 1) + timedelta(days=n)
        assert again.is_working_day(day) == calendar.is_working_day(day)
        assert again.named(day) == calendar.named(day)


# --- what is said ---------------------------------------------------------------------------------


def said(start: datetime, limit: TimeLimit, calendar: Calendar) -> list[str]:
    last = deadline(start, limit, (), calendar).astimezone(calendar.zone).date()
    days = list(days_of(start, limit, (), calendar, last))
    return [each.id for each in clock_words.sentences(days, limit, of_case=True)]


def test_weekends_are_one_line_and_a_new_year_is_told() -> None:
    start = datetime(2026, 12, 23, 2, tzinfo=UTC)
    assert said(start, TimeLimit(5, "working_days"), calendar_for("Asia/Makassar")) == [
        "Rab 23 Desember: berkas dinyatakan lengkap, hari ke-0",
        "Kam 24 Desember: cuti bersama Hari Raya Natal, tidak dihitung",
        "Jum 25 Desember: hari libur nasional (Hari Raya Natal), tidak dihitung",
        "Sab 26 Desember - Min 27 Desember: akhir pekan, tidak dihitung",
        "Sen 28 Desember: hari kerja ke-1",
        "Sel 29 Desember: hari kerja ke-2",
        "Rab 30 Desember: hari kerja ke-3",
        "Kam 31 Desember: hari kerja ke-4",
        "Jum 1 Januari 2027: hari libur nasional (Tahun Baru Masehi), tidak dihitung",
        "Sab 2 Januari 2027 - Min 3 Januari 2027: akhir pekan, tidak dihitung",
        "Sen 4 Januari 2027: hari kerja ke-5",
    ]


def test_calendar_days_all_count_and_hours_have_no_days() -> None:
    start, calendar = datetime(2026, 7, 10, 2, tzinfo=UTC), calendar_for("Asia/Makassar")
    assert said(start, TimeLimit(2, "calendar_days"), calendar)[1:] == [
        "Sab 11 Juli: hari ke-1",
        "Min 12 Juli: hari ke-2",
    ]
    unit: Unit
    for unit in ("hours", "minutes"):
        assert said(start, TimeLimit(48, unit), calendar) == []


def test_a_day_of_duty_counts_and_says_why() -> None:
    calendar = calendar_for(
        "Asia/Makassar", [DayOverride(date(2026, 7, 11), True, "Sabtu layanan")]
    )
    start = datetime(2026, 7, 10, 2, tzinfo=UTC)
    assert said(start, TimeLimit(1, "working_days"), calendar)[1:] == [
        "Sab 11 Juli: hari kerja ke-1 (Sabtu layanan)"
    ]


@pytest.mark.parametrize(("zone", "hour"), [*zip(ZONES, (16, 15, 14), strict=True)])
def test_a_limit_s_days_end_in_the_zone_of_the_office(zone: str, hour: int) -> None:
    start = datetime(2026, 7, 6, 16, 30, tzinfo=UTC)  # the 6th in Jakarta, the 7th further east
    calendar = calendar_for(zone)
    limit = TimeLimit(1, "working_days")
    due = deadline(start, limit, (), calendar)
    assert due.hour == hour
    first = next(days_of(start, limit, (), calendar, due.astimezone(calendar.zone).date()))
    assert first.day == (date(2026, 7, 6) if zone == "Asia/Jakarta" else date(2026, 7, 7))


def test_a_day_on_which_the_agency_does_not_work_is_said_once_and_by_which_rule() -> None:
    named = NamedDay(
        date(2026, 3, 20), "not_agency_day", "bukan hari kerja instansi", "no day", "Perwal 1/2026"
    )
    counted = CountedDay(date(2026, 3, 20), 0, "not_agency_day", named)
    told = clock_words.because(counted, TimeLimit(3, "working_days"), of_case=False)
    assert told.id == "bukan hari kerja instansi ini (Perwal 1/2026), tidak dihitung"
