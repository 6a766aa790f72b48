"""A table as XLSX: a sheet of rows, written one by one, and a sheet that says what the columns are."""

from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from typing import Any

from xlsxwriter import Workbook

from casetrack.domain.case.figure_tables import Cell

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Rows go to a file as they come. No text is ever looked at for a formula, a link or a number.
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_WIDTH = 16


def as_xlsx(
    title: str,
    columns: Sequence[str],
    rows: Iterable[Mapping[str, Cell]],
    words: Mapping[str, tuple[str, str]],
    about: Sequence[tuple[str, str]],
) -> bytes:
    """The workbook. `words` are what a column is called (Bahasa Indonesia, English); `about` are lines
    of what the report is of."""
    content = BytesIO()
    book: Any = Workbook(content, _OPTIONS)
    bold = book.add_format({"bold": True})
    sheet = book.add_worksheet(title[:31])
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(columns) - 1, _WIDTH)
    for place, name in enumerate(columns):
        sheet.write_string(0, place, words[name][0], bold)
    for line, row in enumerate(rows, 1):
        for place, name in enumerate(columns):
            _write(sheet, line, place, row[name])
    _explain(book, bold, columns, words, about)
    book.close()
    return content.getvalue()


def _write(sheet: Any, line: int, place: int, value: Cell) -> None:
    if isinstance(value, str):
        sheet.write_string(line, place, value)
    elif isinstance(value, bool):
        sheet.write_boolean(line, place, value)
    elif value is not None:
        sheet.write_number(line, place, value)


def _explain(
    book: Any,
    bold: Any,
    columns: Sequence[str],
    words: Mapping[str, tuple[str, str]],
    about: Sequence[tuple[str, str]],
) -> None:
    sheet = book.add_worksheet("Keterangan")
    sheet.set_column(0, 2, 40)
    for line, (name, value) in enumerate(about):
        sheet.write_string(line, 0, name, bold)
        sheet.write_string(line, 1, value)
    start = len(about) + 1
    for place, head in enumerate(("Kolom", "Column", "API")):
        sheet.write_string(start, place, head, bold)
    for line, name in enumerate(columns, start + 1):
        for place, text in enumerate((*words[name], name)):
            sheet.write_string(line, place, text)
