"""When the applicant of a case that was sent back is told that it may lapse: first half.

Fold 9. The release before writes nothing into it.
"""

import sqlalchemy as sa
from alembic import op

from casetrack.storage.schema import Instant

revision = "0055_first"
down_revision = "0054_first"
branch_labels = None
depends_on = None

_TOLD = sa.text("lapse_told_at IS NOT NULL")


def upgrade() -> None:
    op.add_column("cases", sa.Column("lapse_told_at", Instant()))
    op.create_index(
        "ix_cases_lapse",
        "cases",
        ["region", "lapse_told_at"],
        postgresql_where=_TOLD,
        sqlite_where=_TOLD,
    )


def downgrade() -> None:
    op.drop_index("ix_cases_lapse", "cases")
    op.drop_column("cases", "lapse_told_at")
