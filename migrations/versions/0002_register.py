"""The authority register, the decisions taken under it, and what each rests on."""

import sqlalchemy as sa
from alembic import op

from casetrack.storage.schema import Instant

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("officers", sa.Column("nik_index", sa.String(length=64), nullable=True))
    op.create_table(
        "decision_links",
        sa.Column("region", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("entry", sa.String(length=64), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("region", "kind", "entry", "id", name=op.f("pk_decision_links")),
    )
    op.create_index(
        "ix_decision_links_number", "decision_links", ["region", "number"], unique=False
    )
    op.create_table(
        "decisions",
        sa.Column("region", sa.String(length=16), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("step", sa.String(length=64), nullable=True),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("service", sa.String(length=64), nullable=False),
        sa.Column("scheme", sa.String(length=16), nullable=False),
        sa.Column("officer", sa.String(length=64), nullable=False),
        sa.Column("position", sa.String(length=64), nullable=True),
        sa.Column("form", sa.String(length=16), nullable=True),
        sa.Column("occurred_at", Instant(), nullable=False),
        sa.Column("questioned", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("region", "number", "version", name=op.f("pk_decisions")),
    )
    op.create_index(
        "ix_decisions_acting",
        "decisions",
        ["region", "id"],
        unique=False,
        postgresql_where=sa.text("form IN ('plt', 'plh', 'pj')"),
        sqlite_where=sa.text("form IN ('plt', 'plh', 'pj')"),
    )
    op.create_index("ix_decisions_newest", "decisions", ["region", "id"], unique=False)
    op.create_index(
        "ix_decisions_questioned",
        "decisions",
        ["region", "id"],
        unique=False,
        postgresql_where=sa.text("questioned IS NOT NULL"),
        sqlite_where=sa.text("questioned IS NOT NULL"),
    )
    op.create_table(
        "register_entries",
        sa.Column("region", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("entry", sa.String(length=64), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("entered_by", sa.String(length=64), nullable=False),
        sa.Column("confirmed_by", sa.String(length=64), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("drafted_at", Instant(), nullable=False),
        sa.Column("confirmed_id", sa.BigInteger(), nullable=True),
        sa.Column("confirmed_at", Instant(), nullable=True),
        sa.Column("superseded_id", sa.BigInteger(), nullable=True),
        sa.Column("superseded_at", Instant(), nullable=True),
        sa.Column("until", sa.String(length=10), nullable=True),
        sa.PrimaryKeyConstraint(
            "region", "kind", "entry", "revision", name=op.f("pk_register_entries")
        ),
    )
    op.create_index(
        "ix_register_entries_drafts",
        "register_entries",
        ["region", "drafted_at"],
        unique=False,
        postgresql_where=sa.text("state = 'drafted'"),
        sqlite_where=sa.text("state = 'drafted'"),
    )
    op.create_table(
        "register_keys",
        sa.Column("region", sa.String(length=16), nullable=False),
        sa.Column("key", sa.String(length=96), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("entry", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("region", "key", "kind", "entry", name=op.f("pk_register_keys")),
    )
    op.create_table(
        "reviews",
        sa.Column("region", sa.String(length=16), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("entry", sa.String(length=64), nullable=False),
        sa.Column("after", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("region", "id", name=op.f("pk_reviews")),
    )


def downgrade() -> None:
    op.drop_column("officers", "nik_index")
    op.drop_table("reviews")
    op.drop_table("register_keys")
    op.drop_index(
        "ix_register_entries_drafts",
        table_name="register_entries",
        postgresql_where=sa.text("state = 'drafted'"),
        sqlite_where=sa.text("state = 'drafted'"),
    )
    op.drop_table("register_entries")
    op.drop_index(
        "ix_decisions_questioned",
        table_name="decisions",
        postgresql_where=sa.text("questioned IS NOT NULL"),
        sqlite_where=sa.text("questioned IS NOT NULL"),
    )
    op.drop_index("ix_decisions_newest", table_name="decisions")
    op.drop_index(
        "ix_decisions_acting",
        table_name="decisions",
        postgresql_where=sa.text("form IN ('plt', 'plh', 'pj')"),
        sqlite_where=sa.text("form IN ('plt', 'plh', 'pj')"),
    )
    op.drop_table("decisions")
    op.drop_index("ix_decision_links_number", table_name="decision_links")
    op.drop_table("decision_links")
