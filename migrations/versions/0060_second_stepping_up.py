"""Stepping up: second half.

Nothing is left to do: a session of the release before is not fresh, so its officer shows it once more.
"""

revision = "0060_second"
down_revision = "0059_second"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
