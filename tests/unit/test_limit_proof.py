"""The days of a proof, one by one, against an oracle that walks them by itself."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casetrack.domain.case.case_clock import Clock
from casetrack.domain.case.silence import pause_owners, proof
from casetrack.domain.case.state import CaseState, StepState
from casetrack.domain.case.steps import Setting
from casetrack.domain.clock import Calendar, TimeLimit, deadline
from casetrack.domain.events import instant
from tests.support.world import billboard

ZONE = ZoneInfo("Asia/Makassar")
MONDAY = datetime(2026, 3, 9, 1, 0, tzinfo=UTC)
REVIEWS = ("review_dlh", "review_dishub", "verify")


def calendar(off: frozenset[date]) -> Calendar:
    return Calendar("test", ZONE, lambda year: frozenset(d for d in off if d.year == year))


def local(moment: datetime) -> date:
    return moment.astimezone(ZONE).date()


hours = st.integers(0, 24 * 40).map(lambda count: timedelta(hours=count))
stretches = st.lists(
    st.tuples(hours, st.integers(1, 24 * 12).map(lambda n: timedelta(hours=n))), max_size=4
)


@given(
    st.integers(1, 15),
    st.sampled_from(["working_days", "calendar_days"]),
    stretches,
    st.lists(st.tuples(st.sampled_from(REVIEWS), hours, hours), max_size=5),
    st.sets(st.integers(0, 60), max_size=15),
)
def test_each_day_says_what_an_oracle_says(
    value: int,
    unit: str,
    pauses: list[tuple[timedelta, timedelta]],
    worked: list[tuple[str, timedelta, timedelta]],
    off: set[int],
) -> None:
    days_off = frozenset(local(MONDAY) + timedelta(days=d) for d in off)
    limit = TimeLimit(value, unit)  # type: ignore[arg-type]
    stops = _apart([(MONDAY + begin, MONDAY + begin + length) for begin, length in pauses])
    clock = Clock(instant(MONDAY), tuple((instant(a), instant(b), None) for a, b in stops))
    steps = {each.id: StepState() for each in billboard().steps}
    ran: dict[str, tuple[datetime, datetime]] = {}
    for name, begin, length in worked:
        begun, over = MONDAY + begin, MONDAY + begin + length
        ran[name] = (begun, over)
        steps[name] = StepState(clock=Clock(instant(begun), ((instant(over), None, None),)))
    state = replace(_state(), clock=clock, limit=limit.as_dict(), steps=steps)
    setting = Setting("64.72", MONDAY, billboard(), calendar(days_off))
    start, moments = clock.times()
    ended = deadline(start, limit, moments, setting.calendar)
    found = proof(state, setting, ended, "ab" * 32, {instant(a): "outside" for a, _ in stops})

    expected, counted, day = [], 0, local(MONDAY)
    while counted < value:
        day += timedelta(days=1)
        stands = any(local(a) < day < local(b) for a, b in stops)
        law = unit == "calendar_days" or (day.weekday() < 5 and day not in days_off)
        counted += law and not stands
        first = datetime.combine(day, datetime.min.time(), ZONE)
        whose = {
            {"review_dlh": "dlh", "review_dishub": "dishub", "verify": "dpmptsp"}[name]
            for name, (a, b) in ran.items()
            if a < min(b, ended) and a < first + timedelta(days=1) and min(b, ended) > first
        }
        held = ["outside"] if stands else sorted(whose) or ["applicant"]
        expected.append((day.isoformat(), law and not stands, law, held))
    listed = [
        (d["day"], d["counted"], d["counted_without_pauses"], d["held_by"]) for d in found["days"]
    ]
    assert listed == expected
    assert found["counted"] == value, "the last day listed is the last of the limit"
    assert found["counted_without_pauses"] == sum(each[2] for each in expected)
    assert local(ended) == day
    totals: dict[str, int] = {}
    for _, counts, _, whose_day in expected:
        for who in whose_day if counts else ():
            totals[who] = totals.get(who, 0) + 1
    assert {each["by"]: each["days"] for each in found["held"]} == totals


def _apart(stops: list[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """Pauses as a case makes them: one after the other, never two at once."""
    found: list[tuple[datetime, datetime]] = []
    for begin, end in sorted(stops):
        if not found or begin > found[-1][1]:
            found.append((begin, end))
    return found


def _state() -> CaseState:
    return CaseState(
        "SMR-REK-2026-000001-0",
        "64.72",
        "izin-reklame",
        1,
        status="in_progress",
        declared_complete_at=instant(MONDAY),
    )


def test_the_proof_names_why_a_day_did_not_count() -> None:
    """Complete on Monday 9 March 2026, five working days; Thursday and Friday off, paused on Tuesday."""
    off = frozenset({date(2026, 3, 12), date(2026, 3, 13)})
    begin = MONDAY + timedelta(days=1)
    pause = (instant(begin), instant(begin + timedelta(days=2)), None)
    state = replace(
        _state(),
        clock=Clock(instant(MONDAY), (pause,)),
        limit={"value": 3, "unit": "working_days"},
        steps={each.id: StepState() for each in billboard().steps},
    )
    setting = Setting("64.72", MONDAY, billboard(), calendar(off))
    start, pauses = state.clock.times()  # type: ignore[union-attr]
    ended = deadline(start, TimeLimit(3, "working_days"), pauses, setting.calendar)
    found = proof(state, setting, ended, "ab" * 32, {})
    said = [(each["day"][8:], each["because"]) for each in found["days"]]
    assert said == [
        ("10", "working_day"),
        ("11", "clock_stood"),
        ("12", "day_off"),
        ("13", "day_off"),
        ("14", "weekend"),
        ("15", "weekend"),
        ("16", "working_day"),
        ("17", "working_day"),
    ]
    assert found["due_without_pauses"] < found["due_at"]
    assert found["ends_with"] == {"version": 0, "hash": "ab" * 32}


@pytest.mark.parametrize(
    ("reason", "owner"),
    [("applicant", "applicant"), ("parties", "applicant"), ("external_system", "outside")],
)
def test_a_pause_is_somebody_s_and_never_tells_of_a_death(reason: str, owner: str) -> None:
    clock = {"started_at": "a", "kept": 1, "pauses": [["b", None, None]]}
    assert pause_owners([{}, {"clock": clock, "pause_reason": reason}]) == {"b": owner}
