"""Outside systems that are down, and the cases that stand still for one: read and written in sets."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Integer,
    String,
    and_,
    bindparam,
    func,
    insert,
    literal_column,
    select,
    text,
    true,
    update,
)

from casetrack.storage import schema
from casetrack.storage.case.stalled_steps import ITS_PLACE, Place
from casetrack.storage.fixed import Fixed, ask
from casetrack.storage.keyset import newest_first
from casetrack.storage.row_sets import Texts, among
from casetrack.storage.unit_of_work import UnitOfWork

_T, _R = schema.outages.c, schema.outage_cases.c
_S, _C = schema.steps.c, schema.cases.c


@dataclass(frozen=True, slots=True)
class OutageRow:
    """An outage as its row has it; `places` are pairs of a service and a step."""

    outage: str
    system: str
    places: tuple[tuple[str, str], ...]
    agency: str
    state: str
    begun_at: datetime
    begun_by: str
    ended_at: datetime | None = None
    ended_by: str | None = None


def _row(row: Any) -> OutageRow:
    places = tuple((each["service"], each["step"]) for each in json.loads(row.places))
    return OutageRow(
        *(row.outage, row.system, places, row.agency, row.state),
        *(row.begun_at, row.begun_by, row.ended_at, row.ended_by),
    )


def written_places(places: Iterable[tuple[str, str]]) -> str:
    """The steps, each with its service, as a row has them."""
    return json.dumps([{"service": service, "step": step} for service, step in places])


def put(uow: UnitOfWork, region: str, row: OutageRow) -> None:
    """An outage begins."""
    values = {
        "region": region,
        "outage": row.outage,
        "system": row.system,
        "places": written_places(row.places),
        "agency": row.agency,
        "state": row.state,
        "begun_at": row.begun_at,
        "begun_by": row.begun_by,
    }
    uow.execute(insert(schema.outages).values(**values))


def outage(connection: Connection, region: str, name: str) -> OutageRow | None:
    """One outage."""
    found = connection.execute(
        select(schema.outages).where(_T.region == region, _T.outage == name)
    ).first()
    return _row(found) if found else None


def held(uow: UnitOfWork, region: str, name: str, *, exclusive: bool = False) -> OutageRow | None:
    """The same; nobody ends it before this transaction is over."""
    query = select(schema.outages).where(_T.region == region, _T.outage == name)
    found = uow.execute(query.with_for_update(read=not exclusive)).first()
    return _row(found) if found else None


def listed(
    connection: Connection,
    region: str,
    agency: str | None,
    before: tuple[datetime, str] | None,
    limit: int,
) -> list[OutageRow]:
    """Newest first, of one agency or of the region."""
    query = select(schema.outages).where(_T.region == region)
    query = query.where(_T.agency == agency if agency is not None else true())
    page = newest_first(query, (_T.begun_at, _T.outage), before, limit)
    return [_row(row) for row in connection.execute(page)]


_UNFINISHED = Fixed(
    select(schema.outages).where(
        _T.region == bindparam("in_region", type_=String), text("outages.state <> 'over'")
    )
)


def unfinished(connection: Connection, region: str) -> list[OutageRow]:
    """Those for which there is something to do."""
    return [_row(row) for row in ask(connection, _UNFINISHED, {"in_region": region})]


def set_ending(uow: UnitOfWork, region: str, name: str, by: str, now: datetime) -> None:
    """Its cases go on from now on."""
    uow.execute(
        update(schema.outages)
        .where(_T.region == region, _T.outage == name)
        .values(state="ending", ended_at=now, ended_by=by)
    )


def set_over(uow: UnitOfWork, region: str, name: str) -> None:
    """Nothing is left to do for it."""
    uow.execute(
        update(schema.outages).where(_T.region == region, _T.outage == name).values(state="over")
    )


# --- its cases ------------------------------------------------------------------------------------

_TO_PAUSE = Fixed(
    select(_S.number)
    .join(schema.cases, and_(_C.region == _S.region, _C.number == _S.number))
    .outerjoin(
        schema.outage_cases,
        and_(
            _R.region == _S.region,
            _R.outage == bindparam("of_outage", type_=String),
            _R.number == _S.number,
        ),
    )
    .where(
        _S.region == bindparam("in_region", type_=String),
        _S.agency == bindparam("agency", type_=String),
        # As the partial index of worklists says it; what stands still already is left alone.
        text(f"steps.{schema.OPEN_STEP_SQL}"),
        _S.status != literal_column("'paused'"),
        among(ITS_PLACE, bindparam("places", type_=Texts())),
        _C.status == literal_column("'in_progress'"),
        _R.number.is_(None),
    )
    .limit(bindparam("most", type_=Integer))
)


def to_pause(
    connection: Connection,
    region: str,
    name: str,
    agency: str,
    places: Sequence[Place],
    limit: int,
) -> list[str]:
    """Cases at one of these steps of the agency that have not stood still for this outage yet."""
    values = {
        "in_region": region,
        "of_outage": name,
        "agency": agency,
        "places": sorted(place.name for place in places),
        "most": limit,
    }
    return sorted({row.number for row in ask(connection, _TO_PAUSE, values)})


def paused(connection: Connection, region: str, name: str, limit: int) -> list[tuple[str, int]]:
    """Number, and version of the pause, of those that stand still for it."""
    rows = connection.execute(
        select(_R.number, _R.version)
        .where(_R.region == region, _R.outage == name, text("outage_cases.state = 'paused'"))
        .order_by(_R.number)
        .limit(limit)
    )
    return [(row.number, row.version) for row in rows]


def put_case(
    uow: UnitOfWork, region: str, name: str, number: str, version: int, now: datetime
) -> None:
    """This case stands still for it."""
    uow.execute(
        insert(schema.outage_cases).values(
            region=region,
            outage=name,
            number=number,
            version=version,
            paused_at=now,
            state="paused",
        )
    )


def settle(uow: UnitOfWork, region: str, name: str, number: str, state: str, now: datetime) -> None:
    """What became of the case."""
    uow.execute(
        update(schema.outage_cases)
        .where(_R.region == region, _R.outage == name, _R.number == number)
        .values(state=state, settled_at=now)
    )


def cases(
    connection: Connection, region: str, name: str, after: str, limit: int
) -> list[dict[str, Any]]:
    """Its cases by number, behind one: what became of each."""
    rows = connection.execute(
        select(_R.number, _R.state, _R.paused_at, _R.settled_at)
        .where(_R.region == region, _R.outage == name, _R.number > after)
        .order_by(_R.number)
        .limit(limit)
    )
    return [row._asdict() for row in rows]


def counts(
    connection: Connection, region: str, names: Sequence[str]
) -> dict[str, Mapping[str, int]]:
    """Outage → state of its cases → how many."""
    rows = connection.execute(
        select(_R.outage, _R.state, func.count().label("many"))
        .where(_R.region == region, _R.outage.in_(names))
        .group_by(_R.outage, _R.state)
    )
    found: dict[str, dict[str, int]] = {name: {} for name in names}
    for row in rows:
        found[row.outage][row.state] = row.many
    return dict(found)


def went_on(uow: UnitOfWork, region: str, number: str, version: int) -> bool:
    """Whether a pause of this version has ended since, under the case's lock."""
    events = schema.events.c
    row = uow.execute(
        select(events.version)
        .where(
            events.region == region,
            events.stream == number,
            events.version > version,
            events.type == "casetrack.case.resumed",
        )
        .limit(1)
    ).first()
    return row is not None
