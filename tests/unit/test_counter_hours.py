"""A counter's hours tell when to come; an agency's own days count for its steps' targets only."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casetrack.domain.clock import TimeLimit, deadline
from casetrack.domain.region.counter_hours import (
    DAYS,
    Hours,
    WorkPattern,
    counter_now,
    read_spans,
    spans_text,
    with_patterns,
)
from casetrack.gateways.region.calendars import calendar_for
from tests.support.examples import examples

CALENDAR = calendar_for("Asia/Makassar")
WITA = ZoneInfo("Asia/Makassar")
NOON = read_spans("08:00-12:00")
USUAL = Hours(date(2026, 1, 1), "SK 1/2026", dict.fromkeys(("mon", "wed", "fri"), NOON))
RAMADAN = Hours(
    date(2026, 2, 18), "SE 5/2026", {"mon": read_spans("09:00-11:30")}, date(2026, 3, 20)
)


def now(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


@pytest.mark.parametrize(
    ("moment", "is_open", "next_open"),
    [
        ("2026-07-06T08:00", True, "2026-07-08T08:00"),  # a Monday
        ("2026-07-06T11:59", True, "2026-07-08T08:00"),
        ("2026-07-06T12:00", False, "2026-07-08T08:00"),  # it closes at noon
        ("2026-07-07T10:00", False, "2026-07-08T08:00"),  # three days a week
        ("2026-03-02T08:30", False, "2026-03-02T09:00"),  # Ramadan
        ("2026-03-16T09:30", True, "2026-03-25T08:00"),  # the week after is Nyepi and Lebaran
        ("2025-12-31T09:00", False, "2026-01-02T08:00"),  # before the first day; the 1st is off
    ],
)
def test_a_counter_is_open_by_its_rule_of_the_day(
    moment: str, is_open: bool, next_open: str
) -> None:
    found = counter_now((USUAL, RAMADAN), CALENDAR, now(moment))
    assert found is not None
    assert (found.is_open, found.next_open_at) == (is_open, now(next_open))


def test_after_ramadan_the_hours_of_before_count_again() -> None:
    found = counter_now((USUAL, RAMADAN), CALENDAR, now("2026-03-27T09:00"))
    assert found is not None
    assert (found.hours.basis, spans_text(found.today)) == ("SK 1/2026", "08:00-12:00")


def test_nobody_said_when_it_is_open() -> None:
    assert counter_now((), CALENDAR, now("2026-07-06T09:00")) is None


@pytest.mark.parametrize(
    "text", ["", "8-12", "12:00-08:00", "08:00-12:00, 11:00-15:00", "25:00-26:00"]
)
def test_what_are_no_hours_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read_spans(text)


def test_hours_and_patterns_come_back_from_what_is_kept() -> None:
    pattern = WorkPattern(date(2026, 1, 1), "SK 2/2026", ("mon", "sat"))
    assert Hours.from_dict(RAMADAN.as_dict()) == RAMADAN
    assert WorkPattern.from_dict(pattern.as_dict()) == pattern


@settings(deadline=None, max_examples=examples(100))
@given(
    st.integers(0, 600),
    st.integers(1, 12),
    st.sets(st.sampled_from(DAYS), min_size=1),
    st.integers(0, 400),
)
def test_an_agency_s_target_is_counted_by_its_own_days_and_the_law_s_limit_is_not(
    start_day: int, count: int, days: set[str], since_day: int
) -> None:
    first = date(2026, 1, 1)
    start = datetime.combine(first + timedelta(days=start_day), time(9), WITA)
    since = first + timedelta(days=since_day)
    both = with_patterns(CALENDAR, {"bpom": (WorkPattern(since, "SK 3/2026", tuple(days)),)})
    limit = TimeLimit(count, "working_days")
    assert deadline(start, limit, (), both) == deadline(start, limit, (), CALENDAR)
    assert both.of_agency("dlh") is both

    day, left = start.date(), count
    while left:
        day += timedelta(days=1)
        off = CALENDAR.named(day) is not None
        own = day >= since
        works = DAYS[day.weekday()] in days if own else day.weekday() < 5
        left -= works and not off
    expected = datetime.combine(day, time(23, 59, 59), WITA)
    assert deadline(start, limit, (), both.of_agency("bpom")) == expected


def test_a_new_pattern_is_a_new_version_and_names_its_rule() -> None:
    pattern = WorkPattern(date(2026, 1, 1), "SK 3/2026", ("mon", "wed"))
    both = with_patterns(CALENDAR, {"bpom": (pattern,), "dlh": ()})
    own = both.of_agency("bpom")
    assert both.version != CALENDAR.version
    assert own.basis == "SK 3/2026"
    tuesday = own.named(date(2026, 7, 7))
    assert tuesday is not None
    assert (tuesday.kind, tuesday.source) == ("not_agency_day", "SK 3/2026")
    assert own.named(date(2026, 7, 11)) is None  # a Saturday is off for everybody
    assert with_patterns(CALENDAR, {"dlh": ()}) is CALENDAR
