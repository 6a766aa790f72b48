"""Cases whose applicants are to be told: that they may lapse, or of an inspection."""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Integer, bindparam, select

from casetrack.storage import schema
from casetrack.storage.fixed import Fixed, ask

_C = schema.cases.c


def _first(by: ColumnElement[datetime]) -> Fixed:
    now = bindparam("now", type_=schema.Instant)
    return Fixed(
        select(_C.number)
        .where(_C.region == bindparam("region"), by <= now)
        .order_by(by)
        .limit(bindparam("limit", type_=Integer))
    )


_NEAR = _first(_C.lapse_told_at)
_INSPECTED = _first(_C.inspection_told_at)


def near(connection: Connection, region: str, now: datetime, limit: int) -> list[str]:
    """So many numbers of a region's that may lapse, the longest due first."""
    return [
        row.number for row in ask(connection, _NEAR, {"region": region, "now": now, "limit": limit})
    ]


def inspected(connection: Connection, region: str, now: datetime, limit: int) -> list[str]:
    """So many of which an inspection is near."""
    found = ask(connection, _INSPECTED, {"region": region, "now": now, "limit": limit})
    return [row.number for row in found]
