"""When the applicant is reminded of an inspection: second half.

No case had one before, so there is nothing to fill in.
"""

revision = "0056_second"
down_revision = "0055_second"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
