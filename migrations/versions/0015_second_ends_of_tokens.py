"""Tokens end: second half. Those that the release before made during the upgrade get ninety days too."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

from casetrack.storage.schema import Instant

revision = "0015_second"
down_revision = "0014_second"
branch_labels = None
depends_on = None


def upgrade() -> None:
    tokens = sa.table("tokens", sa.column("ends_at", Instant()))
    end = datetime.now(UTC) + timedelta(days=90)
    op.get_bind().execute(sa.update(tokens).where(tokens.c.ends_at.is_(None)).values(ends_at=end))


def downgrade() -> None:
    pass
