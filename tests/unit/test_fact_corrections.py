"""Facts that are put right: who may when, which steps follow, and that nothing follows a signature."""

from dataclasses import replace
from typing import Any

import pytest

from casetrack.domain.case.correction_details import FactsCorrected
from casetrack.domain.case.resting_steps import resting_steps
from casetrack.domain.errors import Forbidden, Invalid, NotNow
from casetrack.domain.service.definition import Condition, FactDefinition, ServiceDefinition
from tests.support.world import billboard, same
from tests.unit.case_player import Player

REVIEWED = """
dewi declare_complete intake
rudi complete review_dlh favourable
"""


def wide() -> ServiceDefinition:
    """Transport looks at it only where it is wide."""
    only = Condition("width_cm", at_least=500)
    steps = tuple(
        replace(step, when=only) if step.id == "review_dishub" else step
        for step in billboard().steps
    )
    near = FactDefinition("near", same("Dekat"), "boolean", required=False)
    return replace(billboard(), steps=steps, facts=(*billboard().facts, near))


def correct(case: Player, by: str, **facts: Any) -> Any:
    details = FactsCorrected(facts, "office")
    return case.act(by, "correct_facts", reason="mistyped", details=details)


def opened(width: int = 400) -> Player:
    return Player(wide(), width_cm=width, location="64.72.03")


def test_a_step_comes_into_the_case_and_what_came_after_it_waits() -> None:
    case = opened().play(REVIEWED + "hadi complete verify")
    assert case.statuses()["decide"] == "ready"
    event = correct(case, "sari", width_cm=600)
    assert event.data["facts"] == [{"fact": "width_cm", "before": 400, "after": 600}]
    assert {name: case.statuses()[name] for name in ("review_dishub", "verify", "decide")} == {
        "review_dishub": "ready",
        "verify": "waiting",
        "decide": "waiting",
    }
    case.play("sari complete review_dishub favourable\nhadi complete verify")
    assert case.statuses()["decide"] == "ready"


def test_a_step_leaves_the_case_unless_it_is_done() -> None:
    case = opened(600).play(REVIEWED)
    correct(case, "sari", width_cm=400)
    assert case.statuses()["review_dishub"] == "skipped"
    assert case.statuses()["verify"] == "ready"
    done = opened(600).play(REVIEWED + "sari complete review_dishub favourable")
    event = correct(done, "sari", width_cm=400)
    assert done.statuses()["review_dishub"] == "completed"
    assert event.data["done"] == ["review_dishub"]


def test_before_the_file_is_complete_the_counter_corrects_and_then_who_rests_on_it() -> None:
    case = opened()
    with pytest.raises(NotNow, match="Until the file is complete"):
        correct(case, "sari", width_cm=600)
    correct(case, "dewi", width_cm=450)
    case.play("dewi declare_complete intake")
    with pytest.raises(NotNow, match="officers of dishub"):
        correct(case, "dewi", width_cm=600)
    with pytest.raises(Forbidden):
        correct(case, "bima", width_cm=600)
    correct(case, "sari", width_cm=600)
    assert [record["by"] for record in case.state.corrections] == ["smr.dewi", "smr.sari"]


def test_on_what_no_step_rests_those_that_decide_do() -> None:
    assert [step.id for step in resting_steps(wide(), ["location"])] == ["decide"]
    assert [step.id for step in resting_steps(wide(), ["width_cm"])] == ["review_dishub"]


def test_after_a_signature_facts_are_not_corrected_by_themselves() -> None:
    definition = wide()
    steps = tuple(
        replace(step, after=("sign",)) if step.id == "pay_tax" else step
        for step in definition.steps
    )
    steps = tuple(replace(step, after=("decide",)) if step.id == "sign" else step for step in steps)
    issue = replace(definition.step("sign"), id="issue", kind="issue", after=("pay_tax",))
    case = Player(replace(definition, steps=(*steps, issue)), width_cm=400, location="64.72.03")
    case.play(REVIEWED + "hadi complete verify\nhadi complete decide\nhadi complete sign")
    assert case.state.status == "in_progress"
    with pytest.raises(NotNow) as refused:
        correct(case, "hadi", location="64.72.01")
    assert refused.value.code == "facts_signed"


def test_a_reason_and_facts_that_the_service_takes_are_needed() -> None:
    case = opened()
    for facts in ({"width_cm": "lebar"}, {"width_cm": None}, {"depth_cm": 3}):
        with pytest.raises(Invalid) as refused:
            correct(case, "dewi", **facts)
        assert refused.value.code == "invalid_facts"
    details = FactsCorrected({"width_cm": 500}, "office")
    with pytest.raises(Invalid, match="one of these reasons"):
        case.act("dewi", "correct_facts", reason="so", details=details)
    with pytest.raises(NotNow, match="says this already"):
        correct(case, "dewi", width_cm=400)
    correct(case, "dewi", near=True)
    correct(case, "dewi", near=None)
    assert "near" not in case.state.facts
