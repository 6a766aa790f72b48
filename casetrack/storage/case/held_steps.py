"""The open steps that an officer holds."""

from sqlalchemy import Connection, select

from casetrack.storage import schema


def held_by(connection: Connection, region: str, login: str) -> list[tuple[str, str]]:
    """Number and step of each, in order. Reads every open step of the region: for what is seldom done."""
    table = schema.steps.c
    rows = connection.execute(
        select(table.number, table.step)
        .where(
            table.region == region,
            table.assignee == login,
            schema.is_one_of(table.status, schema.OPEN_STEPS),
        )
        .order_by(table.number, table.step)
    )
    return [(row.number, row.step) for row in rows]
