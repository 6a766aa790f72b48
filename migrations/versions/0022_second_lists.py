"""The feed of an agency: which agencies every event of the ledger concerns. Second half.

What the release before has numbered says it of nobody, so everything is looked at, whoever numbered it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0022_second"
down_revision = "0021_second"
branch_labels = None
depends_on = None

#: Positions that go in at once.
_PAGE = 50_000
#: What stands before a case's number in the names of the streams beside its own.
_BESIDE = ("deadline/", "refusal/", "authority/", "waiting/")

_LAST = sa.text("SELECT region, max(position) AS last FROM ledger GROUP BY region")
_HERE = "WHERE ledger.region = :region AND ledger.position > :after AND ledger.position <= :until"
_INTO = "INSERT INTO ledger_agencies (region, agency, position) "
_OF_CASES = (
    "SELECT DISTINCT ledger.region, steps.agency, ledger.position FROM ledger "
    "JOIN steps ON steps.region = ledger.region AND steps.number = substr(ledger.stream, :begins) "
)
_OF_SUBSCRIPTIONS = (
    "SELECT ledger.region, subscriptions.agency, ledger.position FROM ledger "
    "JOIN subscriptions ON subscriptions.region = ledger.region "
    "AND subscriptions.id = substr(ledger.stream, :begins) "
    "AND subscriptions.agency IS NOT NULL "
)
_OF_AGENCIES = "SELECT ledger.region, substr(ledger.stream, :begins), ledger.position FROM ledger "
_BEGINS_SO = " AND substr(ledger.stream, 1, :begins - 1) = :kind"
_ITS_OWN = " AND ledger.stream NOT LIKE '%/%'"


def upgrade() -> None:
    connection = op.get_bind()
    for region, last in connection.execute(_LAST).all():
        for after in range(0, last, _PAGE):
            _fill(connection, {"region": region, "after": after, "until": after + _PAGE})
    # The index of the release before, in whose order no list is walked any more.
    op.drop_index("ix_deadlines_region", table_name="deadlines")


def downgrade() -> None:
    op.create_index("ix_deadlines_region", "deadlines", ["region", "due_at"])


def _fill(connection: sa.Connection, place: dict[str, object]) -> None:
    _put(connection, _OF_CASES + _HERE + _ITS_OWN, {**place, "begins": 1})
    for kind in _BESIDE:
        _put(connection, _OF_CASES + _HERE + _BEGINS_SO, _behind(kind, place))
    _put(connection, _OF_SUBSCRIPTIONS + _HERE + _BEGINS_SO, _behind("webhook/", place))
    _put(connection, _OF_AGENCIES + _HERE + _BEGINS_SO, _behind("agency/", place))


def _behind(kind: str, place: dict[str, object]) -> dict[str, object]:
    return {**place, "begins": len(kind) + 1, "kind": kind}


def _put(connection: sa.Connection, select: str, values: dict[str, object]) -> None:
    # Those that the new release has numbered are there.
    connection.execute(sa.text(_INTO + select + " ON CONFLICT DO NOTHING"), values)
