"""Events, the queue of the unsequenced, the ledger and its heads."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Index,
    Integer,
    String,
    Table,
    Text,
    and_,
    literal_column,
)

from casetrack.storage.schema.metadata import Instant, metadata


def is_one_of(column: Column[str], states: Sequence[str]) -> ColumnElement[bool]:
    """A condition in the very words of a partial index, so that the index is used.

    The states stand in the statement: whoever plans it must not depend on a value that comes later
    (SQLite never looks at it, PostgreSQL not in a generic plan).
    """
    written = [literal_column(f"'{state}'", column.type) for state in states]
    return column == written[0] if len(written) == 1 else column.in_(written)


def its_event(table: Any) -> ColumnElement[bool]:
    """Joins the rows of a table that name an event by region, stream and version to that event."""
    of = table.c
    return and_(
        events.c.region == of.region,
        events.c.stream == of.stream,
        events.c.version == of.version,
    )


events = Table(
    "events",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("stream", String(128), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("id", BigInteger, nullable=False, unique=True),
    Column("type", String(64), nullable=False),
    Column("recorded_at", Instant, nullable=False),
    # The canonical bytes that the hash is over, as UTF-8 text.
    Column("body", Text, nullable=False),
    Column("hash", String(64), nullable=False),
)

queue = Table(
    "queue",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("id", BigInteger, primary_key=True),
    Column("stream", String(128), nullable=False),
    Column("version", Integer, nullable=False),
)

ledger = Table(
    "ledger",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("position", BigInteger, primary_key=True),
    Column("id", BigInteger, nullable=False, unique=True),
    Column("stream", String(128), nullable=False),
    Column("version", Integer, nullable=False),
    Column("prev_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Index("ix_ledger_stream", "region", "stream", "version", unique=True),
)

# Which agencies an event concerns: their feeds are walked along this, and not along the whole ledger.
ledger_agencies = Table(
    "ledger_agencies",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("agency", String(64), primary_key=True),
    Column("position", BigInteger, primary_key=True),
)

ledger_heads = Table(
    "ledger_heads",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("hash", String(64), nullable=False),
)

#: Written once, by key, by trigger and by test.
APPEND_ONLY = ("events", "ledger", "service_versions")
