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
    # Keyed digest of what was typed: the words of a search, the reason of an unmasking.
    Column("query", String(64)),
    # Of an unmasking: the role of the party, the sealed text with the reason, and the number and the
    # last day of an assignment.
    Column("party", String(16)),
    Column("reason", String(32)),
    Column("letter", String(64)),
    Column("letter_until", String(10)),
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
