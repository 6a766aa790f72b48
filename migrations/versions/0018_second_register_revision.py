"""A row of the ledger's heads for each region: second half, for regions made meanwhile."""

from alembic import op

revision = "0018_second"
down_revision = "0017_second"
branch_labels = None
depends_on = None

_HEADS = (
    "INSERT INTO ledger_heads (region, position, hash) "
    "SELECT region, 0, '0000000000000000000000000000000000000000000000000000000000000000' "
    "FROM regions WHERE region NOT IN (SELECT region FROM ledger_heads)"
)


def upgrade() -> None:
    op.execute(_HEADS)


def downgrade() -> None:
    """A head without a ledger is what a region without events may have."""
