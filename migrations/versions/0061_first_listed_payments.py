"""Payments that fit no bill are found by why, account, code and reference: first half."""

import sqlalchemy as sa
from alembic import op

revision = "0061_first"
down_revision = "0060_first"
branch_labels = None
depends_on = None

_LISTED = sa.text("state = 'unmatched'")
_INDEXES = {
    "ix_payments_unmatched_why": ["region", "agency", "why", "payment"],
    "ix_payments_unmatched_account": ["region", "account", "agency", "payment"],
    "ix_payments_unmatched_code": ["region", "code"],
    "ix_payments_unmatched_reference": ["region", "reference"],
}


def upgrade() -> None:
    for name, columns in _INDEXES.items():
        op.create_index(name, "payments", columns, postgresql_where=_LISTED, sqlite_where=_LISTED)


def downgrade() -> None:
    for name in _INDEXES:
        op.drop_index(name, "payments")
