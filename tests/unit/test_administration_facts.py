"""Facts about accounts, tokens and services: what became otherwise, what was before, how it stands."""

from pathlib import Path
from typing import Any, get_args

from casetrack.domain.people.administration import Deed, Traced, changes, undone

Things = dict[str, dict[str, Any]]
BEFORE: Things = {
    "a": {"roles": ["clerk"], "agency": "dlh"},
    "b": {"roles": ["head"], "agency": "dlh"},
}
AFTER: Things = {**BEFORE, "a": {"roles": ["officer"], "agency": "dlh"}, "c": {"roles": ["clerk"]}}


def test_a_change_names_the_fields_that_differ_and_what_is_new_has_no_before() -> None:
    assert changes("officers", BEFORE, AFTER) == [
        {"login": "a", "before": {"roles": ["clerk"]}, "after": {"roles": ["officer"]}},
        {"login": "c", "after": {"roles": ["clerk"]}},
    ]
    assert changes("officers", AFTER, AFTER) == []


def test_changes_that_are_undone_give_what_was_before() -> None:
    assert undone("officers", AFTER, changes("officers", BEFORE, AFTER)) == BEFORE
    twice = [*changes("officers", BEFORE, AFTER), *changes("officers", AFTER, {"a": BEFORE["b"]})]
    now = {**AFTER, "a": BEFORE["b"]}
    assert undone("officers", now, twice) == BEFORE


def test_facts_one_after_the_other_say_how_things_stand() -> None:
    traced = Traced()
    traced.add({"officers": changes("officers", {}, BEFORE)})
    traced.add({"officers": changes("officers", BEFORE, AFTER), "files": "ab"})
    assert list(traced.strange("officers", AFTER)) == []
    assert list(traced.strange("officers", {**AFTER, "b": {"roles": [], "agency": "dlh"}})) == ["b"]
    assert list(traced.strange("officers", {**AFTER, "z": {}})) == ["z"]
    assert list(traced.strange("officers", BEFORE)) == ["a", "c"]
    assert list(traced.strange("tokens", {})) == []


def test_what_no_fact_says_is_not_asked_of_a_row() -> None:
    traced = Traced()
    traced.add({"tokens": [{"token": "t", "after": {"officer": "a"}}]})
    assert list(traced.strange("tokens", {"t": {"officer": "a", "ends_at": None}})) == []


def test_every_act_stands_in_the_contract() -> None:
    page = (Path(__file__).parents[2] / "docs/api.md").read_text()
    told = page.partition("### Administration")[2].partition("\n### ")[0]
    assert [deed for deed in get_args(Deed) if f"`{deed}`" not in told] == []
