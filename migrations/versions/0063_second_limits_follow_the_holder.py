"""A case's own limit stands with the agency that holds the case: second half.

The release before left it with who held the case when the clock last moved.
"""

from alembic import op

revision = "0063_second"
down_revision = "0061_second"
branch_labels = None
depends_on = None

_FOLLOW = """
UPDATE deadlines SET agency = (
    SELECT cases.holder FROM cases
    WHERE cases.region = deadlines.region AND cases.number = deadlines.number
)
WHERE step = '' AND EXISTS (
    SELECT 1 FROM cases
    WHERE cases.region = deadlines.region AND cases.number = deadlines.number
    AND cases.holder <> deadlines.agency
)
"""


def upgrade() -> None:
    op.execute(_FOLLOW)


def downgrade() -> None:
    pass
