"""A case knows where it was taken in, and with which others: first half.

The release before keeps what a case's state says of it, and shows none.
"""

revision = "0038_first"
down_revision = "0037_first"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
