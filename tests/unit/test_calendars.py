import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casetrack.domain.clock import Calendar, DayOverride, TimeLimit, deadline
from casetrack.domain.errors import BadInput
from casetrack.gateways.region.calendars import (
    LIBRARY_VERSION,
    calendar_for,
    national_days_off,
)
from tests.support.examples import examples

WITA = ZoneInfo("Asia/Makassar")
SAMARINDA_DAY = DayOverride(date(2026, 1, 21), False, "Hari Jadi Kota Samarinda")
OPEN_JOINT_LEAVE = DayOverride(date(2026, 5, 15), True, "Piket layanan")


def last_day(calendar: Calendar, start: date, days: int) -> date:
    at_nine = datetime(start.year, start.month, start.day, 9, tzinfo=calendar.zone)
    due = deadline(at_nine, TimeLimit(days, "working_days"), (), calendar)
    return due.astimezone(calendar.zone).date()


@pytest.mark.parametrize(
    ("year", "public", "joint"),
    [(2019, 17, 4), (2024, 19, 10), (2025, 17, 11), (2026, 17, 8), (2027, 18, 8)],
)
def test_the_days_off_are_the_holidays_and_the_joint_leave_of_the_decree(
    year: int, public: int, joint: int
) -> None:
    only_public = frozenset(holidays.country_holidays("ID", years=year))

    assert len(only_public) == public
    assert only_public < national_days_off(year)
    assert len(national_days_off(year)) == public + joint


def test_five_working_days_before_lebaran_2026_take_two_weeks() -> None:
    calendar = calendar_for("Asia/Jakarta")

    assert last_day(calendar, date(2026, 3, 13), 5) == date(2026, 3, 27)


def test_nyepi_and_lebaran_2026_leave_no_working_day_from_wednesday_to_tuesday() -> None:
    calendar = calendar_for("Asia/Makassar")
    cluster = [date(2026, 3, 17) + n * timedelta(days=1) for n in range(9)]

    open_days = [day for day in cluster if calendar.is_working_day(day)]

    assert open_days == [date(2026, 3, 17), date(2026, 3, 25)]
    assert last_day(calendar, date(2026, 3, 17), 1) == date(2026, 3, 25)


@settings(deadline=None, max_examples=examples(100))
@given(st.dates(date(2023, 1, 1), date(2027, 12, 1)), st.integers(1, 40))
def test_working_days_agree_with_the_count_of_the_library(start: date, days: int) -> None:
    library = holidays.country_holidays("ID", categories=("public", "government"))

    assert last_day(calendar_for("Asia/Jayapura"), start, days) == (
        library.get_nth_working_day(start, days)
    )


def test_a_count_over_new_year_uses_the_days_off_of_both_years() -> None:
    """24 and 25 December and 1 January are off, the 26th and 27th and the 2nd are a weekend."""
    assert last_day(calendar_for("Asia/Makassar"), date(2026, 12, 23), 5) == date(2027, 1, 4)


def test_a_local_day_off_is_not_counted() -> None:
    calendar = calendar_for("Asia/Makassar", [SAMARINDA_DAY])

    assert last_day(calendar_for("Asia/Makassar"), date(2026, 1, 20), 1) == date(2026, 1, 21)
    assert last_day(calendar, date(2026, 1, 20), 1) == date(2026, 1, 22)


def test_a_local_working_day_wins_over_joint_leave_and_over_a_saturday() -> None:
    saturday = DayOverride(date(2026, 7, 11), True, "Sabtu layanan")
    calendar = calendar_for("Asia/Makassar", [OPEN_JOINT_LEAVE, saturday])

    assert last_day(calendar_for("Asia/Makassar"), date(2026, 5, 14), 1) == date(2026, 5, 18)
    assert last_day(calendar, date(2026, 5, 14), 1) == date(2026, 5, 15)
    assert last_day(calendar, date(2026, 7, 10), 1) == date(2026, 7, 11)


def test_overrides_leave_the_national_days_off_of_others_alone() -> None:
    calendar_for("Asia/Makassar", [SAMARINDA_DAY]).is_working_day(SAMARINDA_DAY.day)

    assert SAMARINDA_DAY.day not in national_days_off(2026)
    assert not calendar_for("Asia/Makassar", [SAMARINDA_DAY]).is_working_day(date(2026, 8, 17))


def test_the_version_names_the_library() -> None:
    assert calendar_for("Asia/Jakarta").version == LIBRARY_VERSION
    assert re.fullmatch(r"holidays-[0-9.]+/ID", LIBRARY_VERSION)


def test_the_version_with_overrides_is_one_that_others_can_compute_again() -> None:
    # printf '[["2026-01-21",false,"Hari Jadi Kota Samarinda"]]' | sha256sum
    version = calendar_for("Asia/Makassar", [SAMARINDA_DAY]).version

    assert version == f"{LIBRARY_VERSION}+local-0c03cda8"


def test_the_version_does_not_depend_on_the_order_and_changes_with_every_override() -> None:
    both = calendar_for("Asia/Makassar", [SAMARINDA_DAY, OPEN_JOINT_LEAVE]).version
    turned = calendar_for("Asia/Makassar", [OPEN_JOINT_LEAVE, SAMARINDA_DAY]).version
    opposite = DayOverride(SAMARINDA_DAY.day, True, SAMARINDA_DAY.name)

    assert both == turned
    assert both != calendar_for("Asia/Makassar", [SAMARINDA_DAY]).version
    assert both != calendar_for("Asia/Makassar", [opposite, OPEN_JOINT_LEAVE]).version


def test_a_day_given_twice_is_refused_and_named() -> None:
    opposite = DayOverride(SAMARINDA_DAY.day, True, "Hari kerja pengganti")

    with pytest.raises(BadInput, match=r"calendar: 2026-01-21 is given twice"):
        calendar_for("Asia/Makassar", [SAMARINDA_DAY, OPEN_JOINT_LEAVE, opposite])


@pytest.mark.parametrize(
    "zone",
    ["Asia/Samarinda", "WITA", "", "Asia", "../etc/passwd", "/etc/passwd", "a\0b", "é\ud800"],
)
def test_an_unknown_zone_is_refused(zone: str) -> None:
    with pytest.raises(BadInput, match="is not a time zone"):
        calendar_for(zone)


def test_the_calendar_counts_in_the_zone_it_was_asked_for() -> None:
    instant = datetime(2026, 7, 6, 16, 30, tzinfo=UTC)

    assert calendar_for("Asia/Jakarta").local_date(instant) == date(2026, 7, 6)
    assert calendar_for("Asia/Makassar").local_date(instant) == date(2026, 7, 7)


def test_a_year_whose_joint_leave_is_not_decreed_still_counts() -> None:
    assert last_day(calendar_for("Asia/Jakarta"), date(2028, 8, 16), 1) == date(2028, 8, 18)
