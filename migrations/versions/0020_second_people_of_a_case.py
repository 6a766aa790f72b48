"""People of a case who come and leave: second half. It changes nothing."""

revision = "0020_second"
down_revision = "0019_second"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
