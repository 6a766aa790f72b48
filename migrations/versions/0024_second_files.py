"""Files that are kept: those of persons whom the release before erased meanwhile leave the store.

It destroys the key and knows of no file. What is left opens for nobody; the clock removes it.
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from casetrack.storage.schema import Instant

revision = "0024_second"
down_revision = "0023_second"
branch_labels = None
depends_on = None

_FILES = sa.table(
    "files",
    sa.column("region", sa.String()),
    sa.column("file", sa.String()),
    sa.column("text", sa.String()),
)
_TEXTS = sa.table("texts", sa.column("region", sa.String()), sa.column("text", sa.String()))
_LEAVING = sa.table(
    "leaving_files",
    sa.column("region", sa.String()),
    sa.column("file", sa.String()),
    sa.column("due_at", Instant()),
)


def upgrade() -> None:
    opened = sa.select(_TEXTS.c.text).where(
        _TEXTS.c.region == _FILES.c.region, _TEXTS.c.text == _FILES.c.text
    )
    gone = ~sa.exists(opened)
    now = sa.literal(datetime.now(UTC), Instant())
    found = sa.select(_FILES.c.region, _FILES.c.file, now).where(gone)
    op.execute(sa.insert(_LEAVING).from_select(["region", "file", "due_at"], found))
    op.execute(sa.delete(_FILES).where(gone))


def downgrade() -> None:
    pass
