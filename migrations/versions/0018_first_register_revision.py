"""The register's revision, and a row of the ledger's heads for each region: first half.

The trigger counts what the release before changes, too. That release makes a head only with a region's
first event, and reads one that is there.
"""

import sqlalchemy as sa
from alembic import op

from casetrack.storage import triggers

revision = "0018_first"
down_revision = "0017_first"
branch_labels = None
depends_on = None

_HEADS = (
    "INSERT INTO ledger_heads (region, position, hash) "
    "SELECT region, 0, '0000000000000000000000000000000000000000000000000000000000000000' "
    "FROM regions WHERE region NOT IN (SELECT region FROM ledger_heads)"
)


def upgrade() -> None:
    op.add_column("regions", sa.Column("register_revision", sa.BigInteger, server_default="0"))
    for statement in triggers.create_counters(op.get_bind().dialect.name):
        op.execute(statement)
    op.execute(_HEADS)


def downgrade() -> None:
    for statement in triggers.drop_counters(op.get_bind().dialect.name):
        op.execute(statement)
    op.drop_column("regions", "register_revision")
