"""A bank's list of payments is known when it was only sorted anew: first half.

Lists that were loaded before have no digest of their rows, and are known by their hash alone.
"""

from alembic import op
from sqlalchemy import Column, String

revision = "0052_first"
down_revision = "0051_first"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("payment_files", Column("rows_digest", String(64)))
    op.create_index("ix_payment_files_rows", "payment_files", ["region", "account", "rows_digest"])


def downgrade() -> None:
    op.drop_index("ix_payment_files_rows", "payment_files")
    with op.batch_alter_table("payment_files") as batch:
        batch.drop_column("rows_digest")
