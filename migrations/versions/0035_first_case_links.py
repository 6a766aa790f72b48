"""Which case names which other one, as rows: first half.

The release before writes none; the second half fills them in.
"""

import sqlalchemy as sa
from alembic import op

revision = "0035_first"
down_revision = "0033_first"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "case_links",
        sa.Column("region", sa.String(16), nullable=False),
        sa.Column("number", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("other", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("region", "number", "kind", "other", name="pk_case_links"),
    )
    op.create_index("ix_case_links_other", "case_links", ["region", "other", "number", "kind"])


def downgrade() -> None:
    op.drop_table("case_links")
