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


def test_a_nought_in_place_of_the_first_digit_of_a_long_serial_is_caught() -> None:
    text = str(CaseNumber("SMR", "REK", 2045, 31_000_000))
    with pytest.raises(Invalid):
        CaseNumber.parse(text.replace("-31000000-", "-01000000-"))


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
        "X" * 500,
        "ЅMR-REK-2026-000123-8",
        "SMR-REK-2026-000123-8é",
        "SMR-REK-２０２６-000123-8",
        "../../etc/passwd",
        "SMR-REK-2026-000123-8\0",
    ],
)
def test_what_is_no_number_is_said_to_be_none(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        CaseNumber.parse(text)
    assert refused.value.code == "malformed_number"


#: What people put between the parts and around them: all kinds of dashes, blanks and marks.
BETWEEN = [
    "-",
    "–",
    "—",
    "‑",
    "−",
    "‐",
    "―",
    "﹣",
    "－",
    "ー",
    "_",
    "/",
    ".",
    " - ",
    " ",
    "\u00a0",
    "\u202f",
    "\u3000",
    "\t",
    "\r\n",
    "\u200b",
    "\u00ad",
    "\u2060",
    "-\ufe0f",
    "",
]
AROUND = [
    ("", "."),
    ("No. ", ""),
    ("Nomor berkas: ", ","),
    ("\u202a", "\u202c"),
    ("\ufeff", "\u200b"),
    ("“", "”"),
    ("(", ")"),
    ("<", ">"),
    ("*", "*"),
    ("\u2066", "\u2069"),
    ("\x02", "\x03"),
    ("]Q3", "\r"),
    ("", "'--"),
    ("https://izin.example.id/status?number=", ""),
    ("izin.example.id/status?lang=en&number=", "#isi"),
    ("Status: http://127.0.0.1:8000/status?number=", "&lang=id."),
]


@pytest.mark.parametrize("between", BETWEEN)
def test_a_number_is_found_however_it_was_typed_pasted_or_scanned(between: str) -> None:
    number = CaseNumber("SMR", "REK", 2026, 123)
    for around in AROUND:
        typed = str(number).replace("-", between).join(around)
        assert number in CaseNumber.readings(typed), typed
        assert number in CaseNumber.readings(typed.lower()), typed.lower()


@pytest.mark.parametrize("between", BETWEEN)
def test_the_check_digit_guards_every_way_of_typing(between: str) -> None:
    with pytest.raises(Invalid) as refused:
        CaseNumber.parse("SMR-REK-2026-000132-8".replace("-", between))
    assert refused.value.code == "wrong_check_digit"


def test_an_address_that_was_copied_in_its_coded_form_is_read() -> None:
    copied = "https://izin.example.id/status?number=SMR%20REK%E2%80%932026%2D000123%2D8"
    assert str(CaseNumber.parse(copied)) == "SMR-REK-2026-000123-8"


def test_digits_in_groups_are_one_number() -> None:
    assert str(CaseNumber.parse("SMR REK 20 26 000 123 8")) == "SMR-REK-2026-000123-8"


def test_letters_without_anything_between_are_parted_in_every_way() -> None:
    numbers = {str(number) for number in CaseNumber.readings("SMREK20260001238")}
    assert numbers == {"SM-REK-2026-000123-8", "SMR-EK-2026-000123-8"}


@pytest.mark.parametrize(
    "typed",
    ["EVRB–GW9S", "EVRB GW9S", "EVRBGW9S\u200b", "\u202aevrb−gw9s\u202c", "EVRB_GW9S.", "(EVRB-GW9S)",
     "Kode akses: EVRB-GW9S", "E V R B G W 9 S", "EVRB\u00adGW9S", "EVRB\tGW9S\r\n"],
)  # fmt: skip
def test_a_code_is_read_however_it_was_typed(typed: str) -> None:
    assert tidy_code(typed) == "EVRBGW9S"


def test_what_shows_nothing_is_no_code() -> None:
    assert tidy_code(" \u200b\u2060- ") == ""


@given(st.binary(min_size=8, max_size=8))
def test_a_code_survives_being_read_out_and_typed_again(random: bytes) -> None:
    code = access_code(random)
    assert len(code) == 8
    assert set(code) <= set(CODE_ALPHABET)
    typed = f" {code[:4]}-{code[4:]} ".lower().replace("0", "o").replace("1", "l")
    assert tidy_code(typed) == code
