"""Registrars: first half. An account says whose papers it keeps, and a region what its last load said.

The release before knows no registrars: it leaves the column alone, and where it is empty nobody keeps
anything.
"""

import sqlalchemy as sa
from alembic import op

from casetrack.storage.schema import Instant

revision = "0007_first"
down_revision = "0006_first"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("officers", sa.Column("registrar_for", sa.Text()))
    op.create_table(
        "loads",
        sa.Column("region", sa.String(length=16), nullable=False),
        sa.Column("files", sa.String(length=64), nullable=False),
        sa.Column("papers", sa.Text(), nullable=False),
        sa.Column("registrars", sa.Text(), nullable=False),
        sa.Column("loaded_at", Instant(length=27), nullable=False),
        sa.PrimaryKeyConstraint("region", name=op.f("pk_loads")),
    )


def downgrade() -> None:
    op.drop_table("loads")
    op.drop_column("officers", "registrar_for")
