"""Figures: second half.

Nothing is left to do: the clock counts what is there.
"""

revision = "0037_second"
down_revision = "0036_second"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
