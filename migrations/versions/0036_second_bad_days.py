"""Outside systems that are down: second half.

Nothing is left to do: the release before wrote none down.
"""

revision = "0036_second"
down_revision = "0035_second"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
