"""Officers who are named for data protection: second half. It changes nothing."""

revision = "0016_second"
down_revision = "0015_second"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
