"""Signatures that the clock tries again, and who vouches for a certificate: first half.

The release before neither reads nor writes it.
"""

import sqlalchemy as sa
from alembic import op

from casetrack.storage.schema import Instant

revision = "0033_first"
down_revision = "0032_first"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("signings", sa.Column("provider", sa.String(64)))
    op.add_column("signings", sa.Column("tries", sa.Integer()))
    op.add_column("signings", sa.Column("next_try_at", Instant()))
    op.add_column("signings", sa.Column("number", sa.String(32)))


def downgrade() -> None:
    op.drop_column("signings", "number")
    op.drop_column("signings", "next_try_at")
    op.drop_column("signings", "tries")
    op.drop_column("signings", "provider")
