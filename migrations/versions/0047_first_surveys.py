"""Surveys of satisfaction: which were answered, and sums of the answers: first half.

The release before asks nobody.
"""

import sqlalchemy as sa
from alembic import op

revision = "0047_first"
down_revision = "0038_first"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "survey_used",
        sa.Column("region", sa.String(16), nullable=False),
        sa.Column("number", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("region", "number", name="pk_survey_used"),
    )
    op.create_table(
        "survey_sums",
        sa.Column("region", sa.String(16), nullable=False),
        sa.Column("quarter", sa.String(7), nullable=False),
        sa.Column("service", sa.String(64), nullable=False),
        sa.Column("agency", sa.String(64), nullable=False),
        sa.Column("way", sa.String(8), nullable=False),
        sa.Column("element", sa.String(16), nullable=False),
        sa.Column("score", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("count", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint(
            *("region", "quarter", "service", "agency", "way", "element", "score"),
            name="pk_survey_sums",
        ),
    )


def downgrade() -> None:
    op.drop_table("survey_sums")
    op.drop_table("survey_used")
