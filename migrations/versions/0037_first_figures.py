"""Figures: what cases add to them, their sums, and how far a region is counted: first half.

The release before knows none of it; what it does meanwhile is counted from the ledger.
"""

import sqlalchemy as sa
from alembic import op

from casetrack.storage.schema import Instant

revision = "0037_first"
down_revision = "0036_first"
branch_labels = None
depends_on = None

_NOTHING = sa.text('"count" = 0')


def upgrade() -> None:
    op.create_table(
        "counted_cases",
        sa.Column("region", sa.String(16), nullable=False),
        sa.Column("number", sa.String(32), nullable=False),
        sa.Column("service", sa.String(64), nullable=False),
        sa.Column("agency", sa.String(64), nullable=False),
        sa.Column("complete_at", Instant(), nullable=False),
        sa.Column("stopped_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=False),
        sa.Column("decided", sa.Boolean, nullable=False),
        sa.Column("counts", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("region", "number", name="pk_counted_cases"),
    )
    op.create_index(
        "ix_counted_cases_order",
        "counted_cases",
        ["region", "service", "ended_at", "complete_at", "stopped_at"],
    )
    op.create_table(
        "figures",
        sa.Column("region", sa.String(16), nullable=False),
        sa.Column("figure", sa.String(24), nullable=False),
        sa.Column("period", sa.String(10), nullable=False),
        sa.Column("service", sa.String(64), nullable=False),
        sa.Column("agency", sa.String(64), nullable=False),
        sa.Column("step", sa.String(64), nullable=False),
        sa.Column("officer", sa.String(64), nullable=False),
        sa.Column("cause", sa.String(64), nullable=False),
        sa.Column("value", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("count", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint(
            *("region", "figure", "period", "service", "agency", "step", "officer", "cause"),
            "value",
            name="pk_figures",
        ),
    )
    op.create_index(
        "ix_figures_nothing",
        "figures",
        ["region"],
        postgresql_where=_NOTHING,
        sqlite_where=_NOTHING,
    )
    op.create_table(
        "figure_marks",
        sa.Column("region", sa.String(16), nullable=False),
        sa.Column("rules", sa.Integer, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("walk", sa.String(8), nullable=False),
        sa.Column("walked", sa.String(32), nullable=False),
        sa.Column("counted_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("region", name="pk_figure_marks"),
    )


def downgrade() -> None:
    op.drop_table("figure_marks")
    op.drop_table("figures")
    op.drop_table("counted_cases")
