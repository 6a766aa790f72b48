"""Reads of what belongs to several keys: one descent of the index for each, by whatever plan.

A condition `= ANY` leaves the planner the choice to go through all of a region and sift, and where it
knows nothing of a table (new, or fresh from a restore) that is what it does. A join inside leaves it
a choice of the same kind: read two tables in two such reads, which go in one round trip.
"""

from typing import Any

from sqlalchemy import ColumnElement, Select, String, bindparam, func, literal_column, select, true

from casetrack.storage.fixed import Fixed
from casetrack.storage.row_sets import Texts, among


def each_of(
    query: Select[Any],
    column: ColumnElement[Any],
    name: str,
    *,
    last: ColumnElement[Any] | None = None,
) -> Fixed:
    """The rows of a query for each of several texts in this column, given as one value of this name.

    No text is given twice. The rows come in no order. With `last`, whoever asks wants the row with
    the highest of these alone, and must look for it: SQLite gives the others too.
    """
    given = (
        func.unnest(bindparam(name, type_=Texts()), type_=String)
        .table_valued("value")
        .render_derived(name="given")
    )
    # OFFSET keeps the planner from taking it apart.
    of_one = query.where(column == given.c.value).offset(literal_column("0"))
    if last is not None:
        of_one = of_one.order_by(last.desc()).limit(literal_column("1"))
    found = of_one.lateral("found")
    return Fixed(
        select(found).select_from(given).join(found, true()),
        sqlite=query.where(among(column, bindparam(name, type_=Texts()))),
    )
