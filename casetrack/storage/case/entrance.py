"""Who calls and the case that they name, in one read: what every request about a case begins with."""

from typing import Any

from sqlalchemy import Connection, Select, bindparam

from casetrack.storage import schema
from casetrack.storage.case.queries import CaseRow, case_row
from casetrack.storage.fixed import Fixed, ask
from casetrack.storage.people import tokens
from casetrack.storage.people.tokens import Bearer


def _with_case(who: Select[Any]) -> Select[Any]:
    of, cases, regions = schema.tokens.c, schema.cases, schema.regions
    return (
        who.add_columns(
            cases.c.state, cases.c.opened_id, regions.c.revision, regions.c.register_revision
        )
        .join(regions, regions.c.region == of.region)
        .outerjoin(cases, (cases.c.region == of.region) & (cases.c.number == bindparam("number")))
    )


_BOTH = Fixed(_with_case(tokens.who()), sqlite=_with_case(tokens.who(sqlite=True)))


def bearer_and_case(
    connection: Connection, digest: str, number: str
) -> tuple[Bearer, CaseRow | None] | None:
    """Who is behind a token, and the case of this number in their region; None without a bearer."""
    rows = ask(connection, _BOTH, {"digest": digest, "number": number})
    if not rows:
        return None
    return tokens.bearer_of(rows[0]), case_row(rows[0]) if rows[0].state is not None else None
