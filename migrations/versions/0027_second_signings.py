"""Signatures on their way to a product's file: nothing is left to do."""

revision = "0027_second"
down_revision = "0026_second"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
