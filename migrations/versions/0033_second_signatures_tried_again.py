"""Signatures that the clock tries again, and who vouches for a certificate: second half.

Nothing is left to do: where nothing stands, the clock tries nothing, and nobody vouches.
"""

revision = "0033_second"
down_revision = "0032_second"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
