"""What a NIK can be, and which names are one."""

import pytest

from casetrack.domain.people.identity import can_be, doubts, same_name


@pytest.mark.parametrize(
    "nik",
    [
        "0000000000000000",
        "1111111111111111",
        "9999999999999999",
        "6472010101900000",
        "0000000000000001",
    ],
)
def test_a_filler_can_be_nobody_s_and_is_doubtful(nik: str) -> None:
    assert not can_be(nik)
    assert len(doubts(nik)) == 1


@pytest.mark.parametrize(
    "nik", ["6472017102900001", "6472013113900001", "6472017199900001", "6472010001900001",
            "9972010101900001", "6472014001900001", "6472013002900001",
            "6472016902870003", "6472012902010001"]
)  # fmt: skip
def test_a_doubtful_nik_can_be_somebody_s_all_the_same(nik: str) -> None:
    assert can_be(nik)
    (doubt,) = (each["en"] for each in doubts(nik))
    assert nik not in doubt


@pytest.mark.parametrize(
    "nik", ["6472016107900001", "6472010101900001", "6472012902000001", "6472017112900001",
            "8201010101900001", "9471010101900001", "5401010101700001"]
)  # fmt: skip
def test_women_leap_days_and_old_provinces_are_in_no_doubt(nik: str) -> None:
    assert can_be(nik)
    assert doubts(nik) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Budi Santoso", "BUDI  SANTOSO"),
        ("Dr. Ir. H. Budi Contoh, S.H., M.Hum.", "Budi Contoh"),
        ("Ma'ruf", "Ma’ruf"),
        ("Hj. Siti Aminah", "siti aminah"),
        ("Andre", "André"),
        ("Sukarno", "Sukarno "),
        ("ꦱꦸꦏꦂꦤꦺꦴ", "ꦱꦸꦏꦂꦤꦺꦴ"),
        ("H", "H."),
    ],
)
def test_one_name_however_it_is_written(one: str, other: str) -> None:
    assert same_name(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Rahmat Contoh", "Dewi Contoh"), ("Budi", "Budi Santoso"), ("ꦱꦸꦏ", "ꦱꦏ"), ("Siti", "Sita")],
)
def test_other_names_are_other_names(one: str, other: str) -> None:
    assert not same_name(one, other)
