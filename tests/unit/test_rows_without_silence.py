"""A row may leave out what says nothing: a later release does, and this one reads it."""

import json
from dataclasses import fields
from typing import Any

import pytest

from casetrack.domain.case.case_clock import Clock
from casetrack.domain.case.state import CaseState, StepState, but, whole

_NEEDED = {"number", "region", "service", "service_version"}


def _state() -> CaseState:
    clock = Clock("2026-07-01T01:00:00.000000Z", (("2026-07-02T01:00:00.000000Z", None, None),))
    steps = {
        "intake": StepState(status="completed", clock=clock, times=1, version=2),
        "decide": StepState(),
    }
    return CaseState(
        "SMR-IRK-2026-000001-1",
        "64.72",
        "izin-reklame",
        1,
        opened_at="2026-07-01T01:00:00.000000Z",
        facts={"width_cm": 400},
        steps=steps,
        version=2,
    )


def _without_silence(document: dict[str, Any], blank: Any) -> dict[str, Any]:
    said = {name: getattr(blank, name) for name in document if name != "steps"}
    return {
        name: value
        for name, value in document.items()
        if name in _NEEDED or name == "steps" or json.loads(json.dumps(said[name])) != value
    }


def _row() -> dict[str, Any]:
    """The row as a release writes it that leaves out what says nothing."""
    document = json.loads(json.dumps(_state().to_document()))
    row = _without_silence(document, CaseState("", "", "", 0))
    row["steps"] = {
        name: _without_silence(step, StepState()) for name, step in document["steps"].items()
    }
    return row


def test_a_row_that_leaves_out_what_says_nothing_is_the_same_state() -> None:
    row = _row()
    assert row["steps"]["decide"] == {}
    assert "outcome" not in row
    assert CaseState.from_document(row) == _state()
    assert CaseState.from_document(row).to_document() == _state().to_document()


def test_a_list_gets_every_key_of_such_a_row() -> None:
    wanted = json.loads(json.dumps(_state().to_document()))
    assert json.loads(json.dumps(whole(_row()))) == wanted
    assert json.loads(json.dumps(whole(wanted))) == wanted


def test_what_is_needed_is_not_guessed() -> None:
    for name in _NEEDED:
        row = {key: value for key, value in _row().items() if key != name}
        with pytest.raises(TypeError):
            CaseState.from_document(row)


def test_a_state_but_for_some_fields_takes_only_fields() -> None:
    state = _state()
    other = but(state, status="granted")
    assert other.status == "granted"
    assert state.status == "submitted"
    for part in fields(state):
        if part.name != "status":
            assert getattr(other, part.name) is getattr(state, part.name)
    with pytest.raises(TypeError, match="statsu"):
        but(state, statsu="granted")
