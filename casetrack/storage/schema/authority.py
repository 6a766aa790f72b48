"""The register's entries and the decisions that rest on them."""

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    String,
    Table,
    Text,
    text,
)

from casetrack.storage.schema.metadata import Instant, metadata

register_entries = Table(
    "register_entries",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("entry", String(64), primary_key=True),
    Column("revision", Integer, primary_key=True),
    # drafted, confirmed, superseded (by a later revision), discarded
    Column("state", String(16), nullable=False),
    Column("document", Text, nullable=False),
    # SHA-256 of the paper that was seen.
    Column("sha256", String(64), nullable=False),
    Column("entered_by", String(64), nullable=False),
    Column("confirmed_by", String(64)),
    # The event that last touched this revision: what a passport cites once it is confirmed.
    Column("version", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("drafted_at", Instant, nullable=False),
    # Event ids say exactly what was known before what; times say it to people.
    Column("confirmed_id", BigInteger),
    Column("confirmed_at", Instant),
    Column("superseded_id", BigInteger),
    Column("superseded_at", Instant),
    # Local days between which the entry may matter, for leaving the rest unread.
    Column("until", String(10)),
    Index(
        "ix_register_entries_drafts",
        "region",
        "drafted_at",
        postgresql_where=text("state = 'drafted'"),
        sqlite_where=text("state = 'drafted'"),
    ),
)

register_keys = Table(
    "register_keys",
    metadata,
    Column("region", String(16), primary_key=True),
    # service:…, officer:…, position:…, instrument:…, grant:…, succession: what a check asks for.
    Column("key", String(96), primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("entry", String(64), primary_key=True),
)

decisions = Table(
    "decisions",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("number", String(32), primary_key=True),
    # Version of the case's stream.
    Column("version", Integer, primary_key=True),
    Column("id", BigInteger, nullable=False),
    Column("step", String(64)),
    Column("action", String(16), nullable=False),
    Column("service", String(64), nullable=False),
    Column("scheme", String(16), nullable=False),
    Column("officer", String(64), nullable=False),
    Column("position", String(64)),
    # definitive, plt, plh, pj; null without a passport.
    Column("form", String(16)),
    Column("occurred_at", Instant, nullable=False),
    # Why facts recorded later speak against it.
    Column("questioned", String(40)),
    Index("ix_decisions_newest", "region", "id"),
    Index(
        "ix_decisions_by_law",
        "region",
        "id",
        postgresql_where=text("scheme = 'by_law'"),
        sqlite_where=text("scheme = 'by_law'"),
    ),
    Index(
        "ix_decisions_acting",
        "region",
        "id",
        postgresql_where=text("form IN ('plt', 'plh', 'pj')"),
        sqlite_where=text("form IN ('plt', 'plh', 'pj')"),
    ),
    Index(
        "ix_decisions_questioned",
        "region",
        "id",
        postgresql_where=text("questioned IS NOT NULL"),
        sqlite_where=text("questioned IS NOT NULL"),
    ),
)

decision_links = Table(
    "decision_links",
    metadata,
    Column("region", String(16), primary_key=True),
    # An entry of the register that a passport cites or names.
    Column("kind", String(16), primary_key=True),
    Column("entry", String(64), primary_key=True),
    Column("id", BigInteger, primary_key=True),
    Column("number", String(32), nullable=False),
    Column("version", Integer, nullable=False),
    Index("ix_decision_links_number", "region", "number"),
)

reviews = Table(
    "reviews",
    metadata,
    Column("region", String(16), primary_key=True),
    # Event id of the entry that was recorded after decisions which it may concern.
    Column("id", BigInteger, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("entry", String(64), nullable=False),
    # Event id of the last decision that was looked at.
    Column("after", BigInteger, nullable=False),
)
