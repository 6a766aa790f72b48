"""Complaints and their sealed texts: first half.

The release before takes none in.
"""

import sqlalchemy as sa
from alembic import op

from casetrack.storage.schema import Instant

revision = "0048_first"
down_revision = "0047_first"
branch_labels = None
depends_on = None

_INSTANT = Instant()
_OF_SUBJECT = sa.text("subject IS NOT NULL")
_WATCHED = sa.text("watch_at IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "complaints",
        sa.Column("region", sa.String(16), primary_key=True),
        sa.Column("complaint", sa.String(32), primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("limit_kind", sa.String(16), nullable=False),
        sa.Column("way", sa.String(16), nullable=False),
        sa.Column("agency", sa.String(64), nullable=False),
        sa.Column("case_number", sa.String(32)),
        sa.Column("about_agency", sa.String(64)),
        sa.Column("about_officer", sa.String(64)),
        sa.Column("subject", sa.String(32)),
        sa.Column("wrapped_key", sa.LargeBinary),
        sa.Column("named", sa.Boolean, nullable=False),
        sa.Column("access_digest", sa.String(64), nullable=False),
        sa.Column("received_at", _INSTANT, nullable=False),
        sa.Column("received_by", sa.String(64)),
        sa.Column("reaction_due_at", _INSTANT, nullable=False),
        sa.Column("answer_due_at", _INSTANT, nullable=False),
        sa.Column("reacted_at", _INSTANT),
        sa.Column("answered_at", _INSTANT),
        sa.Column("closed_at", _INSTANT),
        sa.Column("closed_as", sa.String(16)),
        sa.Column("outside", sa.Text, nullable=False),
        sa.Column("corrective", sa.Text, nullable=False),
        sa.Column("told", sa.Text, nullable=False),
        sa.Column("watch_at", _INSTANT),
    )
    op.create_index(
        "ix_complaints_agency", "complaints", ["region", "agency", "received_at", "complaint"]
    )
    op.create_index("ix_complaints_received", "complaints", ["region", "received_at", "complaint"])
    op.create_index(
        "ix_complaints_subject",
        "complaints",
        ["region", "subject"],
        postgresql_where=_OF_SUBJECT,
        sqlite_where=_OF_SUBJECT,
    )
    op.create_index(
        "ix_complaints_watch",
        "complaints",
        ["region", "watch_at", "complaint"],
        postgresql_where=_WATCHED,
        sqlite_where=_WATCHED,
    )
    op.create_table(
        "complaint_texts",
        sa.Column("region", sa.String(16), primary_key=True),
        sa.Column("text", sa.String(32), primary_key=True),
        sa.Column("complaint", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_complaint_texts_complaint", "complaint_texts", ["region", "complaint"])


def downgrade() -> None:
    op.drop_table("complaint_texts")
    op.drop_table("complaints")
