"""Looks at a person in full, with a reason: first half, applied while the release before still runs.

The release before leaves the columns empty, as it unmasks nobody.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017_first"
down_revision = "0016_first"
branch_labels = None
depends_on = None

_COLUMNS = (("party", 16), ("reason", 32), ("letter", 64), ("letter_until", 10))


def upgrade() -> None:
    for name, length in _COLUMNS:
        op.add_column("readings", sa.Column(name, sa.String(length)))


def downgrade() -> None:
    for name, _ in reversed(_COLUMNS):
        op.drop_column("readings", name)
