"""People of a case who come and leave: first half, applied while the release before still runs.

The release before leaves the columns empty: to it nobody's power ends, and nobody is silenced.
"""

import sqlalchemy as sa
from alembic import op

from casetrack.storage.schema.metadata import Instant

revision = "0020_first"
down_revision = "0019_first"
branch_labels = None
depends_on = None

_COLUMNS = (("until", Instant()), ("silenced", sa.Boolean()), ("hears", sa.Integer()))


def upgrade() -> None:
    for name, kind in _COLUMNS:
        op.add_column("parties", sa.Column(name, kind))
    there = sa.text("until IS NOT NULL")
    op.create_index(
        "ix_parties_until",
        "parties",
        ["region", "until"],
        postgresql_where=there,
        sqlite_where=there,
    )


def downgrade() -> None:
    op.drop_index("ix_parties_until", "parties")
    for name, _ in reversed(_COLUMNS):
        op.drop_column("parties", name)
