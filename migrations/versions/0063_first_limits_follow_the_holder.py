"""A case's own limit stands with the agency that holds the case: first half. Nothing is left to do."""

revision = "0063_first"
down_revision = "0061_first"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
