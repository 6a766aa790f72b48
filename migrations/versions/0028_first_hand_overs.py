"""What goes over the counter, in the state of a case: first half.

The release before keeps what it does not know of a case and of its products and documents.
"""

revision = "0028_first"
down_revision = "0027_first"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
