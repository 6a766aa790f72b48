"""Open steps that nobody at their agency may take, and what the applicants were told of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Connection,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    cast,
    delete,
    or_,
    select,
    text,
)

from casetrack.domain.case.transitions import OPEN_CASE
from casetrack.storage import schema
from casetrack.storage.bulk import upsert
from casetrack.storage.fixed import Fixed, ask
from casetrack.storage.row_sets import Texts, among
from casetrack.storage.unit_of_work import UnitOfWork

_S, _C, _T = schema.steps.c, schema.cases.c, schema.stalled_steps.c
#: As the partial index of worklists says it.
_OPEN = text(f"steps.{schema.OPEN_STEP_SQL}")


@dataclass(frozen=True, slots=True)
class Place:
    """A step of a version of a service."""

    service: str
    version: int
    step: str

    @property
    def name(self) -> str:
        """All of it as one text."""
        return f"{self.service}:{self.version}:{self.step}"


@dataclass(frozen=True, slots=True)
class Told:
    """What the applicants were told last of the steps at a place: what is missing, and until when."""

    place: Place
    cover: str
    until: str | None


#: As `Place.name` says it.
ITS_PLACE = _C.service + ":" + cast(_C.service_version, String) + ":" + _S.step
_UNTOLD = Fixed(
    select(_S.number, _C.service, _C.service_version, _S.step)
    .join(schema.cases, and_(_C.region == _S.region, _C.number == _S.number))
    .outerjoin(
        schema.stalled_steps,
        and_(_T.region == _S.region, _T.number == _S.number, _T.step == _S.step),
    )
    .where(
        _S.region == bindparam("in_region"),
        _S.agency == bindparam("agency"),
        _OPEN,
        among(ITS_PLACE, bindparam("places", type_=Texts())),
        schema.is_one_of(_C.status, OPEN_CASE),
        _T.number.is_(None),
    )
    .limit(bindparam("most", type_=Integer))
)


def untold(
    connection: Connection, region: str, agency: str, places: Sequence[Place], limit: int
) -> list[tuple[str, Place]]:
    """Cases that are at one of these steps of the agency, and of whom nobody was told: one look at what
    is open there, however many steps they are."""
    names = sorted(place.name for place in places)
    values = {"in_region": region, "agency": agency, "places": names, "most": limit}
    rows = ask(connection, _UNTOLD, values)
    return [(row.number, Place(row.service, row.service_version, row.step)) for row in rows]


def told(connection: Connection, region: str) -> list[Told]:
    """What was told last, each once: of a region where nothing waits, nothing."""
    columns = (_T.service, _T.service_version, _T.step, _T.cover, _T.until)
    rows = connection.execute(select(*columns).where(_T.region == region).distinct())
    return [
        Told(Place(row.service, row.service_version, row.step), row.cover, row.until)
        for row in rows
    ]


def told_as(connection: Connection, region: str, what: Told, limit: int) -> list[str]:
    """Cases of which exactly this was told last."""
    query = _cases(region, what.place).where(
        _T.cover == what.cover, _T.until.is_not_distinct_from(what.until)
    )
    return [row.number for row in connection.execute(query.limit(limit))]


def taken(connection: Connection, region: str, limit: int) -> list[tuple[str, Place]]:
    """Those that nobody waits for any more: somebody took the step, or the case ended."""
    of_step = and_(_S.region == _T.region, _S.number == _T.number, _S.step == _T.step)
    query = (
        select(_T.number, _T.service, _T.service_version, _T.step)
        .join(schema.steps, of_step)
        .join(schema.cases, and_(_C.region == _T.region, _C.number == _T.number))
        .where(
            _T.region == region,
            or_(_S.status.not_in(schema.OPEN_STEPS), _C.status.not_in(OPEN_CASE)),
        )
        .limit(limit)
    )
    rows = connection.execute(query)
    return [(row.number, Place(row.service, row.service_version, row.step)) for row in rows]


def _cases(region: str, place: Place) -> Select[Any]:
    return select(_T.number).where(
        _T.region == region,
        _T.service == place.service,
        _T.service_version == place.version,
        _T.step == place.step,
    )


def last_told(
    uow: UnitOfWork, region: str, number: str, step: str
) -> tuple[str, str | None] | None:
    """What was told last of this step, under the case's lock: what is missing and until when."""
    row = uow.execute(
        select(_T.cover, _T.until).where(_T.region == region, _T.number == number, _T.step == step)
    ).first()
    return (row.cover, row.until) if row else None


def stalled_values(
    region: str, number: str, place: Place, cover: str, until: str | None
) -> dict[str, str | int | None]:
    """The columns of a row; `verify` and `rebuild` compare and write the same."""
    return {
        "region": region,
        "number": number,
        "step": place.step,
        "service": place.service,
        "service_version": place.version,
        "cover": cover,
        "until": until,
    }


def put(
    uow: UnitOfWork, region: str, number: str, place: Place, cover: str, until: str | None
) -> None:
    """It was told."""
    values = stalled_values(region, number, place, cover, until)
    uow.execute(upsert(uow.dialect, schema.stalled_steps, [values]))


def remove(uow: UnitOfWork, region: str, number: str, step: str) -> None:
    """The step goes on, or is over."""
    uow.execute(
        delete(schema.stalled_steps).where(
            _T.region == region, _T.number == number, _T.step == step
        )
    )
