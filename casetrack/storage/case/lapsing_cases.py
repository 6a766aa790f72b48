"""Cases that were sent back and whose applicants are to be told that they may lapse."""

from datetime import datetime

from sqlalchemy import Connection, Integer, bindparam, select

from casetrack.storage import schema
from casetrack.storage.fixed import Fixed, ask

_C = schema.cases.c
_NEAR = Fixed(
    select(_C.number)
    .where(
        _C.region == bindparam("region"),
        _C.lapse_told_at <= bindparam("now", type_=schema.Instant),
    )
    .order_by(_C.lapse_told_at)
    .limit(bindparam("limit", type_=Integer))
)


def near(connection: Connection, region: str, now: datetime, limit: int) -> list[str]:
    """So many numbers of a region's, the longest due first."""
    return [
        row.number for row in ask(connection, _NEAR, {"region": region, "now": now, "limit": limit})
    ]
