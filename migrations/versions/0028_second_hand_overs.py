"""What goes over the counter, in the state of a case: second half.

Nothing is left to do: the release before wrote none down.
"""

revision = "0028_second"
down_revision = "0027_second"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
