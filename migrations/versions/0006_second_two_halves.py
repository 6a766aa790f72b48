"""Two halves: the base of all second halves, applied when the release before runs no more.

It changes nothing, as its first half.
"""

revision = "0006_second"
down_revision = "0005"
branch_labels = ("second_half",)
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
