"""Rows of other releases: what a newer one keeps is kept, what an older one folded is compared fairly."""

import json
from copy import deepcopy
from typing import Any

import pytest
from sqlalchemy import Column, MetaData, String, Table

from casetrack.domain.authority.entry_json import read_entry, stored_entry, to_document
from casetrack.domain.case import fold_versions as fold_rules
from casetrack.domain.case.fold_versions import agrees
from casetrack.domain.case.folding import fold
from casetrack.domain.case.state import CaseState
from casetrack.domain.errors import Invalid
from casetrack.domain.events import Event
from casetrack.domain.service.definition_document import as_document, read_definition
from casetrack.storage.case import case_rows
from casetrack.storage.delivery.claims import read_tried
from casetrack.storage.proof import row_tables
from casetrack.usecases.proof.other_folds import OtherFolds
from casetrack.usecases.proof.refold_case import Rows
from tests.support import registers
from tests.support.world import billboard
from tests.unit.case_player import MONDAY, Player

Document = dict[str, Any]


def reviewing() -> Player:
    """A case in its reviews, with clocks that run."""
    return Player(width_cm=400, location="64.72.03").play("dewi declare_complete intake")


def by_a_newer_release(document: Document) -> Document:
    """The same row with a key of a newer release on every level."""
    newer = deepcopy(document)
    newer["priority"] = {"level": 2}
    for step in newer["steps"].values():
        step["queue"] = "counter"
        if step["clock"]:
            step["clock"]["reason"] = "law"
    newer["clock"]["reason"] = "law"
    return newer


def test_keys_of_a_newer_release_are_read_and_written_back() -> None:
    document = by_a_newer_release(json.loads(json.dumps(reviewing().state.to_document())))
    read = CaseState.from_document(document)
    assert json.loads(json.dumps(read.to_document())) == document
    assert CaseState.from_document(read.to_document()) == read


def test_keys_of_a_newer_release_go_through_the_rules_and_the_fold() -> None:
    player = reviewing()
    player.state = CaseState.from_document(by_a_newer_release(player.state.to_document()))
    before = player.state.to_document()
    player.act("rudi", "complete", "review_dlh", result="favourable")
    player.act("wati", "pause", reason="court")
    player.act("wati", "resume")
    after = player.state.to_document()
    assert after["priority"] == before["priority"]
    assert after["clock"]["reason"] == "law"
    assert {step["queue"] for step in after["steps"].values()} == {"counter"}
    # They are said by nobody: an event of this release does not speak of what it does not know.
    assert "priority" not in player.events[-1].data["case"]


def test_an_event_of_a_newer_release_is_folded_with_what_it_says_more() -> None:
    player = reviewing()
    change: Document = {
        "case": {
            "priority": {"level": 2},
            "clock": {"started_at": "a", "pauses": [], "reason": "b"},
        },
        "steps": {"verify": {"status": "ready", "queue": "counter"}},
    }
    event = Event(9, "64.72", "SMR", 9, "casetrack.case.moved", MONDAY, MONDAY, {}, change)
    document = json.loads(json.dumps(fold(player.state, event).to_document()))
    assert document["priority"] == {"level": 2}
    assert document["clock"] == change["case"]["clock"]
    assert document["steps"]["verify"]["queue"] == "counter"
    assert document["steps"]["verify"]["status"] == "ready"


@pytest.mark.parametrize("key", ["steps", "version"])
def test_an_event_cannot_say_what_only_the_fold_says(key: str) -> None:
    change: Document = {"case": {key: 7}, "steps": {}}
    event = Event(9, "64.72", "SMR", 9, "casetrack.case.moved", MONDAY, MONDAY, {}, change)
    with pytest.raises(TypeError):
        fold(reviewing().state, event)


def test_a_row_of_an_older_fold_agrees_although_it_spells_what_says_nothing() -> None:
    refolded = reviewing().state.to_document()
    older = {**refolded, "conflicts": [], "product": None}
    assert agrees(older, refolded, 1)
    del older["returns"]  # it has its default
    assert agrees(older, refolded, 1)
    older["status"] = "granted"
    assert not agrees(older, refolded, 1)


def test_keys_that_came_with_a_later_fold_are_not_asked_of_an_older_row() -> None:
    refolded = by_a_newer_release(reviewing().state.to_document())
    older = reviewing().state.to_document()
    came = {2: frozenset({"priority", "steps.queue"}), 3: frozenset({"clock.reason"})}
    assert agrees(older, refolded, 1, came)
    assert not agrees(older, refolded, 2, came)
    older["status"] = "granted"
    assert not agrees(older, refolded, 1, came)


def test_no_row_is_older_than_the_changes_that_are_written_down() -> None:
    assert all(1 < version <= fold_rules.FOLD_VERSION for version in fold_rules.FOLD_CHANGES)


def test_a_stored_entry_of_the_register_may_say_more_and_a_new_one_may_not() -> None:
    paper = registers.attribution("g", "kepala", services=("x",), on="perda#1")
    document = json.loads(json.dumps(to_document(paper.entry)))
    newer = {**document, "scope": "city", "basis": [{**b, "page": 3} for b in document["basis"]]}
    assert stored_entry("grant", newer) == paper.entry
    with pytest.raises(Invalid, match="unknown key 'scope'"):
        read_entry("grant", newer)


def test_a_published_definition_and_a_failed_channel_may_say_more() -> None:
    document = as_document(billboard())
    document["steps"][0] |= {"queue": "counter"}
    document["limit"] |= {"kind": "legal"}
    assert read_definition({**document, "colour": "red"}) == billboard()
    tried = {"channel": "email", "at": "2026", "attempts": 3, "error": None, "code": 550}
    assert read_tried(json.dumps([tried]))[0].channel == "email"


def rows_of(state: CaseState) -> Rows:
    """The case's row as this release folds it."""
    row = case_rows.case_values(state, "h", billboard())
    return {"cases": {("64.72", state.number): row}}


def older(rows: Rows, **changes: Any) -> Rows:
    return {"cases": {key: {**row, **changes} for key, row in rows["cases"].items()}}


def test_a_row_of_an_older_fold_is_compared_by_the_rules_of_today() -> None:
    document = reviewing().state.to_document()
    expected = rows_of(CaseState.from_document(document))
    spelt = json.dumps({**document, "conflicts": []})
    folds = OtherFolds(newer=False, folds={"cases": 2, "imported_cases": 2})
    stored = older(expected, fold_version=1, state=spelt)
    assert folds.allow_for(expected, stored) == stored
    assert folds.counts == {"old": 1}
    for changes in (
        {"state": json.dumps({**document, "status": "granted"})},
        {"state": "no JSON"},
        {"status": "granted"},
    ):
        changed = older(stored, **changes)
        assert folds.allow_for(expected, changed) != changed


def test_a_column_that_no_second_half_has_filled_may_be_empty() -> None:
    table = Table(
        "cases",
        MetaData(),
        Column("status", String, info={row_tables.SINCE: "0007"}),
        Column("holder", String, info={row_tables.SINCE: "0008"}),
    )
    young = row_tables.young_columns(["0007_second"], [table])
    assert young == {"cases": {"status"}}
    expected = rows_of(reviewing().state)
    folds = OtherFolds(newer=False, young=young)
    unfilled = older(expected, status=None)
    assert folds.allow_for(expected, unfilled) == unfilled
    assert folds.counts == {"old": 1}
    for changes in ({"status": "granted"}, {"holder": None}):
        assert folds.allow_for(expected, older(expected, **changes)) == expected
    assert OtherFolds(newer=False).allow_for(expected, unfilled) == expected


def test_a_column_says_what_was_so_before_where_the_release_before_wrote_the_row_again() -> None:
    expected = rows_of(reviewing().state)
    young = {"cases": frozenset({"task"})}
    folds = OtherFolds(newer=False, young=young, folds={"cases": 2, "imported_cases": 2})
    left = older(expected, task="check", fold_version=1)
    assert folds.allow_for(expected, left) == left
    # This release writes the column with every row.
    mine = older(expected, task="check", fold_version=2)
    assert folds.allow_for(expected, mine) == expected


def test_a_row_that_says_it_is_newer_is_believed_only_after_a_newer_release() -> None:
    expected = rows_of(reviewing().state)
    stored = older(expected, fold_version=fold_rules.FOLD_VERSION + 1, state="{}")
    assert OtherFolds(newer=True).allow_for(expected, stored) == stored
    assert OtherFolds(newer=False).allow_for(expected, stored) == expected
    # There was never a fold before the first, and none that is no number.
    for nonsense in (0, -1, True, None, "2"):
        lying = older(expected, fold_version=nonsense)
        assert OtherFolds(newer=True).allow_for(expected, lying) == expected
