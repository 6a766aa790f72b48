"""Cases of imported logs."""

from sqlalchemy import (
    Column,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from casetrack.storage.schema.metadata import metadata

imported_cases = Table(
    "imported_cases",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("source", String(64), primary_key=True),
    Column("trace", Integer, primary_key=True),
    Column("stream", String(128), nullable=False),
    Column("version", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("fold_version", Integer, nullable=False),
    Column("state", Text, nullable=False),
    UniqueConstraint("region", "stream"),
)
