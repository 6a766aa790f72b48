"""What the release before wrote meanwhile: renamings without the key of their paper.

From here on a grant may bar its giver or name its steps: every release that runs reads that.
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0010_second"
down_revision = "0008_second"
branch_labels = None
depends_on = None


def upgrade() -> None:
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


def downgrade() -> None:
    pass
