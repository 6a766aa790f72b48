"""Published services."""

from sqlalchemy import (
    Boolean,
    Column,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from casetrack.storage.schema.metadata import Instant, metadata

services = Table(
    "services",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("service", String(64), primary_key=True),
    Column("letters", String(5), nullable=False),
    Column("version", Integer, nullable=False),
    Column("withdrawn", Boolean, nullable=False),
    UniqueConstraint("region", "letters"),
)

service_versions = Table(
    "service_versions",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("service", String(64), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("document", Text, nullable=False),
    Column("published_at", Instant, nullable=False),
)
