"""Two halves: the base of all first halves, which are applied while the release before still runs.

It changes nothing. From here on every migration has two halves, and the branch needs a beginning
(docs/decisions/0018-two-halves.md).
"""

revision = "0006_first"
down_revision = "0005"
branch_labels = ("first_half",)
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
