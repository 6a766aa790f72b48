"""Lists that are walked in their own order, the feed of an agency, accounts of a person: first half.

The release before fills none of it; the second half does.
"""

import sqlalchemy as sa
from alembic import op

revision = "0022_first"
down_revision = "0021_first"
branch_labels = None
depends_on = None

_MINE = sa.text("assignee IS NOT NULL AND status IN ('ready', 'in_progress', 'paused')")


def upgrade() -> None:
    op.create_table(
        "ledger_agencies",
        sa.Column("region", sa.String(16), nullable=False),
        sa.Column("agency", sa.String(64), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("region", "agency", "position", name="pk_ledger_agencies"),
    )
    op.create_index(
        "ix_steps_mine",
        "steps",
        ["region", "assignee", "urgent_at", "number", "step"],
        postgresql_where=_MINE,
        sqlite_where=_MINE,
    )
    op.create_index("ix_deadlines_late", "deadlines", ["region", "due_at", "number"])
    op.create_index("ix_deadlines_agency", "deadlines", ["region", "agency", "due_at", "number"])
    op.create_index(
        "ix_officers_person",
        "officers",
        ["region", "person"],
        postgresql_where=sa.text("person IS NOT NULL"),
        sqlite_where=sa.text("person IS NOT NULL"),
    )
    op.create_index("ix_cases_service", "cases", ["region", "service", "opened_id"])


def downgrade() -> None:
    op.drop_index("ix_cases_service", table_name="cases")
    op.drop_index("ix_officers_person", table_name="officers")
    op.drop_index("ix_deadlines_agency", table_name="deadlines")
    op.drop_index("ix_deadlines_late", table_name="deadlines")
    op.drop_index("ix_steps_mine", table_name="steps")
    op.drop_table("ledger_agencies")
