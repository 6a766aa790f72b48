"""The tables that verify reads and rebuild mends, and how their rows are read: without conversion."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, Table, literal, select, type_coerce
from sqlalchemy.types import NullType

from casetrack.domain.events import instant
from casetrack.storage import schema
from casetrack.storage.authority.register_keys import stream_of

#: Tables whose rows say which regions there are to check: the right ones, and what a change made.
WITH_REGION = (
    schema.regions,
    schema.events,
    schema.ledger,
    schema.ledger_heads,
    schema.ledger_agencies,
    schema.queue,
    schema.cases,
    schema.steps,
    schema.deadlines,
    schema.case_agencies,
    schema.case_links,
    schema.imported_cases,
    schema.subjects,
    schema.texts,
    schema.parties,
    schema.register_entries,
    schema.register_keys,
    schema.decisions,
    schema.decision_links,
    schema.stalled_steps,
    schema.files,
    schema.products,
    schema.product_counters,
    schema.counters,
    schema.number_blocks,
    schema.reserved_numbers,
    schema.bills,
    schema.payments,
    schema.payment_files,
    schema.readings,
    schema.reading_cases,
    schema.counted_cases,
    schema.figures,
    schema.survey_used,
    schema.survey_sums,
    schema.complaints,
    schema.outages,
    schema.outage_cases,
    schema.complaint_texts,
)
#: The same by name.
TABLES = {table.name: table for table in WITH_REGION}

#: In a column's `info`: the number of the migration whose first half added it. It is empty in older
#: rows until the second half has filled it.
SINCE = "since"
#: And the number of the one whose second half writes what older rows say in it anew.
REWRITTEN = "rewritten"

Stored = dict[str, Any]


def plain(values: Mapping[str, Any]) -> Stored:
    """The same row with its moments as text: for comparing on either database."""
    return {
        name: instant(value) if isinstance(value, datetime) else value
        for name, value in values.items()
    }


def young_columns(
    missing: Iterable[str], tables: Iterable[Table] = WITH_REGION, mark: str = SINCE
) -> dict[str, frozenset[str]]:
    """Table → columns that these second halves, which are not applied yet, are to fill; with
    REWRITTEN those that they are to write anew."""
    numbers = {name.partition("_")[0] for name in missing}
    found = {
        table.name: frozenset(c.name for c in table.columns if c.info.get(mark) in numbers)
        for table in tables
    }
    return {table: columns for table, columns in found.items() if columns}


def young_tables(missing: Iterable[str], tables: Iterable[Table] = WITH_REGION) -> frozenset[str]:
    """The tables of which these second halves, which are not applied yet, are to fill the rows that the
    release before left out."""
    numbers = {name.partition("_")[0] for name in missing}
    return frozenset(table.name for table in tables if table.info.get(SINCE) in numbers)


def key_of(table: str, values: Mapping[str, Any]) -> tuple[Any, ...]:
    """A row's primary key."""
    return tuple(values[column.name] for column in TABLES[table].primary_key)


def stream_of_row(table: str, row: Mapping[str, Any]) -> str:
    """The stream whose events make this row."""
    if table == "register_entries":
        return stream_of(row["kind"], row["entry"])
    return str(row["stream" if table == "imported_cases" else "number"])


def stream_sql(table: Table) -> ColumnElement[Any]:
    """The stream whose events make a row of this table, in SQL."""
    if table.name == "register_entries":
        return literal("register/") + table.c.kind + "/" + table.c.entry
    return table.c["stream" if table.name == "imported_cases" else "number"]


def raw(column: Column[Any]) -> ColumnElement[Any]:
    """The column without conversion."""
    return type_coerce(column, NullType()).label(column.name)


def whole(table: Table) -> Select[Any]:
    """All columns of a table without conversion."""
    return select(*[raw(column) for column in table.columns])
