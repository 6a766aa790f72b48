"""Documents have a life, and a file may pass without one: first half. It changes nothing.

Rows of cases hold it from the second fold on (`FOLD_VERSION`); the release before keeps what it does not
know.
"""

revision = "0013_first"
down_revision = "0012_first"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
