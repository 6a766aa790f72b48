"""Stepping up: first half. Until when a session knows that its officer showed who they are."""

import sqlalchemy as sa
from alembic import op

from casetrack.storage.schema import Instant

revision = "0060_first"
down_revision = "0059_first"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sessions", sa.Column("fresh_until", Instant()))


def downgrade() -> None:
    with op.batch_alter_table("sessions") as batch:
        batch.drop_column("fresh_until")
