"""Looks at a person in full, with a reason: second half. It changes nothing."""

revision = "0017_second"
down_revision = "0016_second"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
