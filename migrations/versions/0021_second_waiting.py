"""Erasures that wait: since when, of those that the release before asked for or decided."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op

from casetrack.storage.schema import Instant

revision = "0021_second"
down_revision = "0020_second"
branch_labels = None
depends_on = None

_ABOUT = "casetrack.subject.erasure_"
_ENDS = (_ABOUT + "declined", "casetrack.subject.erased")
_BEGINS = (_ABOUT + "asked", _ABOUT + "refused")

_EVENTS = sa.table(
    "events",
    sa.column("region", sa.String()),
    sa.column("stream", sa.String()),
    sa.column("id", sa.BigInteger()),
    sa.column("type", sa.String()),
    sa.column("recorded_at", Instant()),
)
_SUBJECTS = sa.table(
    "subjects",
    sa.column("region", sa.String()),
    sa.column("subject", sa.String()),
    sa.column("erasing_since", Instant()),
)


def upgrade() -> None:
    connection = op.get_bind()
    query = (
        sa.select(_EVENTS.c.region, _EVENTS.c.stream, _EVENTS.c.type, _EVENTS.c.recorded_at)
        .where(_EVENTS.c.type.in_([*_BEGINS, *_ENDS]))
        .order_by(_EVENTS.c.id)
    )
    since: dict[tuple[str, str], datetime | None] = {}
    for row in connection.execute(query):
        since[row.region, row.stream.partition("/")[2]] = (
            row.recorded_at if row.type in _BEGINS else None
        )
    for (region, subject), moment in since.items():
        connection.execute(
            sa.update(_SUBJECTS)
            .where(_SUBJECTS.c.region == region, _SUBJECTS.c.subject == subject)
            .values(erasing_since=moment)
        )


def downgrade() -> None:
    pass
