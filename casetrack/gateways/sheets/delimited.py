"""A table as CSV, as Excel in Indonesia opens it by a double click.

There a list is separated by semicolons and decimals by a comma, so a file with commas would be one
column, and 3.5 a text or a date. The mark at the beginning says that it is UTF-8, or Excel reads it as
Windows-1252. Programs read the same in JSON.
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from io import StringIO

from casetrack.domain.case.figure_tables import Cell

CSV = "text/csv"
_BOM = "\ufeff"
#: What makes a spreadsheet take a text for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_csv(columns: Sequence[str], rows: Iterable[Mapping[str, Cell]]) -> bytes:
    """A line of the columns' names, then a line for each row; nothing is an empty cell."""
    text = StringIO(newline="")
    lines = csv.writer(text, delimiter=";", lineterminator="\r\n")
    lines.writerow(columns)
    lines.writerows([plain_cell(row[name]) for name in columns] for row in rows)
    return f"{_BOM}{text.getvalue()}".encode()


def plain_cell(value: Cell) -> str:
    """A value as such a file has it; a text that would be a formula begins with an apostrophe."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return f"{value:g}".replace(".", ",")
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return str(value)
