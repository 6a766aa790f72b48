"""Registrars by paper: second half. It changes no table.

From here on the register takes papers that make a registrar, which the release before does not read.
The command that applies this half enters what accounts said until now, as events are made by the code
(casetrack.usecases.authority.first_registrars).
"""

revision = "0019_second"
down_revision = "0018_second"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
