"""Outside systems that are down, the cases that stood still for one, and numbers set aside for intake on
paper: first half.

The release before neither makes outages nor ends one: its cases stand still until this one is back. It
neither sets numbers aside nor takes a file in under one.
"""

import sqlalchemy as sa
from alembic import op

from casetrack.storage.schema import Instant

revision = "0036_first"
down_revision = "0035_first"
branch_labels = None
depends_on = None

_INSTANT = Instant()
_UNFINISHED = sa.text("state <> 'over'")
_PAUSED = sa.text("state = 'paused'")


def upgrade() -> None:
    op.create_table(
        "outages",
        sa.Column("region", sa.String(16), primary_key=True),
        sa.Column("outage", sa.String(64), primary_key=True),
        sa.Column("system", sa.Text, nullable=False),
        sa.Column("places", sa.Text, nullable=False),
        sa.Column("agency", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("begun_at", _INSTANT, nullable=False),
        sa.Column("begun_by", sa.String(64), nullable=False),
        sa.Column("ended_at", _INSTANT),
        sa.Column("ended_by", sa.String(64)),
    )
    op.create_index("ix_outages_agency", "outages", ["region", "agency", "begun_at", "outage"])
    op.create_index("ix_outages_begun", "outages", ["region", "begun_at", "outage"])
    op.create_index(
        "ix_outages_unfinished",
        "outages",
        ["region", "outage"],
        postgresql_where=_UNFINISHED,
        sqlite_where=_UNFINISHED,
    )
    op.create_table(
        "outage_cases",
        sa.Column("region", sa.String(16), primary_key=True),
        sa.Column("outage", sa.String(64), primary_key=True),
        sa.Column("number", sa.String(32), primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("paused_at", _INSTANT, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("settled_at", _INSTANT),
    )
    op.create_index(
        "ix_outage_cases_paused",
        "outage_cases",
        ["region", "outage", "number"],
        postgresql_where=_PAUSED,
        sqlite_where=_PAUSED,
    )
    op.create_table(
        "number_blocks",
        sa.Column("region", sa.String(16), primary_key=True),
        sa.Column("block", sa.String(64), primary_key=True),
        sa.Column("service", sa.String(64), nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("first", sa.Integer, nullable=False),
        sa.Column("last", sa.Integer, nullable=False),
        sa.Column("agency", sa.String(64), nullable=False),
        sa.Column("reserved_at", _INSTANT, nullable=False),
        sa.Column("reserved_by", sa.String(64), nullable=False),
    )
    op.create_index(
        "ix_number_blocks_agency", "number_blocks", ["region", "agency", "reserved_at", "block"]
    )
    op.create_index(
        "ix_number_blocks_reserved", "number_blocks", ["region", "reserved_at", "block"]
    )
    op.create_table(
        "reserved_numbers",
        sa.Column("region", sa.String(16), primary_key=True),
        sa.Column("number", sa.String(32), primary_key=True),
        sa.Column("block", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(16)),
        sa.Column("settled_at", _INSTANT),
        sa.Column("settled_by", sa.String(64)),
    )
    op.create_index("ix_reserved_numbers_block", "reserved_numbers", ["region", "block", "number"])


def downgrade() -> None:
    op.drop_table("reserved_numbers")
    op.drop_table("number_blocks")
    op.drop_table("outage_cases")
    op.drop_table("outages")
