"""A bank's list of payments, as banks write it: which encoding, separator and columns, and each row.

What a row says that cannot be read is its own fault and nobody else's: the rows around it are taken.
Names of payers are not read at all.
"""

import csv
import re
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from casetrack.domain.case.bank_lines import BankLines, unreadable
from casetrack.domain.service.definition import MAX_INTEGER

#: Column → how banks head it, in small letters and digits only.
_WORDS: Mapping[str, str] = {
    "code": "code billingcode kodebayar kodebilling idbilling nomorbilling nobilling kode nova nomorva "
    "virtualaccount novirtualaccount paymentcode nomorbayar nobayar",
    "amount": "amount jumlah nominal jumlahbayar nilai total totalbayar kredit credit paidamount "
    "jumlahrp nominalrp",
    "reference": "reference referensi noreferensi nomorreferensi noref ref ntpn ntpd ntb trxid "
    "idtransaksi nomortransaksi notransaksi transactionid",
    "paid_on": "date paidon tanggal tgl tanggalbayar tglbayar tanggaltransaksi tgltransaksi "
    "transactiondate valuedate",
}
_HEADS = {name: frozenset(words.split()) for name, words in _WORDS.items()}
_SEPARATORS = ";\t|,"
#: Banks write some lines of their own above the columns.
_HEAD_WITHIN = 40
#: So many rows a file may have.
MOST_ROWS = 100_000
#: A cell that says nothing that can be read.
_DOUBTFUL = "?"
#: Without a digit it is a word, as a name in the wrong column, and no event keeps it for ever.
_CODE = re.compile(r"(?=.*[0-9])[A-Z0-9-]{4,64}")
_REFERENCE = re.compile(r"(?=.*[0-9])[A-Za-z0-9][A-Za-z0-9./_-]{0,63}")
_DAY_FIRST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?:[ T].*)?", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})(?:[ T].*)?", re.ASCII)
_GROUPED = re.compile(r"\d{1,3}(?:([., ])\d{3})(?:\1\d{3})*", re.ASCII)


@dataclass(frozen=True, slots=True)
class BankRow:
    """One row, by its line in the file; `fault` names the column that cannot be read."""

    line: int
    code: str | None
    amount: int | None
    reference: str | None
    paid_on: str | None = None
    fault: str | None = None


def bank_rows(lines: BankLines) -> Iterator[BankRow]:
    """The rows of a file, one by one. Raises Invalid where its columns are not found."""
    separator, head, places, width = _columns(lines)
    count = 0
    for cells, line in _cells(lines, separator, head + 1, width):
        if not any(cell.strip() for cell in cells):
            continue
        count += 1
        if count > MOST_ROWS:
            raise unreadable(f"it has more than {MOST_ROWS} rows; load it in parts")
        yield _row(line, {n: cells[p].strip() for n, p in places.items() if p < len(cells)})


def rows_digest(lines: BankLines) -> str:
    """What the lines say from the heads of the columns on, in whatever order: a list that was only sorted
    anew has the same."""
    _, head, _, _ = _columns(lines)
    # A sum, so that no line need be held.
    said = (line.strip() for line in lines.stretch(head))
    total = sum(int.from_bytes(sha256(line.encode()).digest()) for line in said if line)
    return f"{total % 2**256:064x}"


def _columns(lines: BankLines) -> tuple[str, int, dict[str, int], int]:
    """The separator, the line of the columns' heads, where each column stands, and how many there are."""
    for at, line in enumerate(lines.stretch(0, _HEAD_WITHIN)):
        for separator in _SEPARATORS:
            heads = [_plain(cell) for cell in next(csv.reader([line], delimiter=separator), [])]
            places = {
                name: place
                for name, known in _HEADS.items()
                for place in reversed(range(len(heads)))
                if heads[place] in known
            }
            if {"code", "amount", "reference"} <= places.keys():
                return separator, at, places, len(heads)
    raise unreadable("no line names the columns code, amount and reference")


def _plain(head: str) -> str:
    return "".join(char for char in head.lower() if char.isascii() and char.isalnum())


def _cells(
    lines: BankLines, separator: str, first: int, width: int
) -> Iterator[tuple[list[str], int]]:
    """The cells of each row from this line on, and its line as people count. A quoted cell may go on over
    lines, as a payer's own words may: what stands in it is no row.

    One quote that is never closed spoils its own row and no other. Lines that may be one row or several
    are listed one by one, and nothing that they say is believed: else a payer writes rows, or hides them.
    """
    at, joins = first, True
    while at < len(lines):
        end = at + 1
        if joins and '"' in lines[at]:
            end = _end_of_row(lines, at, separator)
            joins = end > 0
        row = list(lines.stretch(at, max(end, at + 1)))
        try:
            cells = next(csv.reader(row, delimiter=separator, strict=len(row) > 1), [])
        except csv.Error:
            cells = row[0].split(separator) if len(row) == 1 else []
        alike = any(line.count(separator) >= width - 1 for line in row[1:])
        if len(row) > 1 and (alike or len(cells) != width):
            yield from (([_DOUBTFUL] * width, at + 1 + each) for each in range(len(row)))
        else:
            yield cells, at + 1
        at += len(row)


def _end_of_row(lines: BankLines, at: int, separator: str) -> int:
    """Behind which line the row that begins here ends; 0 where a quote of it is never closed."""
    reader = csv.reader(lines.stretch(at), delimiter=separator)
    try:
        next(reader, [])
        end = at + reader.line_num
        if end == at + 1 or end < len(lines):
            return end
        deque(csv.reader(lines.stretch(at), delimiter=separator, strict=True), maxlen=0)
    except csv.Error as error:
        return 0 if "expected end" in str(error) or "limit" in str(error) else len(lines)
    return end


def _row(line: int, said: Mapping[str, str]) -> BankRow:
    code = said.get("code", "").removeprefix("'").replace(" ", "").upper()
    # In one form, as by every door: else one payment in other letters would be another.
    reference = said.get("reference", "").removeprefix("'").upper()
    amount, day = rupiah(said.get("amount", "")), _day(said.get("paid_on", ""))
    fault = None
    if not _CODE.fullmatch(code):
        fault, code = "code", ""
    elif amount is None:
        fault = "amount"
    elif not _REFERENCE.fullmatch(reference):
        fault, reference = "reference", ""
    elif said.get("paid_on") and day is None:
        fault = "paid_on"
    return BankRow(line, code or None, amount, reference or None, day, fault)


def rupiah(text: str) -> int | None:
    """Whole rupiah as banks write them: 1.250.000,00 or 1,250,000.00 or Rp 1250000; None for anything
    else, an amount with sen among it."""
    bare = re.sub(r"(?i)^(rp\.?|idr)\s*|\s*(cr|k)$", "", text.strip()).removeprefix("+").strip()
    cents = re.fullmatch(r"(.*\d)[.,](\d{1,2})", bare)
    if cents is not None:
        if cents[2].strip("0"):
            return None
        mark = bare[len(cents[1])]
        bare = cents[1]
        if mark in bare:
            return None
    if bare.isascii() and bare.isdigit():
        whole = bare
    elif _GROUPED.fullmatch(bare):
        whole = re.sub(r"[., ]", "", bare)
    else:
        return None
    amount = int(whole) if len(whole) <= 16 else MAX_INTEGER + 1
    return amount if 1 <= amount <= MAX_INTEGER else None


def _day(text: str) -> str | None:
    first, year = _DAY_FIRST.fullmatch(text), _YEAR_FIRST.fullmatch(text)
    try:
        if first is not None:
            return date(int(first[3]), int(first[2]), int(first[1])).isoformat()
        if year is not None:
            return date(int(year[1]), int(year[2]), int(year[3])).isoformat()
    except ValueError:
        pass
    return None
