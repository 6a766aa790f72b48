"""Officers shut out by command: second half. It changes nothing."""

revision = "0011_second"
down_revision = "0010_second"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
