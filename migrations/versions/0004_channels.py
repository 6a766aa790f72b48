"""Several channels a party, messages about several events, and which templates were used."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "joined",
        sa.Column("region", sa.String(length=16), nullable=False),
        sa.Column("lane", sa.String(length=160), nullable=False),
        sa.Column("event_position", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.String(length=64), nullable=False),
        sa.Column("stream", sa.String(length=128), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("region", "lane", "event_position", name=op.f("pk_joined")),
    )
    op.create_index(
        "ix_joined_delivery", "joined", ["region", "lane", "position", "event_position"]
    )
    op.add_column("deliveries", sa.Column("next_channels", sa.String(length=64)))
    op.add_column("deliveries", sa.Column("tried", sa.Text()))
    op.add_column("deliveries", sa.Column("template", sa.String(length=96)))
    op.add_column("lanes", sa.Column("claimed", sa.BigInteger()))
    # What waits now may have been attempted before: nothing joins it.
    op.execute(
        "UPDATE lanes SET claimed = (SELECT max(position) FROM deliveries "
        "WHERE deliveries.region = lanes.region AND deliveries.lane = lanes.lane)"
    )
    op.add_column("parties", sa.Column("channels", sa.String(length=64)))
    op.execute("UPDATE parties SET channels = channel")
    op.drop_column("parties", "channel")
    op.add_column("cases", sa.Column("service_version", sa.Integer()))
    if op.get_bind().dialect.name == "postgresql":
        op.execute("UPDATE cases SET service_version = (state::json->>'service_version')::integer")
    else:
        op.execute("UPDATE cases SET service_version = json_extract(state, '$.service_version')")
    with op.batch_alter_table("cases") as cases:
        cases.alter_column("service_version", nullable=False)


def downgrade() -> None:
    op.drop_column("cases", "service_version")
    op.add_column("parties", sa.Column("channel", sa.String(length=16)))
    # The code before knows e-mail only.
    op.execute("UPDATE parties SET channel = 'email' WHERE ',' || channels || ',' LIKE '%,email,%'")
    op.drop_column("parties", "channels")
    op.drop_column("lanes", "claimed")
    op.drop_column("deliveries", "template")
    op.drop_column("deliveries", "tried")
    op.drop_column("deliveries", "next_channels")
    op.drop_table("joined")
