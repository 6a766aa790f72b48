"""How officers sign in to pages: passwords, invitations to set one, sessions, and each try."""

from sqlalchemy import Column, Index, String, Table, Text

from casetrack.storage.schema.metadata import Instant, metadata

passwords = Table(
    "passwords",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("login", String(64), primary_key=True),
    # Argon2id with its parameters and salt, in the PHC form.
    Column("digest", Text, nullable=False),
    Column("set_at", Instant, nullable=False),
)

# One officer has one at most: a new one ends the one before.
invitations = Table(
    "invitations",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("login", String(64), primary_key=True),
    # SHA-256 of the link's secret, which has 256 random bits.
    Column("digest", String(64), nullable=False, unique=True),
    Column("made_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    # SHA-256 of what the cookie holds, which has 256 random bits.
    Column("digest", String(64), primary_key=True),
    Column("region", String(16), nullable=False),
    Column("login", String(64), nullable=False),
    Column("session", String(16), nullable=False, unique=True),
    Column("began_at", Instant, nullable=False),
    # To the minute.
    Column("seen_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("address", String(64), nullable=False),
    # Browser and system in words, or empty: never what the browser sent.
    Column("agent", String(64), nullable=False),
    # So long nobody is asked again who they are before what is grave.
    Column("fresh_until", Instant),
    Index("ix_sessions_login", "region", "login"),
    Index("ix_sessions_ends", "region", "ends_at"),
)

# Each try to sign in as an officer that there is. What was typed for a login that there is not is kept
# nowhere: people type passwords there.
sign_ins = Table(
    "sign_ins",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("sign_in", String(32), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("login", String(64), nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("address", String(64), nullable=False),
    Column("agent", String(64), nullable=False),
    Index("ix_sign_ins_at", "region", "at", "sign_in"),
)
