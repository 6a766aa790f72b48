"""What may happen to a case, told as it happens at the counter and behind it."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from casetrack.domain.access import Actor, system
from casetrack.domain.case.commands import (
    ConflictDeclared,
    ConflictSettled,
    LatePaper,
    ProductChange,
    Seen,
    check_seen,
)
from casetrack.domain.case.folding import fold
from casetrack.domain.case.product_details import Basis
from casetrack.domain.case.state import CaseState
from casetrack.domain.case.transitions import CASE_ACTIONS, STEP_ACTIONS
from casetrack.domain.errors import Forbidden, Invalid, NoAuthority, NotFound, NotNow, Stale
from casetrack.domain.events import Event
from tests.unit.case_player import MONDAY, Player

KTP = ({"requirement": "ktp"},)
FOTO = ({"requirement": "foto"},)
REVIEWED = """
dewi declare_complete intake
rudi complete review_dlh favourable
sari complete review_dishub favourable
"""
DECIDED = REVIEWED + "hadi complete verify\nhadi complete decide\n"
GRANTED = DECIDED + "bima record_payment pay_tax\nhadi complete sign\n"


def test_a_new_file_waits_for_its_completeness_check_and_no_clock_runs() -> None:
    case = Player().state
    assert (case.status, case.outcome, case.holder) == ("submitted", "none", "dpmptsp")
    assert case.due_at is None
    assert case.steps["intake"].status == "ready"
    assert case.steps["intake"].due_at == "2026-11-24T15:59:59.000000Z"


def test_declaring_it_complete_starts_the_clock_and_all_reviews_at_once() -> None:
    player = Player().play("dewi declare_complete intake")
    assert player.state.status == "in_progress"
    assert player.state.due_at == "2026-12-02T15:59:59.000000Z"
    assert {n for n, s in player.statuses().items() if s == "ready"} == {
        "review_dlh",
        "review_dishub",
        "visit",
    }


def test_reviews_join_only_when_the_last_of_them_is_in() -> None:
    player = Player().play("dewi declare_complete intake\nrudi complete review_dlh conditional")
    assert player.statuses()["verify"] == "waiting"
    player.play("sari complete review_dishub unfavourable")
    assert player.statuses()["verify"] == "ready"


def test_unfavourable_advice_refuses_nothing() -> None:
    player = Player().play(REVIEWED.replace("review_dlh favourable", "review_dlh unfavourable"))
    assert player.state.status == "in_progress"
    assert player.state.outcome == "none"


def test_an_optional_step_that_has_begun_is_waited_for_and_one_that_has_not_is_skipped() -> None:
    begun = Player().play("dewi declare_complete intake\nrudi claim visit")
    begun.play("rudi complete review_dlh favourable\nsari complete review_dishub favourable")
    assert begun.statuses()["verify"] == "waiting"
    begun.play("rudi complete visit")
    assert begun.statuses()["verify"] == "ready"
    unbegun = Player().play(REVIEWED + "hadi claim verify")
    assert unbegun.statuses()["visit"] == "skipped"


def test_waiting_for_the_payment_stops_the_clock_and_the_payment_starts_it_again() -> None:
    player = Player().play(DECIDED)
    assert (player.state.waiting_for, player.state.due_at) == ("payment", None)
    player.now += timedelta(days=3)
    player.play("bima record_payment pay_tax")
    assert player.state.waiting_for == "signature"
    # Paused on Monday, paid on Thursday: Tuesday and Wednesday stood still.
    assert player.state.due_at == "2026-12-04T15:59:59.000000Z"


def test_the_signature_grants_and_the_hand_over_ends() -> None:
    player = Player().play(GRANTED)
    assert (player.state.status, player.state.outcome) == ("granted", "granted")
    assert player.events[-1].type == "casetrack.case.granted"
    player.play("dewi hand_over")
    assert player.state.status == "handed_over"
    assert player.state.outcome == "granted"
    assert player.statuses()["hand_over"] == "completed"


def test_only_a_decide_step_refuses_and_then_nothing_stays_open_but_the_hand_over() -> None:
    player = Player().play(REVIEWED)
    with pytest.raises(NotNow, match="refuse is not for the step verify"):
        player.act("hadi", "refuse", "verify")
    player.play("hadi complete verify\nhadi refuse decide")
    assert (player.state.status, player.state.outcome) == ("refused", "refused")
    assert {n for n, s in player.statuses().items() if s in ("ready", "in_progress")} == {
        "hand_over"
    }


def test_defects_of_several_reviewers_go_back_together_and_come_back_together() -> None:
    player = Player().play("dewi declare_complete intake")
    player.act("rudi", "return", "review_dlh", defects=KTP)
    assert player.state.status == "in_progress"
    player.act("sari", "return", "review_dishub", defects=FOTO)
    sent = player.act("dewi", "send_return")
    assert [d["requirement"] for d in sent.data["defects"]] == ["ktp", "foto"]
    assert (player.state.status, player.state.waiting_for) == ("returned", "applicant")
    assert player.state.due_at is None
    player.play("dewi resubmit")
    assert player.state.status == "in_progress"
    assert player.statuses()["review_dlh"] == player.statuses()["review_dishub"] == "ready"
    assert player.state.defects == ()


def test_the_clock_runs_on_while_another_agency_can_still_work() -> None:
    player = Player().play("dewi declare_complete intake")
    player.act("rudi", "return", "review_dlh", defects=KTP)
    player.act("dewi", "send_return")
    assert (player.state.status, player.state.waiting_for) == ("returned", "applicant")
    assert player.state.due_at is not None
    player.act("sari", "complete", "review_dishub", result="favourable")
    assert player.state.due_at is None


def test_a_second_return_for_what_could_be_seen_the_first_time_takes_a_supervisor() -> None:
    player = Player().play("dewi declare_complete intake")
    player.act("rudi", "return", "review_dlh", defects=KTP)
    player.play("dewi send_return\ndewi resubmit")
    player.act("rudi", "return", "review_dlh", defects=KTP)
    player.play("dewi send_return\ndewi resubmit")
    player.act("rudi", "return", "review_dlh", defects=FOTO)
    with pytest.raises(NotNow, match="supervisor") as refused:
        player.act("dewi", "send_return")
    assert refused.value.code == "supervisor_needed"
    assert player.act("wati", "send_return").data["late"] == ["foto"]


def test_a_return_before_completeness_leads_back_to_the_completeness_check() -> None:
    player = Player()
    player.act("dewi", "return", "intake", defects=KTP)
    player.play("dewi send_return")
    assert player.state.status == "returned"
    player.play("dewi resubmit")
    assert player.state.status == "submitted"
    assert player.statuses()["intake"] == "ready"


def test_a_defect_names_a_requirement_that_the_service_publishes() -> None:
    player = Player().play("dewi declare_complete intake")
    with pytest.raises(Invalid, match="does not ask for surat-cinta"):
        player.act("rudi", "return", "review_dlh", defects=({"requirement": "surat-cinta"},))
    with pytest.raises(Invalid, match="at least one defect"):
        player.act("rudi", "return", "review_dlh")


def test_nothing_is_sent_back_when_nobody_found_a_defect() -> None:
    with pytest.raises(NotNow, match="No step has returned"):
        Player().act("dewi", "send_return")


def test_a_pause_stops_everybody_and_a_resume_gives_back_who_had_what() -> None:
    player = Player().play("dewi declare_complete intake\nrudi claim review_dlh")
    player.act("dewi", "pause", reason="external_system")
    assert player.state.waiting_for == "external_system"
    assert player.state.due_at is None
    assert player.statuses()["review_dlh"] == player.statuses()["review_dishub"] == "paused"
    with pytest.raises(NotNow, match="paused"):
        player.act("rudi", "complete", "review_dlh", result="favourable")
    player.now += timedelta(days=2)
    player.play("dewi resume")
    assert player.statuses()["review_dlh"] == "in_progress"
    assert player.state.steps["review_dlh"].assignee == "smr.rudi"
    assert player.statuses()["review_dishub"] == "ready"
    assert player.state.due_at == "2026-12-03T15:59:59.000000Z"


def _folded(events: Sequence[Event]) -> CaseState | None:
    state: CaseState | None = None
    for event in events:
        state = fold(state, event)
    return state


def test_the_hundredth_pause_makes_no_longer_event_than_the_second() -> None:
    player = Player().play("dewi declare_complete intake")
    lengths = []
    for _ in range(100):
        stopped = player.act("dewi", "pause", reason="court")
        player.now += timedelta(days=1)
        gone_on = player.act("dewi", "resume")
        lengths.append((len(stopped.body()), len(gone_on.body())))
    assert player.state.clock is not None
    assert len(player.state.clock.pauses) == 100
    # Only the numbers in them have more digits.
    assert lengths[-1][0] - lengths[1][0] < 40
    assert lengths[-1][1] - lengths[1][1] < 40
    assert _folded(player.events) == player.state


def test_an_event_that_names_all_pauses_as_events_once_did_means_the_same() -> None:
    player = Player().play("dewi declare_complete intake")
    for _ in range(3):
        player.act("dewi", "pause", reason="court")
        player.act("dewi", "resume")
    state: CaseState | None = None
    for event in player.events:
        after = fold(state, event)
        # The form of before: each clock that changed, with all of its pauses.
        data = json.loads(json.dumps(event.data))
        levels = [(data["case"], after.clock)]
        levels += [(values, after.steps[name].clock) for name, values in data["steps"].items()]
        for values, clock in levels:
            if values.get("clock") and clock is not None:
                values["clock"].pop("kept", None)
                values["clock"]["pauses"] = [list(pause) for pause in clock.pauses]
        assert fold(state, replace(event, data=data)) == after
        state = after
    assert [event.type_version for event in player.events].count(2) == 4


def test_nobody_can_pause_by_hand_for_the_applicant() -> None:
    player = Player().play("dewi declare_complete intake")
    with pytest.raises(Invalid, match="stops the clock by itself"):
        player.act("dewi", "pause", reason="applicant")
    player.act("dewi", "pause", reason="court")
    with pytest.raises(NotNow, match="paused already"):
        player.act("dewi", "pause", reason="court")


def test_a_claimed_step_is_its_officers_until_it_is_reassigned() -> None:
    player = Player().play("dewi declare_complete intake\nrudi claim review_dlh")
    lia = Actor("officer", "smr.lia", "64.72", "officer", "dlh")
    with pytest.raises(NotNow) as refused:
        player.act_as(lia, "complete", "review_dlh", result="favourable")
    assert refused.value.code == "claimed_by_another"
    player.act("rini", "reassign", "review_dlh", assignee="smr.lia")
    player.act_as(lia, "complete", "review_dlh", result="favourable")
    assert player.statuses()["review_dlh"] == "completed"


def test_reassigning_to_nobody_puts_the_step_back_on_the_worklist() -> None:
    player = Player().play("dewi declare_complete intake\nrudi claim review_dlh")
    player.act("rini", "reassign", "review_dlh")
    assert player.statuses()["review_dlh"] == "ready"
    assert player.state.steps["review_dlh"].assignee is None


def test_a_mistake_is_reopened_in_the_open_and_what_followed_waits_again() -> None:
    player = Player().play(REVIEWED + "hadi complete verify")
    with pytest.raises(Invalid, match="reason"):
        player.act("rini", "reopen", "review_dlh")
    event = player.act("rini", "reopen", "review_dlh", note={"text": "t", "hmac": "h"})
    assert event.data["reset"] == ["verify", "decide"]
    assert player.statuses()["review_dlh"] == "ready"
    assert player.statuses()["verify"] == player.statuses()["decide"] == "waiting"
    player.play("rudi complete review_dlh favourable\nhadi complete verify")
    assert player.statuses()["decide"] == "ready"


def test_neither_completeness_nor_anything_signed_is_reopened() -> None:
    player = Player().play(GRANTED.replace("hadi complete sign\n", ""))
    with pytest.raises(NotNow, match="reopen is not for the step intake"):
        player.act("wati", "reopen", "intake", note={"text": "t"})
    player.play("hadi complete sign")
    with pytest.raises(NotNow):
        player.act("rini", "reopen", "review_dlh", note={"text": "t"})


@pytest.mark.parametrize("action", ["withdraw", "close"])
def test_an_ended_case_leaves_nobody_with_work(action: str) -> None:
    player = Player().play("dewi declare_complete intake\nrudi claim review_dlh")
    player.act("dewi", action, reason="duplicate" if action == "close" else None)
    assert player.state.status == {"withdraw": "withdrawn", "close": "closed"}[action]
    assert not {"ready", "in_progress", "waiting", "paused"} & set(player.statuses().values())
    with pytest.raises(NotNow):
        player.act("dewi", "resubmit")


def test_a_case_is_closed_for_a_reason_of_the_list_and_lapses_only_when_it_waited() -> None:
    player = Player().play("dewi declare_complete intake")
    with pytest.raises(Invalid, match="wrong_service"):
        player.act("dewi", "close", reason="applicant_withdrew")
    with pytest.raises(NotNow, match="lapse"):
        player.act("dewi", "close", reason="lapsed")


def test_a_lost_slip_gets_a_new_code_in_any_status() -> None:
    player = Player().play(GRANTED)
    player.act("dewi", "reissue_code", access_digest="new")
    assert player.state.access_digest == "new"
    assert player.state.status == "granted"


def test_each_kind_of_step_has_its_own_action() -> None:
    player = Player()
    with pytest.raises(NotNow, match="try declare_complete"):
        player.act("dewi", "complete", "intake")
    player.play(DECIDED)
    with pytest.raises(NotNow, match="try record_payment"):
        player.act("bima", "complete", "pay_tax")


def test_a_recommendation_says_which_way_it_goes() -> None:
    player = Player().play("dewi declare_complete intake")
    with pytest.raises(Invalid, match="favourable, conditional, unfavourable"):
        player.act("rudi", "complete", "review_dlh", result="fine")


def test_acting_as_a_position_that_one_does_not_hold_is_refused_for_want_of_authority() -> None:
    player = Player().play(REVIEWED + "hadi complete verify")
    with pytest.raises(NoAuthority) as refused:
        player.act("hadi", "complete", "decide", as_position="kepala-dpmptsp")
    assert refused.value.code == "position_not_held"


def test_decisions_say_by_what_right_as_far_as_it_is_known() -> None:
    player = Player().play(DECIDED)
    assert player.events[-1].data["authority"] == {
        "scheme": "unchecked",
        "role": "officer",
        "agency": "dpmptsp",
    }
    advice = next(e for e in player.events if e.data.get("step") == "review_dlh")
    assert advice.data["authority"]["scheme"] == "unchecked"
    other = next(e for e in player.events if e.data.get("step") == "review_dishub")
    assert "authority" not in other.data


def test_either_etag_will_do_and_a_stale_one_will_not() -> None:
    player = Player().play("dewi declare_complete intake\nrudi claim review_dlh")
    state = player.state
    check_seen(state, "review_dishub", Seen(case=3))
    check_seen(state, "review_dishub", Seen(step="review_dishub", step_version=2))
    for stale in (
        Seen(case=2),
        Seen(step="review_dlh", step_version=2),
        Seen(step="review_dishub", step_version=3),
    ):
        with pytest.raises(Stale):
            check_seen(state, "review_dishub", stale)
    with pytest.raises(Stale):
        check_seen(state, None, Seen(step="review_dishub", step_version=2))


def test_a_role_or_agency_that_may_not_is_refused_by_the_rules_themselves() -> None:
    reviewing = "dewi declare_complete intake"
    for before, by, action, step in (
        (reviewing, "dewi", "complete", "review_dlh"),
        (reviewing, "rudi", "complete", "review_dishub"),
        (reviewing, "rudi", "withdraw", None),
        (reviewing, "rini", "declare_complete", "intake"),
        (reviewing, "dewi", "extend", None),
        (REVIEWED, "dewi", "complete", "verify"),
        (reviewing + "\nrudi complete review_dlh favourable", "rudi", "reopen", "review_dlh"),
    ):
        player = Player().play(before)
        was = player.state
        with pytest.raises(Forbidden):
            player.act(by, action, step, result="favourable")
        assert player.state == was


def test_who_is_not_concerned_learns_nothing_from_the_rules_either() -> None:
    player = Player().play("dewi declare_complete intake")
    with pytest.raises(NotFound, match="no such case"):
        player.act("tono", "complete", "review_dlh", result="favourable")


def test_casetracks_own_processes_do_what_their_list_says_and_nothing_else() -> None:
    player = Player().play("dewi declare_complete intake")
    for process in ("clock", "calendar", "load", "replay", "operator", "webhooks", "another"):
        for step, actions in ((None, CASE_ACTIONS), ("review_dishub", STEP_ACTIONS)):
            for action in actions:
                with pytest.raises(Forbidden):
                    player.act_as(system("64.72", process), action, step)
    player.now += timedelta(days=5)
    player.act_as(system("64.72", "clock"), "no_opinion", "review_dlh")
    assert player.statuses()["review_dlh"] == "no_opinion"


def test_silence_counts_when_the_limit_is_over_and_not_before() -> None:
    player = Player().play("dewi declare_complete intake")
    with pytest.raises(NotNow, match="not over yet"):
        player.act_as(system("64.72", "clock"), "no_opinion", "review_dlh")
    assert player.statuses()["review_dlh"] == "ready"


def test_a_role_named_system_is_no_master_key() -> None:
    forged = Actor("officer", "smr.x", "64.72", "system", "dlh")
    with pytest.raises(NotFound):
        Player().act_as(Actor("officer", "smr.x", "64.72", "system", "x"), "withdraw")
    with pytest.raises(Forbidden):
        Player().act_as(forged, "withdraw")


def test_nobody_of_another_region_acts_whatever_their_agency_is_called() -> None:
    clerk = Actor("officer", "sby.clerk", "35.78", "clerk", "dpmptsp")
    for actor in (clerk, system("35.78", "clock"), system("35.78", "calendar")):
        with pytest.raises(NotFound):
            Player().act_as(actor, "withdraw")


def test_only_officers_do_what_officers_do() -> None:
    for kind in ("system", "ghost"):
        with pytest.raises(Forbidden):
            Player().act_as(Actor(kind, "load", "64.72", "clerk", "dpmptsp"), "withdraw")


@pytest.mark.parametrize(
    ("by", "action", "step"),
    [
        ("dewi", "withdraw", None),
        ("dewi", "send_return", None),
        ("dewi", "claim", "intake"),
        ("wati", "reopen", "intake"),
    ],
)
def test_what_is_not_done_on_paper_is_no_late_entry(by: str, action: str, step: str | None) -> None:
    with pytest.raises(Invalid):
        Player().act(by, action, step, late="late-1", reason="x")


SIGNED_AT = MONDAY + timedelta(minutes=30)
JUDGMENT = Basis("12/G/2026", date(2026, 11, 20), "PTUN Samarinda")


@pytest.mark.parametrize(
    ("code", "action", "step", "said"),
    [
        (
            "unknown_late_entry",
            "complete",
            "review_dlh",
            {"result": "favourable", "late": "late-1"},
        ),
        ("not_late", "admit_late", None, {"occurred_at": MONDAY + timedelta(days=900)}),
        ("before_ready", "admit_late", None, {"occurred_at": MONDAY - timedelta(days=900)}),
        ("unknown_step", "admit_late", None, {"step": "no_such_step"}),
        ("found_in_future", "annul", None, {"found_on": date(2126, 11, 20)}),
    ],
)
def test_what_is_wrong_with_a_paper_or_a_day_is_said_before_the_status_of_the_case(
    code: str, action: str, step: str | None, said: dict[str, Any]
) -> None:
    player = Player().play("dewi declare_complete intake\ndewi withdraw")
    by = "rudi" if step else "wati"
    good: dict[str, Any]
    bad: dict[str, Any]
    if action == "admit_late":
        paper = LatePaper("intake", SIGNED_AT, "power_cut", "cd" * 32)
        good, bad = {"details": paper}, {"details": replace(paper, **said)}
    elif action == "annul":
        change = ProductChange("authority", "court", JUDGMENT, date(2026, 11, 20))
        good, bad = {"details": change}, {"details": replace(change, **said)}
    else:
        good, bad = {"result": said["result"]}, said
    with pytest.raises(NotNow):
        player.act(by, action, step, **good)
    with pytest.raises(Invalid) as refused:
        player.act(by, action, step, **bad)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("action", "details", "field"),
    [
        ("declare_conflict", ConflictDeclared(None), "ground"),
        ("lift_conflict", ConflictSettled(None), "officer"),
        ("take_over", ConflictSettled(None), "officer"),
    ],
)
def test_a_conflict_says_what_it_takes_once_the_role_may_settle_it(
    action: str, details: ConflictDeclared | ConflictSettled, field: str
) -> None:
    with pytest.raises(Invalid) as missing:
        Player().act("wati", action, details=details)
    assert [fault["at"] for fault in missing.value.fields["errors"]] == [field]
    with pytest.raises(Forbidden):
        Player().act("mesin", action, details=details)


def test_an_action_that_there_is_not_is_named() -> None:
    with pytest.raises(Invalid, match="approve is nothing that is done to a step"):
        Player().act("dewi", "approve", "intake")
    with pytest.raises(Invalid, match="claim is nothing that is done to a case"):
        Player().act("dewi", "claim")
    with pytest.raises(Invalid, match="annul is nothing that is done to a step"):
        Player().act("hadi", "annul", "decide")


def test_only_the_counter_of_the_service_opens_a_case() -> None:
    for by, error in (("hadi", Forbidden), ("wati", Forbidden), ("rudi", Forbidden)):
        with pytest.raises(error):
            Player(opened_by=by)
