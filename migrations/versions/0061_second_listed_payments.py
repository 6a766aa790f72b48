"""Payments that fit no bill are found by why, account, code and reference: second half.

Nothing is left to do: the indexes hold what was there.
"""

revision = "0061_second"
down_revision = "0060_second"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
