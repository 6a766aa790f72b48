"""A text of the register may amend another: second half.

From now on amendments are taken into the register.
"""

revision = "0051_second"
down_revision = "0050_second"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
