"""Registrars: first half. An account says whose papers it keeps, and a region what its last load said.

The release before knows no registrars: it leaves the column alone, and where it is empty nobody keeps
anything.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007_first"
down_revision = "0006_first"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("officers", sa.Column("registrar_for", sa.Text()))


def downgrade() -> None:
    op.drop_column("officers", "registrar_for")
