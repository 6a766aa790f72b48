"""Erasures that wait, corrected values that are kept, steps that nobody may take: first half.

The release before fills none of it and reads none of it.
"""

import sqlalchemy as sa
from alembic import op

from casetrack.storage.schema import Instant

revision = "0021_first"
down_revision = "0020_first"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("subjects", sa.Column("erasing_since", Instant()))
    _partial("ix_subjects_erasing", "subjects", ["region", "erasing_since", "subject"])
    op.add_column("texts", sa.Column("review_at", Instant()))
    _partial("ix_texts_review", "texts", ["region", "review_at"])
    op.create_table(
        "stalled_steps",
        sa.Column("region", sa.String(16), nullable=False),
        sa.Column("number", sa.String(32), nullable=False),
        sa.Column("step", sa.String(64), nullable=False),
        sa.Column("service", sa.String(64), nullable=False),
        sa.Column("service_version", sa.Integer(), nullable=False),
        sa.Column("cover", sa.String(16), nullable=False),
        sa.Column("until", sa.String(10)),
        sa.PrimaryKeyConstraint("region", "number", "step", name="pk_stalled_steps"),
    )
    op.create_index(
        "ix_stalled_steps_service",
        "stalled_steps",
        ["region", "service", "service_version", "step"],
    )


def _partial(name: str, table: str, columns: list[str]) -> None:
    """An index of the few rows in which the moment is there."""
    there = sa.text(f"{columns[1]} IS NOT NULL")
    op.create_index(name, table, columns, postgresql_where=there, sqlite_where=there)


def downgrade() -> None:
    op.drop_table("stalled_steps")
    op.drop_index("ix_texts_review", table_name="texts")
    op.drop_column("texts", "review_at")
    op.drop_index("ix_subjects_erasing", table_name="subjects")
    op.drop_column("subjects", "erasing_since")
