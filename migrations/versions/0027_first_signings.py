"""Signatures on their way to a product's file: first half. The release before makes none."""

import sqlalchemy as sa
from alembic import op

from casetrack.storage.schema import Instant

revision = "0027_first"
down_revision = "0026_first"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "signings",
        sa.Column("region", sa.String(16), nullable=False),
        sa.Column("product", sa.String(32), nullable=False),
        sa.Column("begun", sa.Integer(), nullable=False),
        sa.Column("leased_until", Instant(), nullable=False),
        sa.Column("made", sa.Integer(), nullable=False),
        sa.Column("file", sa.String(32)),
        sa.Column("size", sa.Integer()),
        sa.Column("digest", sa.String(64)),
        sa.Column("sealed", sa.LargeBinary()),
        sa.Column("certificate", sa.String(16)),
        sa.Column("level", sa.String(8)),
        sa.Column("failure", sa.String(32)),
        sa.Column("tried_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("region", "product", name="pk_signings"),
    )
    op.create_index("ix_signings_tried", "signings", ["region", "tried_at"])


def downgrade() -> None:
    op.drop_table("signings")
