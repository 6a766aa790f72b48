"""Rows of cases keep what was put right: first half.

The release before keeps the key, and reads rows without it.
"""

revision = "0054_first"
down_revision = "0053_first"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
