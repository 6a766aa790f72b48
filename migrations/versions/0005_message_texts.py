"""A region's own texts of messages, edition by edition."""

import sqlalchemy as sa
from alembic import op

from casetrack.storage.schema import Instant

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "message_texts",
        sa.Column("region", sa.String(length=16), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("loaded_at", Instant(length=27), nullable=False),
        sa.PrimaryKeyConstraint("region", "edition", "name", name=op.f("pk_message_texts")),
    )


def downgrade() -> None:
    # Until the code before loads its files again, a region's document names an edition that it ignores.
    op.drop_table("message_texts")
