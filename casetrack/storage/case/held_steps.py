"""The open steps that an officer holds."""

from sqlalchemy import Connection, Integer, String, bindparam, or_, select, text

from casetrack.storage import schema
from casetrack.storage.fixed import Fixed, ask


def held_by(connection: Connection, region: str, login: str) -> list[tuple[str, str]]:
    """Number and step of each, in order."""
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


_S, _O = schema.steps.c, schema.officers.c
_LEFT = Fixed(
    select(_S.number, _S.step)
    .where(
        _S.region == bindparam("in_region", type_=String),
        _S.assignee.in_(
            select(_O.login).where(
                _O.region == bindparam("in_region", type_=String),
                or_(_O.disabled, _O.shut_out_at.is_not(None)),
            )
        ),
        # As the partial index says it.
        text(f"steps.assignee IS NOT NULL AND steps.{schema.OPEN_STEP_SQL}"),
    )
    .limit(bindparam("most", type_=Integer))
)


def of_disabled(connection: Connection, region: str, most: int) -> list[tuple[str, str]]:
    """Number and step of what accounts hold that nobody can act by."""
    rows = ask(connection, _LEFT, {"in_region": region, "most": most})
    return [(row.number, row.step) for row in rows]
