"""Several accounts of one person: first half, applied while the release before still runs."""

import sqlalchemy as sa
from alembic import op

revision = "0019_first"
down_revision = "0018_first"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("officers", sa.Column("person", sa.String(64)))


def downgrade() -> None:
    op.drop_column("officers", "person")
