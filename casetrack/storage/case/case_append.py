"""What one event of a case writes: the event, its place in the queue, and the rows folded from it.

One statement of one shape for a case that is opened, one for every later event, and one for those that
bring what most do not: each table that a statement may write costs, also where it gets no row.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import BindParameter, Table, bindparam, delete, insert, update

from casetrack.storage import schema
from casetrack.storage.row_sets import Rows, Texts, Writes, among

Row = Mapping[str, Any]


def _bound(table: Table, prefix: str) -> dict[str, BindParameter[Any]]:
    """A place for each column's value. No place may have a column's own name."""
    return {
        column.name: bindparam(f"{prefix}{column.name}", type_=column.type) for column in table.c
    }


def named(prefix: str, row: Row) -> dict[str, Any]:
    """A row's values by the names of their places."""
    return {f"{prefix}{name}": value for name, value in row.items()}


_EVENT = (
    insert(schema.events).values(_bound(schema.events, "event_")),
    insert(schema.queue).values(_bound(schema.queue, "event_")),
)
_CHANGED = _bound(schema.cases, "case_")
del _CHANGED["opened_id"]
#: What an event of a case brings beside its own row and the case's; and what most do not.
_BESIDE = (
    Rows(schema.steps, there="is_overwritten"),
    Rows(schema.deadlines, there="is_overwritten"),
)
_SELDOM = (
    Rows(schema.decisions),
    Rows(schema.decision_links),
    Rows(schema.texts),
)

#: An event in a stream that has no row of its own.
EVENT = Writes(*_EVENT)
_NEXT = (
    *_EVENT,
    update(schema.cases)
    .where(
        schema.cases.c.region == bindparam("event_region"),
        schema.cases.c.number == bindparam("event_stream"),
        schema.cases.c.version == bindparam("before"),
    )
    .values(_CHANGED),
    delete(schema.deadlines).where(
        schema.deadlines.c.region == bindparam("event_region"),
        schema.deadlines.c.number == bindparam("event_stream"),
        among(schema.deadlines.c.step, bindparam("ended", type_=Texts())),
    ),
    *_BESIDE,
)
#: An event of a case that is there.
NEXT = Writes(*_NEXT)
#: One that brings what most do not.
NEXT_AND_MORE = Writes(*_NEXT, *_SELDOM)
SELDOM = tuple(rows.name for rows in _SELDOM)
#: The first event of a case, with its people.
FIRST = Writes(
    *_EVENT,
    insert(schema.cases).values(_bound(schema.cases, "case_")),
    Rows(schema.case_agencies),
    *_BESIDE,
    *_SELDOM,
    Rows(schema.subjects),
    Rows(schema.parties),
    Rows(schema.search_words, there="stays"),
)
#: What of these is many rows: none of a kind where there are none.
NO_ROWS: Mapping[str, Sequence[Row]] = {
    table.name: ()
    for table in (
        schema.steps,
        schema.deadlines,
        schema.decisions,
        schema.decision_links,
        schema.texts,
        schema.case_agencies,
        schema.subjects,
        schema.parties,
        schema.search_words,
    )
}
