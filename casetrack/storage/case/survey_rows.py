"""Surveys: which were answered, and sums of what was answered; nothing joins the two."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Integer, bindparam, literal_column, or_, select

from casetrack.domain.case.survey import Answers
from casetrack.storage import schema
from casetrack.storage.case.figures import Scope
from casetrack.storage.fixed import Fixed, ask
from casetrack.storage.row_sets import Rows, Texts, Writes, among
from casetrack.storage.unit_of_work import UnitOfWork

#: Rows of one report: quarters, services, elements and scores.
_MOST = 100_000
_U, _A = schema.survey_used.c, schema.survey_sums.c
_REGION: Any = bindparam("region")
_USED = Fixed(select(_U.number).where(_U.region == _REGION, _U.number == bindparam("number")))
_USE = Writes(Rows(schema.survey_used))
_ADD = Writes(
    Rows(
        schema.survey_sums,
        there=lambda new: {"count": schema.survey_sums.c["count"] + new["count"]},
    )
)


def is_used(connection: Connection, region: str, number: str) -> bool:
    """Whether the survey of this case was answered."""
    return bool(ask(connection, _USED, {"region": region, "number": number}))


def use(uow: UnitOfWork, region: str, number: str) -> None:
    """The survey of this case is answered. Raises Conflict, at the latest with the commit, where it
    was."""
    uow.put(_USE, {"survey_used": [{"region": region, "number": number}]})


def add(
    uow: UnitOfWork, region: str, place: tuple[str, str, str, str], scores: Mapping[str, int]
) -> None:
    """Add an answer to the sums of its quarter, service, agency and way."""
    quarter, service, agency, way = place
    rows = [
        {
            "region": region,
            "quarter": quarter,
            "service": service,
            "agency": agency,
            "way": way,
            "element": element,
            "score": score,
            "count": 1,
        }
        # In one order, so that two answers wait for each other and never around each other.
        for element, score in sorted(scores.items())
    ]
    uow.put(_ADD, {"survey_sums": rows})


def _or_all(name: str, column: Any) -> Any:
    given: Any = bindparam(name, type_=column.type)
    return or_(given == literal_column("''"), column == given)


_SUMS = Fixed(
    select(_A.quarter, _A.service, _A.agency, _A.way, _A.element, _A.score, _A["count"])
    .where(
        _A.region == _REGION,
        among(_A.quarter, bindparam("quarters", type_=Texts())),
        _or_all("service", _A.service),
        _or_all("agency", _A.agency),
        or_(
            _or_all("own_agency", _A.agency),
            among(_A.service, bindparam("own_services", type_=Texts())),
        ),
    )
    .limit(bindparam("most", type_=Integer))
)


def answers(
    connection: Connection,
    region: str,
    quarters: Sequence[str],
    scope: Scope,
    *,
    service: str,
    agency: str,
) -> list[Answers]:
    """The sums of these quarters, of all services and agencies where these are empty."""
    values = {
        "region": region,
        "quarters": list(quarters),
        "service": service,
        "agency": agency,
        "own_agency": scope.agency,
        "own_services": list(scope.services),
        "most": _MOST,
    }
    return [Answers(*row) for row in ask(connection, _SUMS, values)]
