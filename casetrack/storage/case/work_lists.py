"""What is to be done: the open steps of an agency."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, select, tuple_

from casetrack.storage import schema


@dataclass(frozen=True, slots=True)
class WorkRow:
    """One open step on a worklist, with its case's JSON."""

    number: str
    step: str
    urgent_at: datetime
    document: dict[str, Any]


def open_work(
    connection: Connection,
    region: str,
    agency: str,
    *,
    after: tuple[datetime, str, str] | None,
    limit: int,
) -> list[WorkRow]:
    """Open steps of an agency, most urgent first, those without a limit last."""
    steps = schema.steps.c
    query = (
        select(steps.number, steps.step, steps.urgent_at, schema.cases.c.state)
        .join(
            schema.cases,
            and_(
                schema.cases.c.region == schema.steps.c.region,
                schema.cases.c.number == schema.steps.c.number,
            ),
        )
        .where(
            steps.region == region,
            steps.agency == agency,
            schema.is_one_of(steps.status, schema.OPEN_STEPS),
        )
    )
    if after is not None:
        moment, number, step = after
        query = query.where(
            tuple_(steps.urgent_at, steps.number, steps.step)
            > tuple_(
                *[
                    bindparam(f"after_{name}", value, type_=column.type)
                    for name, value, column in (
                        ("urgent", moment, steps.urgent_at),
                        ("number", number, steps.number),
                        ("step", step, steps.step),
                    )
                ]
            )
        )
    query = query.order_by(steps.urgent_at, steps.number, steps.step).limit(limit)
    return [
        WorkRow(row.number, row.step, row.urgent_at, json.loads(row.state))
        for row in connection.execute(query)
    ]
