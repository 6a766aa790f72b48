"""Products of cases, the counters of their numbers, how officers are printed: first half.

The release before knows none of it: it draws nothing up, and keeps what a case's state says of products.
"""

import sqlalchemy as sa
from alembic import op

from casetrack.storage.schema import Instant

revision = "0023_first"
down_revision = "0022_first"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "products",
        sa.Column("region", sa.String(16), nullable=False),
        sa.Column("number", sa.String(32), nullable=False),
        sa.Column("product", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("printed_number", sa.String(96)),
        sa.Column("pattern", sa.String(64)),
        sa.Column("year", sa.Integer()),
        sa.Column("serial", sa.Integer()),
        sa.Column("expires_at", Instant()),
        sa.Column("hand_over_due", Instant()),
        sa.PrimaryKeyConstraint("region", "number", "product", name="pk_products"),
        sa.UniqueConstraint("region", "product", name="uq_products_region_product"),
        sa.UniqueConstraint(
            "region", "pattern", "year", "serial", name="uq_products_region_pattern_year_serial"
        ),
    )
    op.create_index("ix_products_printed_number", "products", ["region", "printed_number"])
    _partial("ix_products_expire", "expires_at")
    _partial("ix_products_hand_over", "hand_over_due")
    op.create_table(
        "product_counters",
        sa.Column("region", sa.String(16), nullable=False),
        sa.Column("pattern", sa.String(64), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("region", "pattern", "year", name="pk_product_counters"),
    )
    op.create_table(
        "officer_profiles",
        sa.Column("region", sa.String(16), nullable=False),
        sa.Column("login", sa.String(64), nullable=False),
        sa.Column("since", sa.String(10), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("region", "login", "since", name="pk_officer_profiles"),
    )


def _partial(name: str, column: str) -> None:
    """An index of the rows in which the moment is there."""
    there = sa.text(f"{column} IS NOT NULL")
    op.create_index(
        name, "products", ["region", column], postgresql_where=there, sqlite_where=there
    )


def downgrade() -> None:
    op.drop_table("officer_profiles")
    op.drop_table("product_counters")
    op.drop_table("products")
