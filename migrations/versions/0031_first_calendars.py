"""Decreed days and the calendars by which limits were counted: first half.

The release before knows neither; a calendar that no row holds is written down by the clock.
"""

import sqlalchemy as sa
from alembic import op

from casetrack.storage.schema import Instant

revision = "0031_first"
down_revision = "0028_first"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "decreed_days",
        sa.Column("region", sa.String(16), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("name_id", sa.String(200), nullable=False),
        sa.Column("name_en", sa.String(200), nullable=False),
        sa.Column("source", sa.String(300), nullable=False),
        sa.Column("loaded_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("region", "day", name="pk_decreed_days"),
    )
    op.create_table(
        "calendars",
        sa.Column("region", sa.String(16), nullable=False),
        sa.Column("version", sa.String(128), nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("region", "version", name="pk_calendars"),
    )
    op.create_table(
        "officer_addresses",
        sa.Column("region", sa.String(16), nullable=False),
        sa.Column("login", sa.String(64), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("region", "login", name="pk_officer_addresses"),
    )
    op.create_table(
        "officer_reminders",
        sa.Column("region", sa.String(16), nullable=False),
        sa.Column("login", sa.String(64), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.PrimaryKeyConstraint("region", "login", name="pk_officer_reminders"),
    )


def downgrade() -> None:
    op.drop_table("officer_reminders")
    op.drop_table("officer_addresses")
    op.drop_table("calendars")
    op.drop_table("decreed_days")
