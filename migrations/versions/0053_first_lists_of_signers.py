"""Lists of who endorses and who signs: first half.

The release before looks for none of the new tasks, so nothing is written before the second half.
"""

revision = "0053_first"
down_revision = "0052_first"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
