"""Parties who are still told, and whose power is over."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from casetrack.storage import schema


def powers_over(connection: Connection, region: str, now: datetime, limit: int) -> list[str]:
    """Numbers of cases in which a representative's last day has passed, longest ago first."""
    table = schema.parties.c
    rows = connection.execute(
        select(table.number)
        .where(
            table.region == region,
            table.until <= now,
            table.role == "representative",
            table.silenced.is_(None),
        )
        .order_by(table.until)
        .limit(limit)
    )
    return list(rows.scalars())


def is_told(now: Any) -> ColumnElement[bool]:
    """In a query of parties: whether they are still told, their power not over and they not silenced."""
    parties = schema.parties.c
    return and_(parties.silenced.is_(None), or_(parties.until.is_(None), parties.until > now))
