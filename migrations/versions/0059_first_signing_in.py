"""Signing in to pages: first half.

The release before has no pages for officers and knows nothing of these tables.
"""

import sqlalchemy as sa
from alembic import op

from casetrack.storage.schema import Instant

revision = "0059_first"
down_revision = "0056_first"
branch_labels = None
depends_on = None

_INSTANT = Instant()


def upgrade() -> None:
    op.create_table(
        "passwords",
        sa.Column("region", sa.String(16), primary_key=True),
        sa.Column("login", sa.String(64), primary_key=True),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("set_at", _INSTANT, nullable=False),
    )
    op.create_table(
        "invitations",
        sa.Column("region", sa.String(16), primary_key=True),
        sa.Column("login", sa.String(64), primary_key=True),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("made_at", _INSTANT, nullable=False),
        sa.Column("ends_at", _INSTANT, nullable=False),
        sa.UniqueConstraint("digest", name="uq_invitations_digest"),
    )
    op.create_table(
        "sessions",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("region", sa.String(16), nullable=False),
        sa.Column("login", sa.String(64), nullable=False),
        sa.Column("session", sa.String(16), nullable=False),
        sa.Column("began_at", _INSTANT, nullable=False),
        sa.Column("seen_at", _INSTANT, nullable=False),
        sa.Column("ends_at", _INSTANT, nullable=False),
        sa.Column("ended_at", _INSTANT),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("agent", sa.String(64), nullable=False),
        sa.UniqueConstraint("session", name="uq_sessions_session"),
    )
    op.create_index("ix_sessions_login", "sessions", ["region", "login"])
    op.create_index("ix_sessions_ends", "sessions", ["region", "ends_at"])
    op.create_table(
        "sign_ins",
        sa.Column("region", sa.String(16), primary_key=True),
        sa.Column("sign_in", sa.String(32), primary_key=True),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("login", sa.String(64), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("agent", sa.String(64), nullable=False),
    )
    op.create_index("ix_sign_ins_at", "sign_ins", ["region", "at", "sign_in"])


def downgrade() -> None:
    op.drop_table("sign_ins")
    op.drop_table("sessions")
    op.drop_table("invitations")
    op.drop_table("passwords")
