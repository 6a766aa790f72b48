"""One number, one person: what the release before left of persons that it erased goes too."""

from alembic import op

revision = "0008_second"
down_revision = "0007_second"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "UPDATE subjects SET nik_asked = NULL, identity_question = NULL WHERE wrapped_key IS NULL"
    )


def downgrade() -> None:
    pass
