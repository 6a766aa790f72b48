"""Numbers of products as everybody finds them: first half.

The release before draws no product up, so no row has a number yet; where a release between has made some,
`casetrack rebuild` fills them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0026_first"
down_revision = "0025_first"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("products", sa.Column("number_key", sa.String(96)))
    op.create_index("ix_products_number_key", "products", ["number_key"])


def downgrade() -> None:
    op.drop_index("ix_products_number_key", "products")
    op.drop_column("products", "number_key")
