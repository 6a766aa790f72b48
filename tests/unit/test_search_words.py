"""What a person is found by, and what a typed text looks for."""

import pytest

from casetrack.domain.people.search_words import MOST_WORDS, Asked, asked, words_of


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Budi Santoso", {"budi", "santoso"}),
        ("Dr. H. Búdi  SANTOSO, S.T., M.Si.", {"budi", "santoso"}),
        ("Ma'ruf Al-Amin", {"maruf", "al", "amin"}),
        ("Moh.Ali", {"moh", "ali"}),
        ("Haji", {"haji"}),
        ("PT Maju Jaya, Tbk", {"pt", "maju", "jaya"}),
        ("Ли Вэй", {"ли", "вэи"}),
    ],
)
def test_a_name_is_its_words_without_capitals_accents_marks_titles_and_degrees(
    name: str, words: set[str]
) -> None:
    assert words_of({"name": name}) == {f"name:{word}" for word in words}


def test_a_telephone_counts_in_its_one_spelling_and_a_wrong_one_not_at_all() -> None:
    found = words_of({"name": "Budi", "phone": "+6281200000001", "company_number": "9120001234567"})
    assert found == {"name:budi", "phone:+6281200000001", "company:9120001234567"}
    assert words_of({"name": "Budi", "phone": "12345"}) == {"name:budi"}


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("santoso, budi", Asked(words=("name:santoso",))),
        ("Budi Santoso", Asked(words=("name:santoso", "name:budi"))),
        ("budi BUDI", Asked(words=("name:budi",))),
        (
            "6472010101900001",
            Asked(numbers=("company:6472010101900001",), nik="6472010101900001"),
        ),
        ("0812-0000-0001", Asked(numbers=("phone:+6281200000001",))),
        (
            # Before 2024 and since then.
            "01.234.567.8-901.000",
            Asked(numbers=("company:012345678901000", "company:0012345678901000")),
        ),
        ("9120 0012 3456 7", Asked(numbers=("company:9120001234567",))),
        # As it stands on a form, and with the name beside it.
        *[
            (text, Asked(numbers=("company:6472010101900001",), nik="6472010101900001"))
            for text in (
                "NIK 6472010101900001",
                "nik: 6472 0101 0190 0001",
                "No. KTP/NIK: 6472010101900001",
            )
        ],
        *[
            (text, Asked(("name:santoso", "name:budi"), ("phone:+6281200000001",)))
            for text in ("Budi Santoso 0812-0000-0001", "HP 081200000001, Budi Santoso")
        ],
        (
            "6472010101900001 Budi",
            Asked(("name:budi",), ("company:6472010101900001",), "6472010101900001"),
        ),
        # A number in a name is a word of it.
        ("CV Karya 2000", Asked(words=("name:karya", "name:2000", "name:cv"))),
    ],
)
def test_the_text_says_by_itself_what_it_is(typed: str, wanted: Asked) -> None:
    assert asked(typed) == wanted


@pytest.mark.parametrize(
    "typed",
    [
        "6472010101900001\n",
        "6472\u00a00101\u202f0190 0001",
        "6472\u20130101\u20110190\u20140001",
        "\u200b64720101\u00ad01900001\ufeff",
        "".join(chr(ord(digit) + 0xFEE0) for digit in "6472010101900001"),
    ],
)
def test_a_number_that_was_copied_is_the_number(typed: str) -> None:
    assert asked(typed) == asked("6472010101900001")


def test_a_telephone_that_was_copied_is_the_telephone() -> None:
    assert asked("0812\u00a00000\u20130001\n") == asked("0812 0000 0001")


def test_of_a_long_name_the_longest_words_are_looked_for() -> None:
    words = [letter * length for length, letter in enumerate("abcdefghij", start=2)]
    found = asked(" ".join(words)).words
    assert found == tuple(f"name:{word}" for word in sorted(words, key=len)[-MOST_WORDS:][::-1])


@pytest.mark.parametrize("typed", ["", "…", "12", "12345678901234567890"])
def test_what_can_be_nothing_is_refused_with_what_can_be_typed(typed: str) -> None:
    with pytest.raises(ValueError, match="write a case number") as refusal:
        asked(typed)
    assert not typed or typed not in str(refusal.value)
