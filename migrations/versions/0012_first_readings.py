"""The record of who looked at personal data; whom to tell in person, by case: first half.

Applied while the release before still runs: that one shows no personal data to staff, so it has nothing
to write down.
"""

import sqlalchemy as sa
from alembic import op

from casetrack.storage.schema import Instant

revision = "0012_first"
down_revision = "0011_first"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "readings",
        sa.Column("region", sa.String(length=16), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("reading", sa.String(length=32), nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("agency", sa.String(length=64), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("cases", sa.Text(), nullable=False),
        sa.Column("query", sa.String(length=64), nullable=True),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("region", "at", "reading", name=op.f("pk_readings")),
    )
    op.create_index(
        "ix_readings_officer", "readings", ["region", "login", "at", "reading"], unique=False
    )
    op.create_table(
        "reading_cases",
        sa.Column("region", sa.String(length=16), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("reading", sa.String(length=32), nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("region", "number", "at", "reading", name=op.f("pk_reading_cases")),
    )
    in_person = sa.text(
        "state IN ('not_possible', 'given_up') AND channel NOT IN ('webhook', 'owner')"
    )
    op.create_index(
        "ix_deliveries_in_person_case",
        "deliveries",
        ["region", "number", "position"],
        unique=False,
        postgresql_where=in_person,
        sqlite_where=in_person,
    )


def downgrade() -> None:
    op.drop_index("ix_deliveries_in_person_case", table_name="deliveries")
    op.drop_table("reading_cases")
    op.drop_index("ix_readings_officer", table_name="readings")
    op.drop_table("readings")
