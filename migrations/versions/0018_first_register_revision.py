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
#: Rounds of the clock go region by region, so their indexes begin with it.
_BY_REGION = tuple(
    (name, column, {"postgresql": f"NOT {noted}", "sqlite": f"{noted} = 0"})
    for name, column, noted in (
        ("ix_deadlines_to_warn", "near_at", "near_noted"),
        ("ix_deadlines_to_miss", "due_at", "missed_noted"),
    )
)


def upgrade() -> None:
    op.add_column("regions", sa.Column("register_revision", sa.BigInteger, server_default="0"))
    for statement in triggers.create_counters(op.get_bind().dialect.name):
        op.execute(statement)
    op.execute(_HEADS)
    for name, column, open_ in _BY_REGION:
        where = sa.text(open_[op.get_bind().dialect.name])
        op.create_index(
            name, "deadlines", ["region", column], postgresql_where=where, sqlite_where=where
        )
    op.create_index("ix_idempotency_age", "idempotency", ["region", "created_at"])


def downgrade() -> None:
    op.drop_index("ix_idempotency_age", table_name="idempotency")
    for name, _, _ in reversed(_BY_REGION):
        op.drop_index(name, table_name="deadlines")
    for statement in triggers.drop_counters(op.get_bind().dialect.name):
        op.execute(statement)
    op.drop_column("regions", "register_revision")
