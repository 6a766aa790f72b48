"""A bank's list of payments is known when it was only sorted anew: second half.

Nothing is left to do: what the files before said is not kept.
"""

revision = "0052_second"
down_revision = "0051_second"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
