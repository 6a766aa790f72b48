"""Lists of payments as banks write them."""

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casetrack.domain.case.bank_file import BankRow, bank_rows, rupiah
from casetrack.domain.case.bank_lines import BankLines
from casetrack.domain.errors import Invalid


def rows(text: str, encoding: str = "utf-8") -> list[BankRow]:
    return of(text.encode(encoding))


def of(content: bytes) -> list[BankRow]:
    return list(bank_rows(BankLines(BytesIO(content), BytesIO())))


ONE = BankRow(2, "64720000000001", 1_250_000, "NTB123", "2026-11-30")


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_separator_and_encoding_are_found(separator: str, encoding: str) -> None:
    head = separator.join(["Tanggal", "No. VA", "Nama", "Jumlah", "No. Referensi"])
    line = separator.join(["30/11/2026", "64720000000001", "Café", "1250000", "NTB123"])
    assert rows(f"{head}\r\n{line}\r\n", encoding) == [ONE]


def test_lines_of_the_bank_above_the_columns_are_passed_over() -> None:
    text = "PT BANK;;\nPeriode;30-11-2026;\n\nkode billing;nominal;ntpd\n64720000000001;5.000;A1\n"
    assert rows(text) == [BankRow(5, "64720000000001", 5_000, "A1")]


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1250000", 1_250_000),
        ("1.250.000", 1_250_000),
        ("1,250,000", 1_250_000),
        ("1 250 000", 1_250_000),
        ("1.250.000,00", 1_250_000),
        ("1,250,000.00", 1_250_000),
        ("Rp 1.250.000,-", None),
        ("Rp1.250.000", 1_250_000),
        ("IDR 1250000.0", 1_250_000),
        ("1.000", 1_000),
        ("1250000,50", None),
        ("1.25.000", None),
        ("1.250,000", None),
        ("-5", None),
        ("0", None),
        ("", None),
        ("99999999999999999999", None),
        ("\u0661\u0662", None),
    ],
)
def test_amounts_are_read_as_banks_write_them_and_never_guessed(
    text: str, amount: int | None
) -> None:
    assert rupiah(text) == amount


@given(st.integers(1, 2**53 - 1))
def test_every_amount_comes_back_however_it_is_grouped(amount: int) -> None:
    grouped = f"{amount:,}"
    for text in (str(amount), grouped, f"{grouped}.00", grouped.replace(",", ".") + ",00"):
        assert rupiah(text) == amount


def test_a_row_that_cannot_be_read_is_its_own_fault() -> None:
    text = 'code;amount;reference\n"6472;5;A\n64720000000001;lima;A2\n64720000000001;5;<b>\n;5;A\n'
    text += "64720000000001;5;A3\n"
    found = rows(text)
    assert [row.fault for row in found] == ["code", "amount", "reference", "code", None]
    assert found[-1] == BankRow(6, "64720000000001", 5, "A3")


@pytest.mark.parametrize("content", [b"", b"a;b\n1;2\n", b"\xff\xfe\x00"])
def test_a_file_without_its_columns_is_refused_as_a_whole(content: bytes) -> None:
    with pytest.raises(Invalid, match="file"):
        of(content)


@given(st.binary(max_size=400))
def test_no_bytes_do_more_than_be_refused(content: bytes) -> None:
    head = b"code;amount;reference\n"
    try:
        found = of(head + content)
    except Invalid:
        return
    assert all(row.fault or (row.code and row.amount and row.reference) for row in found)
