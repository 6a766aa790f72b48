"""Accounts with several roles; a renaming is found with the paper that it rests on.

The release before writes one role, and renamings without the key of their paper: the second half looks
again.
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0010_first"
down_revision = "0008_first"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("officers", sa.Column("roles", sa.Text(), nullable=True))
    _bring_papers_of_renamings()


def downgrade() -> None:
    op.drop_column("officers", "roles")


def _bring_papers_of_renamings() -> None:
    """A key of each position for the instruments by which it was ever renamed."""
    connection = op.get_bind()
    rows = connection.execute(
        sa.text(
            "SELECT region, document FROM register_entries "
            "WHERE kind = 'renaming' AND confirmed_id IS NOT NULL"
        )
    )
    for region, document in rows.all():
        said = json.loads(document)
        connection.execute(
            sa.text(
                "INSERT INTO register_keys (region, key, kind, entry) "
                "VALUES (:region, :key, 'instrument', :entry) ON CONFLICT DO NOTHING"
            ),
            {
                "region": region,
                "key": f"position:{said['position']}",
                "entry": said["basis"]["instrument"],
            },
        )
