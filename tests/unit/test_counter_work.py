"""What a counter has to do with a case: check, send back, hand over, or nothing for now."""

from dataclasses import replace
from typing import Any

import pytest

from casetrack.domain.case.counter_work import CounterWork, counter_work
from casetrack.domain.case.state import CaseState
from casetrack.domain.service.definition import ProductDefinition
from tests.support.world import billboard, same
from tests.unit.case_player import Player

FOTO = ({"requirement": "foto"},)
DECIDED = """
dewi declare_complete intake
rudi complete review_dlh favourable
sari complete review_dishub favourable
hadi complete verify
hadi complete decide
"""


def _task(case: Player) -> str | None:
    return counter_work(case.state, case.definition).task


def test_the_counter_checks_sends_back_checks_again_and_hands_over() -> None:
    case = Player()
    assert _task(case) == "check"
    case.act("dewi", "return", "intake", defects=FOTO)
    assert _task(case) == "send_back"
    case.act("dewi", "send_return")
    assert _task(case) is None
    case.act("dewi", "resubmit")
    assert _task(case) == "check"
    case.play(DECIDED)
    assert _task(case) is None
    case.play("bima record_payment pay_tax")
    assert _task(case) == "sign"
    case.act("hadi", "complete", "sign")
    assert _task(case) == "hand_over"


def test_a_claimed_file_is_still_to_be_checked() -> None:
    case = Player()
    case.act("dewi", "claim", "intake")
    assert _task(case) == "check"


def test_what_one_step_returned_is_sent_back_though_others_are_at_work() -> None:
    case = Player().play("dewi declare_complete intake")
    case.act("rudi", "return", "review_dlh", defects=FOTO)
    assert _task(case) == "send_back"


def test_what_is_left_to_do_after_the_decision_comes_before_the_hand_over() -> None:
    changed: dict[str, dict[str, Any]] = {
        "hand_over": {"after": ("pay_tax",)},
        "pay_tax": {"kind": "record"},
    }
    steps = tuple(
        replace(step, **changed.get(step.id, {})) for step in billboard().steps if step.id != "sign"
    )
    case = Player(replace(billboard(), steps=steps)).play(DECIDED)
    assert (case.state.status, _task(case)) == ("granted", None)
    case.play("bima complete pay_tax")
    assert _task(case) == "hand_over"


@pytest.mark.parametrize(
    ("action", "reason"), [("withdraw", None), ("close", "opened_in_error"), ("hand_over", None)]
)
def test_a_case_that_is_over_asks_nothing(action: str, reason: str | None) -> None:
    case = Player()
    if action == "hand_over":
        case.play(DECIDED + "bima record_payment pay_tax\nhadi complete sign")
    case.act("dewi", action, reason=reason)
    assert counter_work(case.state, case.definition) == CounterWork()


def test_it_says_whose_counter_since_when_and_for_whom_the_case_waits() -> None:
    case = Player()
    case.act("dewi", "return", "intake", defects=FOTO)
    case.act("dewi", "send_return")
    work = counter_work(case.state, case.definition)
    assert work == CounterWork("dpmptsp", None, case.state.opened_at, "applicant")


PERMIT = ProductDefinition(
    "izin", "permit", same("Izin"), "Izin {{ number }}", signatures=("sign",)
)
DRAWN = replace(billboard(), products=(PERMIT,))


def _of(*products: dict[str, Any], status: str = "granted", **more: Any) -> CaseState:
    """A case in which no step is left, with these products."""
    case = Player().play(DECIDED + "bima record_payment pay_tax\nhadi complete sign")
    plain: dict[str, Any] = {
        "product": "izin",
        "kind": "permit",
        "signers": ["sign"],
        "signatures": [],
        "endorsements": [],
    }
    made = tuple(
        {**plain, "id": f"P-{place}", **each} for place, each in enumerate(products, start=1)
    )
    return replace(case.state, status=status, products=made, **more)


BEGUN = {"signing": {"step": "sign", "officer": "smr.hadi"}}
BACK = {"wanted_back": [{"edition": 1}]}


@pytest.mark.parametrize(
    ("products", "status", "task"),
    [
        ([{"state": "issued"}], "granted", "hand_over"),
        ([{"state": "issued"}, {"state": "expired"}], "granted", "hand_over"),
        ([{"state": "issued"}, {"state": "draft"}], "granted", "sign"),
        ([{"state": "signed"}], "granted", "issue"),
        ([{"state": "signed", **BEGUN}], "granted", "sign"),
        ([{"state": "corrected", **BEGUN}], "granted", "sign"),
        ([{"state": "corrected"}], "granted", "hand_over"),
        ([{"state": "expired"}], "granted", "close"),
        ([{"state": "annulled", **BEGUN}], "granted", "close"),
        ([{"state": "revoked", **BACK}, {"state": "voided"}], "granted", "take_back"),
        ([{"state": "voided"}], "refused", "hand_over"),
        ([{"state": "draft", "kind": "refusal"}, {"state": "voided"}], "refused", "sign"),
        ([{"state": "issued", "kind": "refusal"}], "refused", "hand_over"),
        ([{"state": "corrected", **BACK, **BEGUN}], "handed_over", "sign"),
        ([{"state": "corrected", **BACK}], "handed_over", "hand_over"),
        ([{"state": "corrected", **BEGUN, **BACK}, {"state": "issued", **BACK}], "handed_over",
         "hand_over"),
        ([{"state": "issued", "wanted_back": []}], "closed", None),
        ([{"state": "handed_over"}], "handed_over", None),
    ],
)  # fmt: skip
def test_what_is_to_be_done_with_a_result_follows_from_what_its_products_wait_for(
    products: list[dict[str, Any]], status: str, task: str | None
) -> None:
    assert counter_work(_of(*products, status=status), DRAWN).task == task


def test_a_decided_case_that_stands_still_is_for_who_settles_who_speaks() -> None:
    state = _of({"state": "issued"}, pause_reason="parties")
    assert counter_work(state, DRAWN).task == "people"


def test_what_waits_for_a_signature_is_the_task_of_the_agency_that_signs() -> None:
    agency = DRAWN.step("review_dlh").agency
    state = _of({"state": "draft", "signers": ["review_dlh"]})
    assert counter_work(state, DRAWN).counter == agency
    nobody_s = _of({"state": "corrected", "signers": [], **BEGUN, "signing": {"step": None}})
    assert counter_work(nobody_s, DRAWN).counter == DRAWN.front_office


@pytest.mark.parametrize("status", ["in_progress", "granted"])
def test_a_draft_that_lacks_a_paraf_is_to_be_endorsed_before_it_is_to_be_signed(
    status: str,
) -> None:
    endorsed = replace(DRAWN, products=(replace(PERMIT, endorsed_by=("kasubbag",)),))
    waiting = {"state": "draft", "endorsements": []}
    state = _of(waiting, status=status)
    assert counter_work(state, endorsed).task == "endorse"
    given = {"position": "kasubbag", "agency": "dlh"}
    before = _of({**waiting, "endorsed_before": [given]}, status=status)
    assert counter_work(before, endorsed).counter == "dlh", "of who gave it before"
    there = _of({"state": "endorsed", "endorsements": [given]}, status="granted")
    assert counter_work(there, endorsed).task == "sign"
