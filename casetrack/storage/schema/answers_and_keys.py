"""Answers kept for a replay, and the keys that a database was begun with."""

from sqlalchemy import (
    Column,
    Index,
    LargeBinary,
    String,
    Table,
)

from casetrack.storage.schema.metadata import Instant, metadata

idempotency = Table(
    "idempotency",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("token", String(16), primary_key=True),
    Column("method", String(8), primary_key=True),
    Column("path", String(256), primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("request_digest", String(64), nullable=False),
    Column("answer", LargeBinary, nullable=False),
    Column("created_at", Instant, nullable=False),
    Index("ix_idempotency_age", "region", "created_at"),
)

fingerprints = Table(
    "fingerprints",
    metadata,
    # "master" or "secret": which key this database was begun with, as a digest of it.
    Column("key", String(16), primary_key=True),
    Column("digest", String(64), nullable=False),
)
