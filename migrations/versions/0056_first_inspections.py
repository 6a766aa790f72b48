"""When the applicant is reminded of an inspection: first half.

Fold 10. The release before writes nothing into it.
"""

import sqlalchemy as sa
from alembic import op

from casetrack.storage.schema import Instant

revision = "0056_first"
down_revision = "0055_first"
branch_labels = None
depends_on = None

_TOLD = sa.text("inspection_told_at IS NOT NULL")


def upgrade() -> None:
    op.add_column("cases", sa.Column("inspection_told_at", Instant()))
    op.create_index(
        "ix_cases_inspection",
        "cases",
        ["region", "inspection_told_at"],
        postgresql_where=_TOLD,
        sqlite_where=_TOLD,
    )


def downgrade() -> None:
    op.drop_index("ix_cases_inspection", "cases")
    op.drop_column("cases", "inspection_told_at")
