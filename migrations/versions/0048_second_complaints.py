"""Complaints and their sealed texts: second half.

Nothing is left to do: none was taken in before.
"""

revision = "0048_second"
down_revision = "0047_second"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
