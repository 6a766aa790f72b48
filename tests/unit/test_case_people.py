"""The people of a case change: what each act does to code, clock and steps, and what it refuses."""

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casetrack.domain.access import system
from casetrack.domain.case.case_people import (
    death_of,
    ends_at,
    is_power_over,
    is_silenced,
    kept_as,
)
from casetrack.domain.case.commands import Act
from casetrack.domain.case.counter_work import counter_work
from casetrack.domain.case.decide import decide
from casetrack.domain.case.party_change import PartyChange
from casetrack.domain.case.transitions import PARTY_ACTIONS
from casetrack.domain.delivery.cloudevents import cloud_event
from casetrack.domain.errors import Forbidden, Invalid, NotNow, Refusal
from casetrack.domain.events import Event
from casetrack.domain.people.former_roles import is_former
from tests.support.world import letter
from tests.unit.case_player import CALENDAR, Player, _actor

TODAY = date(2026, 11, 23)
PAPER = {"dated": "2026-11-20"}
#: A certificate is not older than what it attests.
CERTIFICATE = {"dated": "2026-11-23"}
HEIR = {"subject": "h", "kind": "person", "text": "t1", "hmac": "x"}
PROXY = {"subject": "p", "kind": "person", "text": "t2", "hmac": "x"}
POWER = {"acts": ["file"], "until": "2026-12-31"}
#: What each act says so that it can be done.
SAID: dict[str, dict[str, Any]] = {
    "report_death": {},
    "confirm_death": {"paper": CERTIFICATE},
    "lift_death": {},
    "succeed": {"paper": PAPER, "person": HEIR},
    "appoint": {"paper": PAPER, "person": PROXY, "power": POWER},
    "end_power": {"paper": PAPER, "why": "withdrawn"},
    "change_director": {"paper": PAPER, "person": PROXY},
    "correct_contact": {"person": {"subject": "s", "kind": "person", "text": "t3", "hmac": "x"}},
}


def do(player: Player, action: str, by: str = "dewi", **said: Any) -> Event:
    change = PartyChange(**{"day": TODAY, **SAID[action], **said})
    digest = None if action == "report_death" else f"digest {len(player.events)}"
    return player.act(by, action, details=change, access_digest=digest)


def passing() -> Player:
    return Player(replace(letter(), passes_to_heirs=True))


def started(player: Player) -> Player:
    player.act("dewi", "declare_complete", "intake")
    return player


def test_a_report_stops_code_clock_and_steps_and_lifting_gives_them_back() -> None:
    player = started(Player())
    before = player.state
    do(player, "report_death")
    assert player.state.access_digest == ""
    assert (player.state.due_at, player.state.waiting_for) == (None, None)
    assert {"ready", "in_progress"}.isdisjoint(player.statuses().values())
    assert is_silenced(player.state, "applicant")
    player.now += timedelta(days=3)
    do(player, "lift_death", "wati")
    assert player.state.access_digest
    assert player.statuses() == {name: step.status for name, step in before.steps.items()}
    assert death_of(player.state) is None
    assert player.state.due_at is not None
    assert before.due_at is not None
    assert player.state.due_at > before.due_at, "the days of the pause are not counted"


def test_the_pause_of_a_death_ends_at_its_cap_like_any_other() -> None:
    player = started(Player())
    do(player, "report_death")
    clock = player.state.clock
    assert clock is not None
    assert clock.pauses[-1][2] is not None


@pytest.mark.parametrize("action", ["confirm_death", "lift_death"])
def test_who_reported_a_death_does_not_decide_about_it(action: str) -> None:
    player = Player()
    do(player, "report_death", "wati")
    with pytest.raises(Forbidden, match="Another officer"):
        do(player, action, "wati")
    other = Player()
    do(other, "report_death", "dewi")
    with pytest.raises(Forbidden, match="Another officer"):
        do(other, action, "wati", same_officer=True)


def test_a_confirmed_death_closes_a_case_that_does_not_pass_and_waits_in_one_that_does() -> None:
    ended = started(Player(letter()))
    do(ended, "report_death")
    assert do(ended, "confirm_death", "wati").type == "casetrack.case.closed"
    assert (ended.state.status, ended.state.closed_reason) == ("closed", "applicant_deceased")
    waits = started(passing())
    do(waits, "report_death")
    do(waits, "confirm_death", "wati")
    assert (waits.state.status, waits.state.due_at) == ("in_progress", None)
    do(waits, "succeed")
    assert waits.state.parties["applicant"]["subject"] == "h"
    assert waits.state.parties["former.1"]["subject"] == "s"
    assert waits.state.due_at is not None


def test_what_does_not_pass_is_refused_to_heirs_of_one_who_had_it_in_hand() -> None:
    player = started(Player(letter())).play("hadi complete decide\ndewi hand_over")
    do(player, "report_death")
    do(player, "confirm_death", "wati")
    assert player.state.status == "handed_over"
    with pytest.raises(NotNow, match="does not pass"):
        do(player, "succeed")


@pytest.mark.parametrize("action", ["resubmit", "withdraw", "pause", "hand_over", "reissue_code"])
def test_nothing_that_takes_the_applicant_is_done_while_a_death_is_open(action: str) -> None:
    player = started(passing())
    do(player, "report_death")
    with pytest.raises(NotNow) as refusal:
        player.act("dewi", action, reason="court" if action == "pause" else None)
    assert refusal.value.code == "parties_open"
    with pytest.raises(NotNow):
        player.act("hadi", "complete", "decide")


def test_a_power_is_over_at_the_midnight_after_its_last_day() -> None:
    player = Player()
    do(player, "appoint")
    midnight = ends_at(date(2026, 12, 31), CALENDAR)
    assert midnight == datetime.fromisoformat("2027-01-01T00:00:00+08:00")
    assert not is_power_over(player.state, CALENDAR, midnight - timedelta(microseconds=1))
    assert is_power_over(player.state, CALENDAR, midnight)
    clock = system("64.72", "clock")
    with pytest.raises(NotNow, match="not passed"):
        player.act_as(clock, "end_power")
    player.now = midnight
    ended = player.act_as(clock, "end_power")
    assert ended.data["party"]["why"] == "expired"
    assert player.state.access_digest == ""


def test_no_process_but_the_clock_ends_a_power() -> None:
    player = Player()
    do(player, "appoint")
    with pytest.raises(Forbidden):
        player.act_as(system("64.72", "calendar"), "end_power")


@pytest.mark.parametrize(
    ("action", "wrong", "at"),
    [
        ("report_death", {"day": TODAY + timedelta(days=1)}, "day"),
        ("report_death", {"paper": {"dated": "2026-11-24"}}, "paper.dated"),
        ("report_death", {"person": HEIR}, "party"),
        ("confirm_death", {"paper": None}, "paper"),
        ("succeed", {"person": None}, "party"),
        ("appoint", {"power": None}, "power"),
        ("appoint", {"power": {"acts": ["file"], "until": "2026-11-22"}}, "power.until"),
        ("end_power", {"why": None}, "why"),
        ("end_power", {"role": "payer"}, "role"),
        ("change_director", {"person": None}, "contact"),
        ("correct_contact", {"power": POWER}, "power"),
    ],
)
def test_what_cannot_be_is_named_with_its_field(
    action: str, wrong: dict[str, Any], at: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        do(Player(), action, "wati", **wrong)
    assert [error["at"] for error in refusal.value.fields["errors"]] == [at]


def test_who_stood_in_a_role_at_a_moment_is_found_under_the_role_of_today() -> None:
    player = Player()
    first = player.state.opened_at
    do(player, "correct_contact")
    second = player.state.parties["former.1"]["left_at"]
    do(player, "correct_contact")
    third = player.state.parties["former.2"]["left_at"]
    assert [kept_as(player.state, "applicant", at) for at in (first, second, third)] == [
        "former.1", "former.2", "applicant",
    ]  # fmt: skip
    assert kept_as(player.state, "payer", first) == "payer"


def test_an_open_death_is_on_a_list_of_the_counter_until_it_is_settled() -> None:
    player = started(passing())
    tasks = []
    for action, by in (("report_death", "dewi"), ("confirm_death", "wati"), ("succeed", "dewi")):
        do(player, action, by)
        tasks.append(counter_work(player.state, player.definition).task)
    assert tasks == ["people", "people", None]


def test_lifting_puts_right_what_a_release_without_this_pause_left() -> None:
    player = started(Player())
    do(player, "report_death")
    clock = player.state.clock
    assert clock is not None
    player.state = replace(player.state, pause_reason=None, clock=clock.go_on(player.now))
    assert do(player, "lift_death", "wati").type == "casetrack.case.resumed"
    assert "paused" not in player.statuses().values()


# --- whatever comes after what --------------------------------------------------------------------

_ACTS = st.lists(
    st.tuples(st.sampled_from(sorted(PARTY_ACTIONS)), st.sampled_from(["dewi", "wati"])),
    max_size=14,
)


@given(_ACTS, st.booleans(), st.booleans())
def test_whatever_comes_after_what_nobody_is_lost_and_no_code_opens_for_the_dead(
    acts: list[tuple[str, str]], passes: bool, complete: bool
) -> None:
    player = passing() if passes else Player(letter())
    if complete:
        started(player)
    subjects = {"s"}
    for action, by in acts:
        count = len(player.state.parties)
        try:
            event = do(player, action, by)
        except Refusal:
            continue
        state = player.state
        subjects |= {party["subject"] for party in state.parties.values()}
        assert {party["subject"] for party in state.parties.values()} == subjects
        assert len(state.parties) >= count
        former = sorted(name for name in state.parties if is_former(name))
        assert former == sorted(f"former.{place + 1}" for place in range(len(former)))
        assert "applicant" in state.parties
        if death_of(state) is not None:
            assert state.access_digest == ""
            assert state.due_at is None or state.status in ("closed", "handed_over")
        outside = json.dumps(cloud_event(event, 1))
        assert not {"death", "deceased", "succeed"} & set(outside.replace('"', "_").split("_"))


def test_the_people_of_a_case_are_the_business_of_its_counter() -> None:
    player = Player()
    act = Act("report_death", _actor("rini"), details=PartyChange(TODAY))
    with pytest.raises(Forbidden, match="belongs to the agency"):
        decide(player.state, act, player._setting())
