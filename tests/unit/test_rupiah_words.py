"""Amounts in words: read back by a reader that was written apart, and some that people know."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from casetrack.domain.service.definition import MAX_INTEGER
from casetrack.domain.service.rupiah_words import rupiah_in_words

#: Of the reader; it knows nothing of how the words are made.
_ONES = "nol satu dua tiga empat lima enam tujuh delapan sembilan sepuluh sebelas"
_VALUES = {**{word: value for value, word in enumerate(_ONES.split())}, "seratus": 100}
_TIMES = {"ribu": 3, "juta": 6, "miliar": 9, "triliun": 12, "kuadriliun": 15}


def read(words: str) -> int:
    """What a person hears."""
    whole, group, digit = 0, 0, 0
    for word in words.split():
        if word == "belas":
            digit += 10
        elif word in ("puluh", "ratus"):
            group, digit = group + digit * {"puluh": 10, "ratus": 100}[word], 0
        elif word == "seribu":
            whole += 1000
        elif word in _TIMES:
            whole, group, digit = whole + (group + digit) * 10 ** _TIMES[word], 0, 0
        else:
            group, digit = group + digit, _VALUES[word]
    return whole + group + digit


@given(some.one_of(some.integers(0, MAX_INTEGER), some.integers(0, 99_999)))
def test_what_is_written_is_the_amount_and_no_other(amount: int) -> None:
    words = rupiah_in_words(amount)
    assert words.endswith(" rupiah")
    assert read(words.removesuffix(" rupiah")) == amount
    assert "satu ratus" not in words
    assert "satu puluh" not in words
    assert "satu belas" not in words


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (0, "nol"),
        (11, "sebelas"),
        (19, "sembilan belas"),
        (110, "seratus sepuluh"),
        (1_000, "seribu"),
        (1_101, "seribu seratus satu"),
        (21_000, "dua puluh satu ribu"),
        (101_000, "seratus satu ribu"),
        (263_000, "dua ratus enam puluh tiga ribu"),
        (1_001_000, "satu juta seribu"),
        (1_250_000_000, "satu miliar dua ratus lima puluh juta"),
    ],
)
def test_amounts_are_written_as_receipts_write_them(amount: int, words: str) -> None:
    assert rupiah_in_words(amount) == f"{words} rupiah"


def test_no_amount_is_below_nought() -> None:
    with pytest.raises(ValueError, match="below nought"):
        rupiah_in_words(-1)
