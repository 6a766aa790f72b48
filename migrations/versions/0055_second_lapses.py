"""When the applicant of a case that was sent back is told that it may lapse: second half.

What was sent back before has no such day, so there is nothing to fill in.
"""

revision = "0055_second"
down_revision = "0054_second"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
