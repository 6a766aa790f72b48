"""Lists of the counter: second half. Every case that is not over gets its counter and its task.

A case that the release before went on with says what was so before: all of them are looked at again.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from casetrack.storage.schema import Instant

revision = "0014_second"
down_revision = "0013_second"
branch_labels = None
depends_on = None

_OPEN = ("submitted", "in_progress", "returned")
_DECIDED = ("granted", "refused")
_ENDED = ("completed", "skipped", "no_opinion", "refused", "cancelled")
_PAGE = 1000

_REGIONS = sa.text("SELECT region FROM regions")
#: By their index: of millions of cases some thousands are not over.
_CASES = sa.text(
    "SELECT region, number, opened_id, status, service, service_version, state FROM cases "
    "WHERE region = :region AND status = :status AND opened_id > :after "
    "ORDER BY opened_id LIMIT :page"
)
_FILL = sa.text(
    "UPDATE cases SET counter = :counter, task = :task, opened_at = :opened_at, "
    "waiting_for = :waiting_for WHERE region = :region AND number = :number"
).bindparams(sa.bindparam("opened_at", type_=Instant()))
_OVER = sa.text(
    "UPDATE cases SET counter = NULL, task = NULL, opened_at = NULL, waiting_for = NULL "
    "WHERE counter IS NOT NULL "
    "AND status NOT IN ('submitted', 'in_progress', 'returned', 'granted', 'refused')"
)


def upgrade() -> None:
    connection = op.get_bind()
    connection.execute(_OVER)
    definitions = _definitions(connection)
    for region in connection.execute(_REGIONS).scalars().all():
        for status in (*_OPEN, *_DECIDED):
            _fill(connection, definitions, region, status)


def downgrade() -> None:
    pass


def _fill(connection: sa.Connection, definitions: Any, region: str, status: str) -> None:
    place = {"region": region, "status": status, "page": _PAGE}
    after = 0
    while rows := connection.execute(_CASES, {**place, "after": after}).all():
        filled = [
            {"region": row.region, "number": row.number, **work}
            for row in rows
            if (work := _work(row, definitions)) is not None
        ]
        if filled:
            connection.execute(_FILL, filled)
        after = rows[-1].opened_id


def _definitions(connection: sa.Connection) -> dict[tuple[str, str, int], Any]:
    rows = connection.execute(
        sa.text("SELECT region, service, version, document FROM service_versions")
    )
    return {(row.region, row.service, row.version): json.loads(row.document) for row in rows}


def _work(row: Any, definitions: Mapping[tuple[str, str, int], Any]) -> dict[str, Any] | None:
    """What the counter has to do, by the rules of this release."""
    definition = definitions.get((row.region, row.service, row.service_version))
    if definition is None:
        return None
    state = json.loads(row.state)
    steps = definition["steps"]
    root = next(step for step in steps if not step.get("after"))
    return {
        "counter": root["agency"],
        "task": _task(row.status, state, steps, root["id"]),
        "opened_at": datetime.fromisoformat(state["opened_at"]).astimezone(UTC),
        "waiting_for": state["waiting_for"],
    }


def _task(status: str, state: Any, steps: Any, root: str) -> str | None:
    reached = {name: step["status"] for name, step in state["steps"].items()}
    if status in _DECIDED:
        ready = all(
            step.get("optional") or step["kind"] == "hand_over" or reached[step["id"]] in _ENDED
            for step in steps
        )
        return "hand_over" if ready else None
    if any(not defect["sent"] for defect in state["defects"]):
        return "send_back"
    return "check" if reached[root] in ("ready", "in_progress") else None
