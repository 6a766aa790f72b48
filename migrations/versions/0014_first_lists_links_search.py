"""Lists of the counter, links between cases, search: first half.

The release before fills none of it and reads none of it.
"""

import sqlalchemy as sa
from alembic import op

from casetrack.storage.schema import Instant

revision = "0014_first"
down_revision = "0013_first"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cases", sa.Column("counter", sa.String(64)))
    op.add_column("cases", sa.Column("task", sa.String(16)))
    op.add_column("cases", sa.Column("opened_at", Instant()))
    op.add_column("cases", sa.Column("waiting_for", sa.String(16)))
    op.create_index(
        "ix_cases_counter",
        "cases",
        ["region", "counter", "task", "opened_id"],
        postgresql_where=sa.text("counter IS NOT NULL"),
        sqlite_where=sa.text("counter IS NOT NULL"),
    )
    op.create_index("ix_deadlines_region", "deadlines", ["region", "due_at"])
    op.create_table(
        "search_words",
        sa.Column("region", sa.String(16), nullable=False),
        sa.Column("word", sa.String(32), nullable=False),
        sa.Column("subject", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("region", "word", "subject", name="pk_search_words"),
    )
    op.create_index("ix_search_words_subject", "search_words", ["region", "subject"])


def downgrade() -> None:
    op.drop_table("search_words")
    op.drop_index("ix_deadlines_region", table_name="deadlines")
    op.drop_index("ix_cases_counter", table_name="cases")
    for column in ("waiting_for", "opened_at", "task", "counter"):
        op.drop_column("cases", column)
