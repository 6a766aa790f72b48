"""Whose erasure waits for somebody, as the rows of subjects say it."""

from datetime import datetime

from sqlalchemy import Connection, select, update

from casetrack.storage import schema
from casetrack.storage.keyset import behind
from casetrack.storage.unit_of_work import UnitOfWork


def set_waiting(uow: UnitOfWork, region: str, subject: str, since: datetime | None) -> None:
    """The erasure of a subject waits since this moment; None: it does not."""
    table = schema.subjects
    uow.execute(
        update(table)
        .where(table.c.region == region, table.c.subject == subject)
        .values(erasing_since=since)
    )


def waiting(
    connection: Connection, region: str, *, after: tuple[datetime, str] | None, limit: int
) -> list[tuple[datetime, str]]:
    """Since when and of whom an erasure waits, the longest first.

    `after` is the pair that the page before ended with.
    """
    table = schema.subjects.c
    query = select(table.erasing_since, table.subject).where(
        table.region == region, table.erasing_since.is_not(None)
    )
    if after is not None:
        query = query.where(behind((table.erasing_since, table.subject), after))
    rows = connection.execute(query.order_by(table.erasing_since, table.subject).limit(limit))
    return [(row.erasing_since, row.subject) for row in rows]
