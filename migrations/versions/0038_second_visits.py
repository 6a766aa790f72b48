"""A case knows where it was taken in, and with which others: second half.

Nothing is left to do: the release before wrote none down.
"""

revision = "0038_second"
down_revision = "0037_second"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
