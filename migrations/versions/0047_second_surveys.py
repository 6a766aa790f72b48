"""Surveys of satisfaction: second half.

Nothing is left to do: nobody was asked before.
"""

revision = "0047_second"
down_revision = "0038_second"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
