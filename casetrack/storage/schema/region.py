"""Regions, agencies, positions, and their own texts of messages."""

from sqlalchemy import (
    BigInteger,
    Column,
    Integer,
    String,
    Table,
    Text,
)

from casetrack.storage.schema.metadata import Instant, metadata

regions = Table(
    "regions",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("letters", String(5), nullable=False, unique=True),
    Column("document", Text, nullable=False),
    # Goes up with every load: caches of names and calendars are keyed by it.
    Column("revision", Integer, nullable=False),
    Column("loaded_at", Instant, nullable=False),
    # Goes up with every change of the region's register, by trigger: what is kept of the register in a
    # process is kept under it.
    Column("register_revision", BigInteger, server_default="0", info={"since": "0018"}),
)

agencies = Table(
    "agencies",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("agency", String(64), primary_key=True),
    Column("document", Text, nullable=False),
)

positions = Table(
    "positions",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("position", String(64), primary_key=True),
    Column("agency", String(64), nullable=False),
    Column("document", Text, nullable=False),
)

#: What a region's last load said: a load is compared with it, so that it takes back nothing that
#: officers did since.
loads = Table(
    "loads",
    metadata,
    Column("region", String(16), primary_key=True),
    # SHA-256 of the region's data: the same files again change nothing.
    Column("files", String(64), nullable=False),
    # JSON: the fingerprint of each paper by kind/id, and whose papers each login was to keep.
    Column("papers", Text, nullable=False),
    Column("registrars", Text, nullable=False),
    Column("loaded_at", Instant, nullable=False),
)

#: A region's own texts of messages. Each load that changes them makes an edition, whole and never
#: changed, so that what a delivery says of its template can be looked up.
message_texts = Table(
    "message_texts",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("edition", Integer, primary_key=True),
    # As the package's folder names it: "id/short/case.returned.txt".
    Column("name", String(64), primary_key=True),
    # 0 for a part that other texts include.
    Column("version", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("loaded_at", Instant, nullable=False),
)

#: What decrees made of days since the calendar's package was released, for all regions alike: their
#: region is the country.
decreed_days = Table(
    "decreed_days",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("day", String(10), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("name_id", String(200), nullable=False),
    Column("name_en", String(200), nullable=False),
    Column("source", String(300), nullable=False),
    Column("loaded_at", Instant, nullable=False),
)

#: By which calendars a region's limits were counted: the days of each, so that a limit is explained by
#: the calendar that it was counted by. The newest is the one by which every open limit is counted.
calendars = Table(
    "calendars",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("version", String(128), primary_key=True),
    # JSON: the zone, and the days that are not as their weekday would have them.
    Column("document", Text, nullable=False),
    Column("since", Instant, nullable=False),
)
