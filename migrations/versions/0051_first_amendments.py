"""A text of the register may amend another: first half.

The release before does not read what they say, so none is taken before the second half is over.
"""

revision = "0051_first"
down_revision = "0050_first"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
