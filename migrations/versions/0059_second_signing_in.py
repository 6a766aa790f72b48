"""Signing in to pages: second half.

Nothing is left to do: the release before let nobody sign in.
"""

revision = "0059_second"
down_revision = "0056_second"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
