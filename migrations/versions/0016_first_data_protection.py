"""Officers who are named for data protection: first half, applied while the release before still runs."""

import sqlalchemy as sa
from alembic import op

revision = "0016_first"
down_revision = "0015_first"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("officers", sa.Column("data_protection", sa.Boolean()))


def downgrade() -> None:
    op.drop_column("officers", "data_protection")
