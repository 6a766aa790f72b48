"""Answers of other registers, and grants by law: second half.

Nothing is left to do: the release before wrote none down.
"""

revision = "0032_second"
down_revision = "0031_second"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
