"""The next number of a new case, without gaps: its counter is held from here to the commit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, Integer, bindparam, cast, extract, func, literal_column, select
from sqlalchemy.dialects import postgresql, sqlite

from casetrack.storage import schema
from casetrack.storage.fixed import Call, Fixed
from casetrack.storage.unit_of_work import UnitOfWork

_COUNTERS = schema.counters
_KEY = ("region", "service", "year")


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a new case is given: event id and time, then the serial of its service and local year."""

    event_id: int
    now: datetime
    year: int
    serial: int
    #: What was asked for behind the lock of the register.
    behind: Sequence[Sequence[Any]]


def _raised(insert: Any) -> Any:
    # One more, whoever else was here in between: the row stays ours until the commit.
    return insert.on_conflict_do_update(
        index_elements=_KEY, set_={"serial": _COUNTERS.c.serial + literal_column("1")}
    )


def _drawn() -> Fixed:
    """All in one statement: the year is that of the time which the event gets."""
    moment = select(
        func.nextval("event_ids", type_=BigInteger).label("id"),
        func.coalesce(
            bindparam("given", type_=schema.Instant), func.clock_timestamp(), type_=schema.Instant
        ).label("now"),
    ).cte("moment")
    local = func.timezone(bindparam("zone"), moment.c.now)
    new = select(
        bindparam("of_region", type_=_COUNTERS.c.region.type),
        bindparam("of_service", type_=_COUNTERS.c.service.type),
        cast(extract("year", local), Integer),
        literal_column("1"),
    ).select_from(moment)
    insert = postgresql.insert(_COUNTERS).from_select([*_KEY, "serial"], new)
    return Fixed(
        _raised(insert).returning(
            _COUNTERS.c.serial,
            _COUNTERS.c.year,
            select(moment.c.id).scalar_subquery().label("id"),
            select(moment.c.now).scalar_subquery().label("now"),
        )
    )


_DRAWN = _drawn()
_ON_SQLITE = Fixed(
    _raised(
        sqlite.insert(_COUNTERS).values(
            **{name: bindparam(f"of_{name}") for name in _KEY}, serial=literal_column("1")
        )
    ).returning(_COUNTERS.c.serial)
)


def draw(
    uow: UnitOfWork, region: str, service: str, zone: ZoneInfo, behind: Sequence[Call]
) -> Drawn:
    """Hold the register still, ask what is to be asked behind that, and draw: one round trip.

    The serial comes last, so that its counter is held as shortly as numbers without gaps allow.
    """
    named = {"of_region": region, "of_service": service}
    if uow.dialect == "postgresql":
        drawn = (_DRAWN, {**named, "zone": zone.key, "given": uow.given_time()})
        found = uow.ask_behind_register(region, [*behind, drawn])
        row = found.pop()[0]
        return Drawn(row.id, row.now, row.year, row.serial, found)
    found = uow.ask_all(behind)
    event_id, now = uow.draw()
    year = now.astimezone(zone).year
    serial = uow.ask(_ON_SQLITE, {**named, "of_year": year})[0].serial
    return Drawn(event_id, now, year, serial, found)


def draw_without_serial(uow: UnitOfWork, region: str, behind: Sequence[Call]) -> Drawn:
    """The same for a case whose number was set aside before: no counter is touched."""
    found = uow.ask_behind_register(region, behind)
    event_id, now = uow.draw()
    return Drawn(event_id, now, 0, 0, found)
