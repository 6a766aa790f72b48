"""Files that are kept: first half. The release before keeps none and reads none of it."""

import sqlalchemy as sa
from alembic import op

from casetrack.storage.schema import Instant

revision = "0024_first"
down_revision = "0023_first"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "files",
        sa.Column("region", sa.String(16), nullable=False),
        sa.Column("file", sa.String(32), nullable=False),
        sa.Column("number", sa.String(32), nullable=False),
        sa.Column("text", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("scan", sa.String(16), nullable=False),
        sa.Column("base", sa.String(64)),
        sa.Column("scan_at", Instant()),
        sa.PrimaryKeyConstraint("region", "file", name="pk_files"),
    )
    op.create_index("ix_files_number", "files", ["region", "number"])
    op.create_index("ix_files_text", "files", ["region", "text"])
    there = sa.text("scan_at IS NOT NULL")
    op.create_index(
        "ix_files_scan",
        "files",
        ["region", "scan_at"],
        postgresql_where=there,
        sqlite_where=there,
    )
    op.create_table(
        "leaving_files",
        sa.Column("region", sa.String(16), nullable=False),
        sa.Column("file", sa.String(32), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("region", "file", name="pk_leaving_files"),
    )
    op.create_index("ix_leaving_files_due", "leaving_files", ["region", "due_at"])


def downgrade() -> None:
    op.drop_table("leaving_files")
    op.drop_table("files")
