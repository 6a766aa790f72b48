"""A case number catches a slip of the pen; an access code can be read over a counter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casetrack.domain.case.numbers import CODE_ALPHABET, CaseNumber, access_code, damm, tidy_code
from casetrack.domain.errors import Invalid

NUMBERS = st.builds(
    CaseNumber,
    st.sampled_from(["SMR", "SBY", "DKI"]),
    st.sampled_from(["REK", "SIP"]),
    st.integers(2000, 2099),
    st.integers(1, 999_999_999),
)


def test_the_check_digit_is_that_of_damms_own_example() -> None:
    assert damm("572") == 4
    assert damm("5724") == 0


def test_the_number_looks_like_the_contracts() -> None:
    assert str(CaseNumber("SMR", "REK", 2026, 123)) == "SMR-REK-2026-000123-8"


@given(NUMBERS)
def test_a_number_is_read_back_however_it_was_typed(number: CaseNumber) -> None:
    assert CaseNumber.parse(f"  {str(number).lower()} ") == number


@given(NUMBERS, st.sampled_from(["", " ", "  ", " - ", "\u2013", "\u2011", "\u00a0"]))
def test_blanks_and_dashes_stand_for_the_hyphens_that_are_printed(
    number: CaseNumber, between: str
) -> None:
    typed = str(number).replace("-", between or "-")
    assert CaseNumber.parse(typed) == number


@given(NUMBERS, st.data())
def test_one_wrong_digit_is_caught(number: CaseNumber, data: st.DataObject) -> None:
    text = str(number)
    place = data.draw(st.sampled_from([i for i, c in enumerate(text) if c.isdigit()]))
    other = data.draw(st.sampled_from([d for d in "0123456789" if d != text[place]]))
    with pytest.raises(Invalid):
        CaseNumber.parse(text[:place] + other + text[place + 1 :])


@given(NUMBERS, st.data())
def test_two_neighbouring_digits_swapped_are_caught(
    number: CaseNumber, data: st.DataObject
) -> None:
    head, year, serial, check = str(number).rsplit("-", 3)
    digits = year + serial
    place = data.draw(st.integers(0, len(digits) - 2))
    swapped = digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
    if swapped != digits:
        with pytest.raises(Invalid):
            CaseNumber.parse(f"{head}-{swapped[:4]}-{swapped[4:]}-{check}")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "SMR",
        "SMR-REK-2026-123-8",
        "SMR-REK-2026-000123",
        "smr_rek_2026_000123_8",
        "X" * 500,
        "SMR-REK-2026-000123-8'--",
        "SMR-REK-２０２６-000123-8",
        "../../etc/passwd",
        "SMR-REK-2026-000123-8\0",
    ],
)
def test_what_is_no_number_is_said_to_be_none(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        CaseNumber.parse(text)
    assert refused.value.code == "malformed_number"


@given(st.binary(min_size=8, max_size=8))
def test_a_code_survives_being_read_out_and_typed_again(random: bytes) -> None:
    code = access_code(random)
    assert len(code) == 8
    assert set(code) <= set(CODE_ALPHABET)
    typed = f" {code[:4]}-{code[4:]} ".lower().replace("0", "o").replace("1", "l")
    assert tidy_code(typed) == code
