"""What nears its limit or misses it is noted once, and a decree moves only what may still move.

23 November 2026 is a Monday, nine in the morning in Samarinda; its days end at 15:59:59 UTC.
"""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from casetrack.domain.case.state import CaseState
from casetrack.domain.clock import DayOverride
from casetrack.domain.delivery.receivers import told
from casetrack.domain.errors import NotNow
from casetrack.domain.events import Event
from casetrack.storage.case import case_events, queries
from casetrack.usecases.case import deadlines, moved_deadlines
from casetrack.usecases.delivery import relay
from casetrack.usecases.proof.verify import verify
from casetrack.usecases.region import loading
from tests.support.web import at_once
from tests.support.world import BILLBOARD_STORY, LETTER_STORY, SAMARINDA, World, samarinda

MISSED, NEAR = "missed", "near"
TUESDAY, WEDNESDAY, THURSDAY = date(2026, 11, 24), date(2026, 11, 25), date(2026, 11, 26)


def until(world: World, day: int, hour: int = 16, minute: int = 0, month: int = 11) -> None:
    """Turn the clock to this moment of 2026 in UTC; at 16:00 the day in Samarinda is over."""
    moment = datetime(2026, month, day, hour, minute, tzinfo=UTC)
    assert moment > world.hands.now, "time does not run backwards"
    world.hands.now = moment


def end_of(day: int, month: int = 11) -> str:
    """The end of a day in Samarinda, as events spell it."""
    return f"2026-{month:02}-{day:02}T15:59:59.000000Z"


def watch(world: World) -> int:
    return deadlines.watch_once(world.ctx)


def events(world: World, stream: str) -> list[Event]:
    with world.database.read() as connection:
        rows = case_events.stream_events(connection, SAMARINDA, stream, after=0, limit=1000)
    return [Event.from_body(row.body) for row in rows]


def notices(world: World, number: str) -> list[tuple[str, str]]:
    """What was noted of which clock, in order: ("near", "intake"), ("missed", "case")."""
    found = []
    for event in events(world, f"deadline/{number}"):
        scope, what = event.type.removeprefix("casetrack.").split(".")
        assert scope == ("step_deadline" if event.data["step"] else "deadline")
        assert event.actor == {"kind": "system", "id": "clock"}
        found.append((what, event.data["step"] or "case"))
    return found


def state(world: World, number: str) -> CaseState:
    with world.database.read() as connection:
        row = queries.case(connection, SAMARINDA, number)
    assert row is not None
    return row.state


def billboard(world: World, story: str = "dewi declare_complete intake") -> str:
    """A billboard's file, complete on Monday: reviews until Thursday, the case until 2 December."""
    number = str(world.open("izin-reklame").view["number"])
    world.play(number, story)
    return number


def decree(world: World, *days: date, working: bool = False) -> int:
    """The region is loaded again with these days off (or on); gives how many cases moved."""
    overrides = tuple(DayOverride(day, working, "decree") for day in days)
    loading.load(world.ctx, replace(samarinda(), overrides=overrides))
    return moved_deadlines.move_deadlines(world.ctx, SAMARINDA)


def fault(world: World) -> Any:
    relay.drain(world.ctx, told, lambda _: None)
    found = verify(world.ctx, progress=lambda _: None).fault
    return found.as_dict() if found else None


# --- near and missed ------------------------------------------------------------------------------


def test_near_and_missed_are_each_noted_once(world: World) -> None:
    number = str(world.open().view["number"])
    assert watch(world) == 0
    until(world, 24, 9)  # four fifths of the way
    assert [watch(world), watch(world)] == [1, 0]
    assert notices(world, number) == [(NEAR, "intake")]
    until(world, 24, 15, 59)
    assert watch(world) == 0  # the last minute is still in time
    until(world, 24)
    assert [watch(world), watch(world)] == [1, 0]
    until(world, 30)
    assert watch(world) == 0
    assert notices(world, number) == [(NEAR, "intake"), (MISSED, "intake")]
    assert fault(world) is None


def test_a_notice_says_whose_limit_it_was_and_by_which_calendar(world: World) -> None:
    number = str(world.open().view["number"])
    until(world, 25)
    watch(world)
    (event,) = events(world, f"deadline/{number}")
    assert event.type == "casetrack.step_deadline.missed"
    data = event.data
    assert (data["scope"], data["agency"], data["due_at"]) == ("step", "dpmptsp", end_of(24))
    assert data["calendar"] == state(world, number).calendar
    assert data["case_version"] == 1
    assert state(world, number).version == 1  # the case's own stream has not grown


def test_a_clock_that_was_away_notes_what_was_missed_without_a_late_warning(
    world: World,
) -> None:
    number = billboard(world)
    until(world, 10, month=12)
    watch(world)
    assert set(notices(world, number)) == {
        (MISSED, "case"),
        (MISSED, "review_dlh"),
        (MISSED, "review_dishub"),
    }
    assert len(notices(world, number)) == 3


def test_what_was_done_in_time_is_never_noted(world: World) -> None:
    letter = str(world.open().view["number"])
    world.play(letter, LETTER_STORY)
    number = billboard(world, BILLBOARD_STORY)
    until(world, 20, month=12)
    assert watch(world) == 0
    assert notices(world, letter) == notices(world, number) == []


def test_clocks_at_once_note_each_limit_once(world: World) -> None:
    numbers = [billboard(world) for _ in range(3)]
    for moment in ((26, 12), (27, 1)):
        until(world, *moment)
        results = at_once(4, lambda _: watch(world))
        assert not [r for r in results if isinstance(r, Exception)], results
        assert watch(world) == 0
    for number in numbers:
        counted = Counter(notices(world, number))
        assert set(counted.values()) == {1}
        assert set(counted) >= {(MISSED, "review_dlh"), (MISSED, "review_dishub")}
        opinions = [event.type for event in events(world, number) if "no_opinion" in event.type]
        assert len(opinions) == 1
    assert fault(world) is None


def test_another_case_is_noted_though_one_of_them_is_over(world: World) -> None:
    over, late = str(world.open().view["number"]), str(world.open().view["number"])
    until(world, 24, 9)
    watch(world)
    world.act(over, "dewi", "withdraw")
    until(world, 25)
    assert watch(world) == 1
    assert notices(world, over) == [(NEAR, "intake")]
    assert notices(world, late) == [(NEAR, "intake"), (MISSED, "intake")]


# --- silence --------------------------------------------------------------------------------------


def test_silence_becomes_no_opinion_where_the_definition_says_so_and_blocks_elsewhere(
    world: World,
) -> None:
    number = billboard(world)
    until(world, 27, 1)
    watch(world)
    steps = state(world, number).steps
    assert steps["review_dlh"].status == "no_opinion"
    assert steps["review_dishub"].status == "ready"
    assert steps["verify"].status == "waiting"
    event = events(world, number)[-1]
    assert event.type == "casetrack.step.no_opinion_recorded"
    assert event.data["silence"] is True
    assert event.actor == {"kind": "system", "id": "clock"}
    with pytest.raises(NotNow):
        world.act(number, "rudi", "complete", "review_dlh", result="favourable")
    world.act(number, "sari", "complete", "review_dishub", result="favourable")
    assert state(world, number).steps["verify"].status == "ready"
    assert fault(world) is None


def test_silence_of_who_had_claimed_the_step_is_silence_too(world: World) -> None:
    number = billboard(world)
    world.act(number, "rudi", "claim", "review_dlh")
    until(world, 27, 1)
    watch(world)
    assert state(world, number).steps["review_dlh"].status == "no_opinion"


def test_silence_is_recorded_while_the_applicant_completes_the_file(world: World) -> None:
    number = billboard(world)
    world.act(
        number, "sari", "return", "review_dishub", defects=[{"requirement": "ktp", "text": "torn"}]
    )
    world.act(number, "dewi", "send_return")
    until(world, 27, 1)
    watch(world)
    assert state(world, number).steps["review_dlh"].status == "no_opinion"
    assert fault(world) is None


def test_an_answer_in_time_is_no_silence(world: World) -> None:
    number = billboard(world)
    until(world, 26, 15, 59)
    world.act(number, "rudi", "complete", "review_dlh", result="unfavourable")
    until(world, 27, 1)
    watch(world)
    assert state(world, number).steps["review_dlh"].result == "unfavourable"
    assert (MISSED, "review_dlh") not in notices(world, number)


# --- pauses ---------------------------------------------------------------------------------------


def test_nothing_is_missed_while_the_case_is_paused(world: World) -> None:
    number = billboard(world)
    world.act(number, "dewi", "pause", reason="external_system")
    until(world, 22, month=12)
    assert watch(world) == 0
    assert state(world, number).due_at is None
    world.act(number, "dewi", "resume")
    assert state(world, number).steps["review_dlh"].status == "ready"
    assert (state(world, number).due_at or "") > end_of(30, 12)
    until(world, 28, month=12)
    watch(world)
    assert [what for what, _ in notices(world, number) if what == MISSED] == []
    assert fault(world) is None


def test_a_pause_that_outlasts_its_cap_is_noticed(world: World) -> None:
    """The cap of 30 days ends on 23 December; the seven working days that were left run on."""
    number = billboard(world)
    world.act(number, "dewi", "pause", reason="external_system")
    until(world, 31, month=12)
    watch(world)
    assert (MISSED, "case") not in notices(world, number)
    world.hands.now = datetime(2027, 1, 20, tzinfo=UTC)
    watch(world)
    assert Counter(notices(world, number))[(MISSED, "case")] == 1
    assert state(world, number).pause_reason == "external_system"
    assert watch(world) == 0
    assert fault(world) is None


def test_an_applicant_who_does_not_answer_stops_the_clock_only_until_the_cap(
    world: World,
) -> None:
    number = billboard(world)
    for reviewer, step in (("rudi", "review_dlh"), ("sari", "review_dishub")):
        world.act(
            number, reviewer, "return", step, defects=[{"requirement": "ktp", "text": "torn"}]
        )
    world.act(number, "dewi", "send_return")
    until(world, 20, month=12)
    assert watch(world) == 0
    world.hands.now = datetime(2027, 1, 20, tzinfo=UTC)
    watch(world)
    assert Counter(notices(world, number)) == {(MISSED, "case"): 1}


def test_pausing_and_resuming_a_missed_step_does_not_note_it_again(world: World) -> None:
    number = billboard(world)
    until(world, 27, 1)
    watch(world)
    before = notices(world, number)
    assert (MISSED, "review_dishub") in before
    world.act(number, "dewi", "pause", reason="external_system")
    world.act(number, "dewi", "resume")
    watch(world)
    after = Counter(notices(world, number))
    assert after[(MISSED, "review_dishub")] == 1
    assert fault(world) is None


def test_a_reviewer_whose_silence_was_reopened_may_speak_though_their_limit_is_over(
    world: World,
) -> None:
    number = billboard(world)
    until(world, 27, 1)
    watch(world)
    world.act(number, "rini", "reopen", "review_dlh", reason="his letter was on the wrong desk")
    assert fault(world) is None
    assert watch(world) == 0
    assert state(world, number).steps["review_dlh"].status == "ready"
    world.act(number, "rudi", "complete", "review_dlh", result="favourable")
    assert Counter(notices(world, number))[(MISSED, "review_dlh")] == 1
    assert fault(world) is None


# --- a decree -------------------------------------------------------------------------------------


def test_a_decree_moves_what_is_neither_met_nor_missed(world: World) -> None:
    number = billboard(world)
    before = state(world, number)
    assert (before.due_at, before.steps["review_dlh"].due_at) == (end_of(2, 12), end_of(26))
    assert decree(world, THURSDAY) == 1
    after = state(world, number)
    assert (after.due_at, after.steps["review_dlh"].due_at) == (end_of(3, 12), end_of(27))
    assert after.steps["intake"] == before.steps["intake"]  # met: it stays
    event = events(world, number)[-1]
    assert event.type == "casetrack.case.deadlines_moved"
    assert event.actor == {"kind": "system", "id": "calendar"}
    assert event.data["case"]["calendar"] == after.calendar
    assert after.calendar != before.calendar
    assert "+local-" in (after.calendar or "")
    assert fault(world) is None


def test_what_moved_is_missed_on_its_new_day(world: World) -> None:
    number = billboard(world)
    decree(world, THURSDAY)
    until(world, 27, 1)
    watch(world)
    assert (MISSED, "review_dlh") not in notices(world, number)
    until(world, 27)
    watch(world)
    assert (MISSED, "review_dlh") in notices(world, number)


def test_what_was_missed_stays_missed(world: World) -> None:
    number = billboard(world)
    until(world, 27, 1)
    watch(world)
    assert decree(world, THURSDAY, date(2026, 11, 27)) == 1
    after = state(world, number)
    assert after.steps["review_dishub"].due_at == end_of(26)
    assert after.due_at == end_of(4, 12)
    watch(world)
    assert Counter(notices(world, number))[(MISSED, "review_dishub")] == 1
    assert fault(world) is None


def test_a_limit_that_passed_before_any_clock_saw_it_is_missed_all_the_same(
    world: World,
) -> None:
    number = billboard(world)
    until(world, 27, 1)
    decree(world, THURSDAY)
    watch(world)
    assert state(world, number).steps["review_dishub"].due_at == end_of(26)
    assert (MISSED, "review_dishub") in notices(world, number)


def test_a_decree_that_gives_a_day_back_shortens_what_is_left(world: World) -> None:
    number = billboard(world)
    saturday = date(2026, 11, 28)
    assert decree(world, saturday, working=True) == 1
    assert state(world, number).due_at == end_of(1, 12)
    assert state(world, number).steps["review_dlh"].due_at == end_of(26)


def test_the_same_decree_again_moves_nothing(world: World) -> None:
    number = billboard(world)
    assert [decree(world, THURSDAY), decree(world, THURSDAY)] == [1, 0]
    types = [event.type for event in events(world, number)]
    assert types.count("casetrack.case.deadlines_moved") == 1


def test_a_decree_about_a_day_that_no_limit_meets_leaves_no_event(world: World) -> None:
    number = billboard(world)
    assert decree(world, date(2027, 6, 16)) == 0
    assert len(events(world, number)) == 2


def test_a_decree_leaves_what_is_over_and_other_regions_alone(world: World) -> None:
    over = billboard(world, BILLBOARD_STORY)
    before = state(world, over)
    there = str(world.open(by="sby.clerk").view["number"])
    assert decree(world, TUESDAY, WEDNESDAY, THURSDAY) == 0
    assert state(world, over) == before
    with world.database.read() as connection:
        row = queries.case(connection, "35.78", there)
    assert row is not None
    assert "+local-" not in (row.state.calendar or "")


def test_decrees_at_once_move_each_case_once(world: World) -> None:
    numbers = [billboard(world) for _ in range(3)]
    overrides = (DayOverride(THURSDAY, False, "decree"),)
    loading.load(world.ctx, replace(samarinda(), overrides=overrides))
    results = at_once(3, lambda _: moved_deadlines.move_deadlines(world.ctx, SAMARINDA))
    assert sum(results) == 3
    for number in numbers:
        types = [event.type for event in events(world, number)]
        assert types.count("casetrack.case.deadlines_moved") == 1
    assert fault(world) is None


def test_a_decree_during_a_pause_counts_from_the_day_of_the_resume(world: World) -> None:
    number = billboard(world)
    world.act(number, "dewi", "pause", reason="external_system")
    decree(world, THURSDAY)
    assert fault(world) is None
    until(world, 24, 1)
    world.act(number, "dewi", "resume")
    after = state(world, number)
    assert (after.due_at, after.steps["review_dlh"].due_at) == (end_of(3, 12), end_of(27))
    assert fault(world) is None


def test_a_decree_during_a_pause_moves_the_day_on_which_its_cap_tells(world: World) -> None:
    """Paused to its cap of 23 December, the case is late after 7 January; with two days off, later.

    24 and 25 December, 1 and 5 January are days off already.
    """
    number = billboard(world)
    world.act(number, "dewi", "pause", reason="external_system")
    world.hands.now = datetime(2026, 12, 24, tzinfo=UTC)
    decree(world, date(2026, 12, 28), date(2026, 12, 29))
    assert fault(world) is None
    world.hands.now = datetime(2027, 1, 7, 1, tzinfo=UTC)
    watch(world)
    assert (MISSED, "case") not in notices(world, number)
    world.hands.now = datetime(2027, 1, 20, 1, tzinfo=UTC)
    watch(world)
    assert (MISSED, "case") in notices(world, number)
