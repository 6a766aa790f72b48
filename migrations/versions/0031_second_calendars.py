"""Limits are near when four fifths of them have gone by, and no longer three quarters: second half.

Every row of a running limit is written anew from its case; the release before would write it as it was.
"""

import json
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from casetrack.storage.schema import Instant

revision = "0031_second"
down_revision = "0028_second"
branch_labels = None
depends_on = None

_DEADLINES = sa.table(
    "deadlines",
    sa.column("region"),
    sa.column("number"),
    sa.column("step"),
    sa.column("near_at", Instant),
    sa.column("due_at", Instant),
)
_CASES = sa.table("cases", sa.column("region"), sa.column("number"), sa.column("state"))
_BATCH = 500


def upgrade() -> None:
    _write_anew(4, 5)


def downgrade() -> None:
    _write_anew(3, 4)


def _write_anew(part: int, of: int) -> None:
    connection, after = op.get_bind(), ("", "", "")
    key = sa.tuple_(_DEADLINES.c.region, _DEADLINES.c.number, _DEADLINES.c.step)
    page = (
        sa.select(_DEADLINES, _CASES.c.state)
        .join(
            _CASES,
            sa.and_(_CASES.c.region == _DEADLINES.c.region, _CASES.c.number == _DEADLINES.c.number),
        )
        .order_by(_DEADLINES.c.region, _DEADLINES.c.number, _DEADLINES.c.step)
        .limit(_BATCH)
    )
    while rows := connection.execute(page.where(key > sa.tuple_(*map(sa.literal, after)))).all():
        for row in rows:
            started = _started(json.loads(row.state), row.step)
            if started is not None:
                near = started + (row.due_at - started) * part // of
                _put(connection, row, near)
        after = rows[-1].region, rows[-1].number, rows[-1].step


def _started(state: dict[str, Any], step: str) -> datetime | None:
    clock = (state["steps"].get(step) or {}).get("clock") if step else state.get("clock")
    return datetime.fromisoformat(clock["started_at"]) if clock else None


def _put(connection: sa.Connection, row: Any, near: datetime) -> None:
    connection.execute(
        sa.update(_DEADLINES)
        .where(
            _DEADLINES.c.region == row.region,
            _DEADLINES.c.number == row.number,
            _DEADLINES.c.step == row.step,
        )
        .values(near_at=near)
    )
