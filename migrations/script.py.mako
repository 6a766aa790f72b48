"""${message}

A release before this one must still run on the schema after it: add first, remove a release later.
On SQLite a changed table loses its triggers: make them again (casetrack.storage.triggers).
"""

from alembic import op
import sqlalchemy as sa
${imports if imports else ""}

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    ${downgrades if downgrades else "pass"}
