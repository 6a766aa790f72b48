"""A row of the ledger's heads for each region: second half, for regions made meanwhile.

And the indexes that the release before used, which no round needs any more.
"""

import sqlalchemy as sa
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
_OVER_ALL = tuple(
    (name, column, {"postgresql": f"NOT {noted}", "sqlite": f"{noted} = 0"})
    for name, column, noted in (
        ("ix_deadlines_near", "near_at", "near_noted"),
        ("ix_deadlines_due", "due_at", "missed_noted"),
    )
)


def upgrade() -> None:
    op.execute(_HEADS)
    op.drop_index("ix_idempotency_created_at", table_name="idempotency")
    for name, _, _ in _OVER_ALL:
        op.drop_index(name, table_name="deadlines")


def downgrade() -> None:
    # The heads stay: one without a ledger is what a region without events may have.
    for name, column, open_ in _OVER_ALL:
        where = sa.text(open_[op.get_bind().dialect.name])
        op.create_index(name, "deadlines", [column], postgresql_where=where, sqlite_where=where)
    op.create_index("ix_idempotency_created_at", "idempotency", ["created_at"])
