"""Products of cases: nothing is left to do, the release before drew none up."""

revision = "0023_second"
down_revision = "0022_second"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
