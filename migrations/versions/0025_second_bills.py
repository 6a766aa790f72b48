"""Bills: second half. Nothing is left to fill, but once it is over every release that runs reads the
register's accounts, so that they may be entered."""

revision = "0025_second"
down_revision = "0024_second"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
