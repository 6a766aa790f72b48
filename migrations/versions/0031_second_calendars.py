"""Decreed days and the calendars by which limits were counted: nothing is left to do."""

revision = "0031_second"
down_revision = "0026_second"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
