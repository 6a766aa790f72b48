"""One number, one person: a NIK that another has, and whether somebody is still to say who it is.

The release before fills neither and reads neither.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008_first"
down_revision = "0007_first"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("subjects", sa.Column("nik_asked", sa.String(length=64), nullable=True))
    op.add_column("subjects", sa.Column("identity_question", sa.Boolean(), nullable=True))
    op.create_index("ix_subjects_nik_asked", "subjects", ["region", "nik_asked"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_subjects_nik_asked", table_name="subjects")
    op.drop_column("subjects", "identity_question")
    op.drop_column("subjects", "nik_asked")
