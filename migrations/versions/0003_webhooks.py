"""Subscriptions, what was sent again and why, and lanes that take turns queue by queue."""

import sqlalchemy as sa
from alembic import op

from casetrack.storage.schema import Instant

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_DUE = sa.text("due_at IS NOT NULL")
_LEASED = sa.text("lease_until IS NOT NULL")
_IN_PERSON = sa.text(
    "state IN ('not_possible', 'given_up') AND channel NOT IN ('webhook', 'owner')"
)
_WEBHOOK = sa.text("channel = 'webhook'")


def _index(name: str, table: str, columns: list[str], where: sa.TextClause) -> None:
    op.create_index(name, table, columns, postgresql_where=where, sqlite_where=where)


def upgrade() -> None:
    op.create_table(
        "subscriptions",
        sa.Column("region", sa.String(length=16), nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("agency", sa.String(length=64), nullable=True),
        sa.Column("created_by", sa.String(length=64), nullable=False),
        sa.Column("created_at", Instant(length=27), nullable=False),
        sa.Column("types", sa.Text(), nullable=False),
        sa.Column("service", sa.String(length=64), nullable=True),
        sa.Column("url", sa.String(length=2048), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("mail", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("why", sa.String(length=16), nullable=True),
        sa.Column("state_since", Instant(length=27), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since", Instant(length=27), nullable=True),
        sa.Column("rests_until", Instant(length=27), nullable=True),
        sa.Column("slow", sa.Boolean(), nullable=False),
        sa.Column("last_error", sa.String(length=200), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("region", "id", name=op.f("pk_subscriptions")),
    )
    op.create_table(
        "resends",
        sa.Column("region", sa.String(length=16), nullable=False),
        sa.Column("resend", sa.String(length=32), nullable=False),
        sa.Column("subscription", sa.String(length=16), nullable=False),
        sa.Column("login", sa.String(length=64), nullable=True),
        sa.Column("at", Instant(length=27), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("region", "resend", name=op.f("pk_resends")),
    )
    op.add_column("lanes", sa.Column("queue", sa.String(length=16), nullable=True))
    op.execute("UPDATE lanes SET queue = CASE WHEN lane LIKE '%/log' THEN 'file' ELSE 'email' END")
    with op.batch_alter_table("lanes") as lanes:
        lanes.alter_column("queue", existing_type=sa.String(length=16), nullable=False)
    op.drop_index("ix_lanes_due", table_name="lanes")
    _index("ix_lanes_due", "lanes", ["region", "queue", "due_at"], _DUE)
    _index("ix_lanes_leased", "lanes", ["region", "queue", "lease_until"], _LEASED)
    _index("ix_deliveries_in_person", "deliveries", ["region", "position"], _IN_PERSON)
    _index("ix_deliveries_webhook", "deliveries", ["region", "role", "state", "position"], _WEBHOOK)


def downgrade() -> None:
    # The release before knows no carrier of webhooks: what waits for an endpoint goes with it.
    op.execute("DELETE FROM deliveries WHERE channel IN ('webhook', 'owner')")
    op.execute("DELETE FROM lanes WHERE queue NOT IN ('email', 'file')")
    op.drop_index("ix_deliveries_webhook", table_name="deliveries")
    op.drop_index("ix_deliveries_in_person", table_name="deliveries")
    op.drop_index("ix_lanes_leased", table_name="lanes")
    op.drop_index("ix_lanes_due", table_name="lanes")
    with op.batch_alter_table("lanes") as lanes:
        lanes.drop_column("queue")
    _index("ix_lanes_due", "lanes", ["due_at"], _DUE)
    op.drop_table("resends")
    op.drop_table("subscriptions")
