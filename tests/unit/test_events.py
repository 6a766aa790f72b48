"""One spelling for every fact, and a chain that shows any change."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from casetrack.domain.errors import Invalid
from casetrack.domain.events import (
    GENESIS,
    Event,
    canonical,
    chain_hash,
    instant,
    parse_instant,
)
from casetrack.domain.proof.ledger import ledger_hash

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
KEYS = st.text(st.characters(max_codepoint=126, min_codepoint=1))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_our_spelling_is_that_of_rfc_8785(value: Any) -> None:
    assert canonical(value).encode() == rfc8785.dumps(value)


@pytest.mark.parametrize(
    "value",
    [1.5, float("nan"), "a\0b", "\ud800", {"clé": 1}, {1: 2}, 2**53, {"a": [{"b": 0.0}]}, b"x"],
    ids=str,
)
def test_what_has_no_one_spelling_is_refused_at_the_door(value: Any) -> None:
    with pytest.raises(Invalid) as refused:
        canonical(value)
    assert refused.value.code == "unstorable_value"


def test_a_value_nested_without_end_is_refused() -> None:
    value: Any = 1
    for _ in range(100):
        value = [value]
    with pytest.raises(Invalid, match="nested"):
        canonical(value)


def event(**changes: Any) -> Event:
    moment = datetime(2026, 11, 24, 1, 2, 3, 456789, tzinfo=UTC)
    fields: dict[str, Any] = {
        "id": 7,
        "region": "64.72",
        "stream": "SMR-SKT-2026-000001-4",
        "version": 3,
        "type": "casetrack.step.completed",
        "occurred_at": moment,
        "recorded_at": moment,
        "actor": {"kind": "officer", "id": "smr.dlh"},
        "data": {"step": "x"},
    }
    return Event(**{**fields, **changes})


def test_an_event_comes_back_from_its_bytes_as_it_was() -> None:
    assert Event.from_body(event().body()) == event()


@pytest.mark.parametrize(
    "change",
    [
        {"id": 8},
        {"region": "35.78"},
        {"stream": "x"},
        {"version": 4},
        {"type": "y"},
        {"occurred_at": datetime(2026, 1, 1, tzinfo=UTC)},
        {"recorded_at": datetime(2026, 1, 1, tzinfo=UTC)},
        {"actor": {}},
        {"data": {}},
        {"type_version": 2},
    ],
    ids=lambda change: next(iter(change)),
)
def test_any_change_of_an_event_changes_its_hash(change: dict[str, Any]) -> None:
    assert chain_hash(GENESIS, event(**change).body()) != chain_hash(GENESIS, event().body())


def test_the_chain_depends_on_what_went_before() -> None:
    body = event().body()
    assert chain_hash(GENESIS, body) != chain_hash("1" * 64, body)
    assert len({ledger_hash(p, n, h) for p in "ab" for n in (1, 2) for h in "cd"}) == 8


@given(st.integers(-(10**15), 10**15))
def test_instants_sort_as_text_the_way_they_sort_as_time(microseconds: int) -> None:
    zone = timezone(timedelta(hours=8))
    here = datetime(2026, 11, 24, tzinfo=zone) + timedelta(microseconds=microseconds)
    later = here + timedelta(microseconds=1)
    assert instant(here) < instant(later)
    assert parse_instant(instant(here)) == here
