"""Which case names which other one, as rows: second half.

Every case that says so in its state gets its rows; those that are there already stay.
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0035_second"
down_revision = "0033_second"
branch_labels = None
depends_on = None

_CASES = sa.table("cases", sa.column("region"), sa.column("number"), sa.column("state"))
_LINKS = sa.table(
    "case_links",
    sa.column("region"),
    sa.column("number"),
    sa.column("kind"),
    sa.column("other"),
)
_BATCH = 500


def upgrade() -> None:
    connection, after = op.get_bind(), ("", "")
    key = sa.tuple_(_CASES.c.region, _CASES.c.number)
    page = (
        sa.select(_CASES)
        .where(_CASES.c.state.like('%"links":%'))
        .order_by(_CASES.c.region, _CASES.c.number)
        .limit(_BATCH)
    )
    while rows := connection.execute(page.where(key > sa.tuple_(*map(sa.literal, after)))).all():
        for row in rows:
            _fill(connection, row.region, row.number, json.loads(row.state).get("links", ()))
        after = rows[-1].region, rows[-1].number


def downgrade() -> None:
    pass


def _fill(connection: sa.Connection, region: str, number: str, links: list[dict[str, str]]) -> None:
    for link in links:
        values = {"region": region, "number": number, "kind": link["kind"], "other": link["number"]}
        there = sa.select(_LINKS.c.number).where(
            *(_LINKS.c[name] == value for name, value in values.items())
        )
        if connection.execute(there).first() is None:
            connection.execute(sa.insert(_LINKS).values(values))
