"""Documents have a life, and a file may pass without one: second half. It changes nothing."""

revision = "0013_second"
down_revision = "0012_second"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
