"""The limits of an agency that are near or were missed, the longest first, for the mail of the day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Integer, and_, bindparam, or_, select

from casetrack.storage import schema
from casetrack.storage.fixed import Fixed, ask_all


@dataclass(frozen=True, slots=True)
class NearLimit:
    """A limit that runs and is near, or was missed; `step` is empty for the case's own."""

    number: str
    step: str
    due_at: datetime
    service: str
    version: int
    assignee: str | None


_D, _C, _S = schema.deadlines.c, schema.cases.c, schema.steps.c
#: While a case waits for these its clock stands still.
_STANDS = ("applicant", "payment", "external_system", "court")
_AT_COUNTER = and_(
    _D.step == "", _D.agency != bindparam("agency"), _C.counter == bindparam("agency")
)


def _limits(whose: ColumnElement[bool]) -> Fixed:
    """Limits that are near by a moment, those that are over the longest first."""
    return Fixed(
        select(_D.number, _D.step, _D.due_at, _C.service, _C.service_version, _S.assignee)
        .select_from(
            schema.deadlines.join(
                schema.cases, and_(_C.region == _D.region, _C.number == _D.number)
            ).outerjoin(
                schema.steps,
                and_(_S.region == _D.region, _S.number == _D.number, _S.step == _D.step),
            )
        )
        .where(
            _D.region == bindparam("region"),
            whose,
            _D.near_at <= bindparam("until", type_=schema.Instant),
            or_(
                _D.step != "", _C.waiting_for.is_(None), ~schema.is_one_of(_C.waiting_for, _STANDS)
            ),
            or_(_S.status.is_(None), _S.status != "paused"),
        )
        .order_by(_D.due_at, _D.number)
        .limit(bindparam("limit", type_=Integer))
    )


#: Those that the agency holds, and the cases' own of the files that it took in and others hold.
_OF_AGENCY, _OF_COUNTER = _limits(_D.agency == bindparam("agency")), _limits(_AT_COUNTER)


def near_or_missed(
    connection: Connection, region: str, agency: str, until: datetime, limit: int
) -> Sequence[NearLimit]:
    """So many of an agency's, and of the files that it took in, that are near by then; those that are
    over the longest first."""
    values = {"region": region, "agency": agency, "until": until, "limit": limit}
    held, taken_in = ask_all(connection, [(_OF_AGENCY, values), (_OF_COUNTER, values)])
    found = [NearLimit(*row) for row in (*held, *taken_in)]
    return sorted(found, key=lambda each: (each.due_at, each.number))[:limit]
