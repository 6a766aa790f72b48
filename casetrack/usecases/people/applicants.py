"""Applicants as the rows of a list show them: opened for a whole page at once."""

import json
from collections.abc import Sequence
from typing import Any

from casetrack.storage.people import applicants
from casetrack.usecases.context import Context
from casetrack.usecases.people.sealing import text_context


def data_of_applicants(
    ctx: Context, region: str, numbers: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """Case → its applicant's data, as they were taken down. Who was erased is not there."""
    with ctx.database.read() as connection:
        rows = applicants.of_cases(connection, region, numbers)
    found = {}
    for row in rows:
        key = ctx.vault.unwrap(row.wrapped_key, region, row.subject)
        opened = ctx.vault.open(key, row.sealed, text_context(region, row.text))
        found[row.number] = json.loads(opened)
    return found
