"""Officers shut out by command: first half, applied while the release before still runs.

The release before leaves the column empty; a shut-out officer's tokens have ended and `disabled` is set,
so it refuses them too.
"""

import sqlalchemy as sa
from alembic import op

from casetrack.storage.schema import Instant

revision = "0011_first"
down_revision = "0010_first"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("officers", sa.Column("shut_out_at", Instant()))


def downgrade() -> None:
    op.drop_column("officers", "shut_out_at")
