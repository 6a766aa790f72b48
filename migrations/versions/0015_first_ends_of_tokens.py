"""Tokens end, and say when they were last used: first half, applied while the release before still runs.

Tokens that are there get ninety days. The release before knows no end and leaves it open; the second half
gives these theirs.
"""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

from casetrack.storage.schema import Instant

revision = "0015_first"
down_revision = "0014_first"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tokens", sa.Column("ends_at", Instant()))
    op.add_column("tokens", sa.Column("used_at", Instant()))
    op.create_index("ix_tokens_ends", "tokens", ["region", "ends_at"])
    tokens = sa.table("tokens", sa.column("ends_at", Instant()))
    end = datetime.now(UTC) + timedelta(days=90)
    op.get_bind().execute(sa.update(tokens).values(ends_at=end))


def downgrade() -> None:
    op.drop_index("ix_tokens_ends", "tokens")
    op.drop_column("tokens", "used_at")
    op.drop_column("tokens", "ends_at")
