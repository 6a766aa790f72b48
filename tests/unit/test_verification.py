"""Numbers and public ids of products as people type them, and how a product stands on a day."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casetrack.domain.case.numbers import CODE_ALPHABET
from casetrack.domain.case.verification import (
    Standing,
    asked,
    check_word,
    number_key,
    standing,
)
from casetrack.domain.clock import Calendar
from tests.support.examples import examples

PARTS = st.lists(
    st.one_of(
        st.integers(0, 99_999).map(str), st.sampled_from(("DPMPTSP", "IMB", "XI", "PTSP-NAKER"))
    ),
    min_size=2,
    max_size=6,
)
BETWEEN = st.sampled_from((" ", "/", "-", " / ", ".", "–", "_", "\u200b/"))
CASES = st.sampled_from((str.upper, str.lower, str.title))
SIGNS = st.text(CODE_ALPHABET, min_size=12, max_size=12)


@settings(max_examples=examples(300))
@given(PARTS, BETWEEN, CASES)
def test_a_number_is_the_same_however_it_is_written(parts: list[str], mark: str, case: Any) -> None:
    printed = "/".join(parts)
    typed = asked(case(mark.join(parts)))
    assert typed.number_key == number_key(printed)
    assert typed.means(printed)


@settings(max_examples=examples(300))
@given(PARTS, PARTS)
def test_two_numbers_are_taken_for_one_only_if_their_parts_are(
    one: list[str], other: list[str]
) -> None:
    typed = asked("/".join(one))
    letters = [part.replace("-", "") for part in other]
    if typed.number_key == number_key("/".join(other)) and typed.means("/".join(other)):
        assert "".join(part.replace("-", "") for part in one) == "".join(letters)
        digits = [[part for part in parts if part.isdigit()] for parts in (one, other)]
        assert digits[0] == digits[1]


@settings(max_examples=examples(200))
@given(SIGNS, st.sampled_from(("", "-", " ", "—")), CASES)
def test_a_public_id_is_found_however_it_is_written(signs: str, mark: str, case: Any) -> None:
    groups = [signs[at : at + 4] for at in (0, 4, 8)]
    whole = "-".join(["SMR", *groups])
    typed = case(mark.join(["SMR", *groups])).replace("0", "o").replace("1", "l")
    assert asked(typed).public_id == ("SMR", whole)
    address = asked(f"https://izin.example.id/verifikasi/{whole}?lang=en&k=K7QX3M9A")
    assert (address.public_id, address.check_word) == (("SMR", whole), "K7QX3M9A")


@pytest.mark.parametrize("text", ["", "   ", "?", "\u200b", "x" * 5000, "%00", "/verifikasi/"])
def test_what_is_no_number_finds_no_number(text: str) -> None:
    found = asked(text)
    assert len(found.number_key) <= 96
    assert found.public_id is None


def test_the_check_word_has_eight_signs_that_no_eye_mistakes() -> None:
    word = check_word("00ff1e" + "a0" * 29)
    assert len(word) == 8
    assert set(word) <= set(CODE_ALPHABET)


CALENDAR = Calendar("test", ZoneInfo("Asia/Makassar"), lambda _: frozenset())
NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("state", "until", "found"),
    [
        ("draft", None, None),
        ("endorsed", None, None),
        ("signed", None, None),
        ("voided", None, None),
        ("issued", None, Standing("valid")),
        ("handed_over", "2026-11-23", Standing("valid")),
        ("corrected", "2026-11-22", Standing("expired", date(2026, 11, 23))),
        ("expired", "2026-11-01", Standing("expired", date(2026, 11, 2))),
        ("annulled", "2026-11-01", Standing("annulled", date(2026, 11, 21))),
        ("revoked", None, Standing("revoked", date(2026, 11, 21))),
    ],
)
def test_each_state_of_a_product_is_one_word_to_anybody(
    state: str, until: str | None, found: Standing | None
) -> None:
    ended = {"at": "2026-11-20T23:00:00.000000Z"} if state in ("annulled", "revoked") else None
    product = {"state": state, "valid_until": until, "ended": ended}
    assert standing(product, CALENDAR, NOON) == found
