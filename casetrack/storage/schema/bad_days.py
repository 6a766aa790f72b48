"""What a bad day takes: an outside system that is down with the cases that stood still for it, and
numbers that are set aside for intake on paper."""

from sqlalchemy import Column, Index, Integer, String, Table, Text, text

from casetrack.storage.schema.metadata import Instant, metadata

outages = Table(
    "outages",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("outage", String(64), primary_key=True),
    # What the officers call the system that is down; no person.
    Column("system", Text, nullable=False),
    # JSON: the steps that need it, each with its service.
    Column("places", Text, nullable=False),
    # The agency of who said so.
    Column("agency", String(64), nullable=False),
    # running, ending (cases go on, set by set), over.
    Column("state", String(16), nullable=False),
    Column("begun_at", Instant, nullable=False),
    Column("begun_by", String(64), nullable=False),
    Column("ended_at", Instant),
    Column("ended_by", String(64)),
    Index("ix_outages_agency", "region", "agency", "begun_at", "outage"),
    Index("ix_outages_begun", "region", "begun_at", "outage"),
    # What the clock asks for every few seconds: mostly nothing.
    Index(
        "ix_outages_unfinished",
        "region",
        "outage",
        postgresql_where=text("state <> 'over'"),
        sqlite_where=text("state <> 'over'"),
    ),
)

# A row for each case that an outage let stand still, written with the pause itself.
outage_cases = Table(
    "outage_cases",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("outage", String(64), primary_key=True),
    Column("number", String(32), primary_key=True),
    # Version of the case's event that paused it.
    Column("version", Integer, nullable=False),
    Column("paused_at", Instant, nullable=False),
    # paused, resumed (with the outage's end), left (it had gone on or ended before).
    Column("state", String(16), nullable=False),
    Column("settled_at", Instant),
    Index(
        "ix_outage_cases_paused",
        "region",
        "outage",
        "number",
        postgresql_where=text("state = 'paused'"),
        sqlite_where=text("state = 'paused'"),
    ),
)

# Numbers of a service that were set aside before an outage, for receipts that are written by hand.
number_blocks = Table(
    "number_blocks",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("block", String(64), primary_key=True),
    Column("service", String(64), nullable=False),
    Column("year", Integer, nullable=False),
    # The serials, both included.
    Column("first", Integer, nullable=False),
    Column("last", Integer, nullable=False),
    # The front office that takes files in under them.
    Column("agency", String(64), nullable=False),
    Column("reserved_at", Instant, nullable=False),
    Column("reserved_by", String(64), nullable=False),
    Index("ix_number_blocks_agency", "region", "agency", "reserved_at", "block"),
    Index("ix_number_blocks_reserved", "region", "reserved_at", "block"),
)

# Each of these numbers: a case came of it, or somebody said why none did.
reserved_numbers = Table(
    "reserved_numbers",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("number", String(32), primary_key=True),
    Column("block", String(64), nullable=False),
    # reserved, used, closed.
    Column("state", String(16), nullable=False),
    # Of a closed one: not_needed, spoiled, lost.
    Column("reason", String(16)),
    Column("settled_at", Instant),
    Column("settled_by", String(64)),
    Index("ix_reserved_numbers_block", "region", "block", "number"),
)
