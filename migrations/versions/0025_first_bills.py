"""Bills and the payments that banks and the treasury tell of: first half.

The release before neither issues a bill nor knows a pay step that has one, so these stay empty.
"""

import sqlalchemy as sa
from alembic import op

from casetrack.storage.schema import Instant

revision = "0025_first"
down_revision = "0024_first"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _bills()
    op.create_table(
        "payment_files",
        sa.Column("region", sa.String(16), nullable=False),
        sa.Column("file", sa.String(64), nullable=False),
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("agency", sa.String(64), nullable=False),
        sa.Column("loaded_by", sa.String(64), nullable=False),
        sa.Column("loaded_at", Instant(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("region", "file", name="pk_payment_files"),
    )
    op.create_table(
        "payments",
        sa.Column("region", sa.String(16), nullable=False),
        sa.Column("payment", sa.String(224), nullable=False),
        sa.Column("file", sa.String(64)),
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("agency", sa.String(64), nullable=False),
        sa.Column("code", sa.String(64)),
        sa.Column("amount", sa.BigInteger()),
        sa.Column("reference", sa.String(128)),
        sa.Column("paid_on", sa.String(10)),
        sa.Column("told_by", sa.String(64)),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("why", sa.String(32)),
        sa.Column("number", sa.String(32)),
        sa.Column("bill", sa.String(16)),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("region", "payment", name="pk_payments"),
    )
    op.create_index("ix_payments_file", "payments", ["region", "file", "payment"])
    op.create_index("ix_payments_state", "payments", ["region", "agency", "state", "payment"])
    _partial("ix_payments_waiting", "payments", ["region", "payment"], "state = 'waiting'")

    op.create_table(
        "treasury_keys",
        sa.Column("region", sa.String(16), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant()),
        sa.PrimaryKeyConstraint("region", "generation", name="pk_treasury_keys"),
    )


def _bills() -> None:
    op.create_table(
        "bills",
        sa.Column("region", sa.String(16), nullable=False),
        sa.Column("number", sa.String(32), nullable=False),
        sa.Column("bill", sa.String(16), nullable=False),
        sa.Column("step", sa.String(64), nullable=False),
        sa.Column("agency", sa.String(64), nullable=False),
        sa.Column("service", sa.String(64), nullable=False),
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("issued_at", Instant(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("watch_at", Instant()),
        sa.Column("paid_by", sa.String(192)),
        sa.Column("source", sa.String(8)),
        sa.PrimaryKeyConstraint("region", "number", "bill", name="pk_bills"),
    )
    op.create_index("ux_bills_code", "bills", ["region", "code"], unique=True)
    op.create_index("ux_bills_paid_by", "bills", ["region", "paid_by"], unique=True)
    op.create_index(
        "ix_bills_due", "bills", ["region", "agency", "state", "due_at", "number", "bill"]
    )
    _partial("ix_bills_watch", "bills", ["region", "watch_at"], "watch_at IS NOT NULL")


def _partial(name: str, table: str, columns: list[str], where: str) -> None:
    there = sa.text(where)
    op.create_index(name, table, columns, postgresql_where=there, sqlite_where=there)


def downgrade() -> None:
    for table in ("treasury_keys", "payments", "payment_files", "bills"):
        op.drop_table(table)
