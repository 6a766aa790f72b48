"""Registrars: second half. Nothing is left to do: the column may stay empty."""

revision = "0007_second"
down_revision = "0006_second"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
