"""Answers of other registers, and grants by law, which are found: first half.

The release before keeps what a case's state says of them, and makes none.
"""

import sqlalchemy as sa
from alembic import op

revision = "0032_first"
down_revision = "0031_first"
branch_labels = None
depends_on = None

_BY_LAW = sa.text("scheme = 'by_law'")


def upgrade() -> None:
    op.create_index(
        "ix_decisions_by_law",
        "decisions",
        ["region", "id"],
        postgresql_where=_BY_LAW,
        sqlite_where=_BY_LAW,
    )


def downgrade() -> None:
    op.drop_index("ix_decisions_by_law", "decisions")
