"""Rows of cases keep what was put right: second half.

From now on every release that runs knows it.
"""

revision = "0054_second"
down_revision = "0053_second"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
