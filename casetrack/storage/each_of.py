"""Reads of what belongs to several keys: one descent of the index for each, by whatever plan.

A condition `= ANY` leaves the planner the choice to go through all of a region and sift, and where it
knows nothing of a table (new, or fresh from a restore) that is what it does. A join inside leaves it
a choice of the same kind: what another table holds of what was found is such a read behind the first.
"""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Executable,
    Select,
    String,
    bindparam,
    func,
    literal_column,
    select,
    true,
)

from casetrack.storage.fixed import Fixed
from casetrack.storage.row_sets import Texts, among


def each_of(
    query: Select[Any],
    column: ColumnElement[Any],
    name: str,
    *,
    first: ColumnElement[Any] | None = None,
    last: ColumnElement[Any] | None = None,
    then: Sequence[Callable[..., Select[Any]]] = (),
    sqlite: Executable | None = None,
) -> Fixed:
    """The rows of a query for each of several texts in this column, given as one value of this name.

    No text is given twice. The rows come in no order. With `first` or `last`, whoever asks wants the row
    with the lowest or the highest of these alone; `last` has to look for it: SQLite gives the others too.
    Each of `then` gets what was found so far, one after the other, and reads what belongs to it; SQLite
    has no such reads, and gets a statement of its own.
    """
    given = (
        func.unnest(bindparam(name, type_=Texts()), type_=String)
        .table_valued("value")
        .render_derived(name="given")
    )
    of_one = query.where(column == given.c.value)
    order = first if first is not None else last.desc() if last is not None else None
    # Either keeps the planner from taking it apart.
    if order is None:
        of_one = of_one.offset(literal_column("0"))
    else:
        of_one = of_one.order_by(order).limit(literal_column("1"))
    found = [of_one.lateral("found")]
    for place, more in enumerate(then):
        found.append(more(*found).offset(literal_column("0")).lateral(f"then_{place}"))
    source: Any = given
    for each in found:
        source = source.join(each, true())
    return Fixed(
        select(*[part for each in found for part in each.c]).select_from(source),
        sqlite=query.where(among(column, bindparam(name, type_=Texts())))
        if sqlite is None
        else sqlite,
    )
