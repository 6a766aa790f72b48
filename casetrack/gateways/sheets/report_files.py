"""A report as a file: CSV with the names of the API, XLSX with words and a sheet that explains them."""

from collections.abc import Mapping, Sequence

from casetrack.domain.case.figure_tables import Cell
from casetrack.gateways.sheets.column_words import COLUMN_WORDS, MEASURE_WORDS
from casetrack.gateways.sheets.delimited import as_csv
from casetrack.gateways.sheets.workbook import as_xlsx


def report_file(
    form: str,
    measure: str,
    columns: Sequence[str],
    rows: Sequence[Mapping[str, Cell]],
    about: Sequence[tuple[str, str]],
) -> bytes:
    """The bytes of it; `form` is csv or xlsx. `about` says what it is of."""
    if form == "csv":
        return as_csv(columns, rows)
    return as_xlsx(MEASURE_WORDS[measure][0], columns, rows, COLUMN_WORDS, about)
