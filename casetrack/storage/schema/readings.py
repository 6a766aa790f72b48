"""The record of who looked at personal data. It stands outside the ledger, which gets a hash a day."""

from sqlalchemy import Column, Index, String, Table, Text

from casetrack.storage.schema.metadata import Instant, metadata

readings = Table(
    "readings",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("at", Instant, primary_key=True),
    Column("reading", String(32), primary_key=True),
    Column("login", String(64), nullable=False),
    Column("role", String(16), nullable=False),
    Column("agency", String(64)),
    Column("kind", String(16), nullable=False),
    # JSON: the numbers of the cases that were seen.
    Column("cases", Text, nullable=False),
    # Keyed digest of what was typed, of a search.
    Column("query", String(64)),
    # HMAC of the row under a key of the master key.
    Column("seal", String(64), nullable=False),
    Index("ix_readings_officer", "region", "login", "at", "reading"),
)

# Which readings a case is in: found by the case.
reading_cases = Table(
    "reading_cases",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("number", String(32), primary_key=True),
    Column("at", Instant, primary_key=True),
    Column("reading", String(32), primary_key=True),
    Column("login", String(64), nullable=False),
    Column("kind", String(16), nullable=False),
)
