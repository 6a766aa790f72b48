"""Counters, the ledger's place and event ids leap over what may have been given before a loss."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, Table, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from casetrack.domain.events import Event
from casetrack.domain.people.administration import TYPES, stream_of
from casetrack.domain.proof.lost_history import DEED, LostHistory, Skipped
from casetrack.storage import schema
from casetrack.storage.unit_of_work import UnitOfWork

_EVENTS, _HEADS = schema.events.c, schema.ledger_heads


def losses(connection: Connection, region: str) -> list[LostHistory]:
    """What the region's trace says of losses, the first one first."""
    query = (
        select(_EVENTS.body)
        .where(_EVENTS.region == region, _EVENTS.stream == stream_of(region))
        .where(_EVENTS.type == TYPES + DEED)
        .order_by(_EVENTS.version)
    )
    bodies = connection.execute(query).scalars()
    return [LostHistory.parse(Event.from_body(body).data) for body in bodies]


def last_recorded(connection: Connection) -> datetime | None:
    """When the newest event of all was recorded: what came behind it may be lost."""
    newest = select(func.max(_EVENTS.id)).scalar_subquery()
    query = select(_EVENTS.recorded_at).where(_EVENTS.id == newest)
    return connection.execute(query).scalar()


def skip_positions(uow: UnitOfWork, region: str, count: int) -> tuple[int, int]:
    """The ledger's next entry comes so many places later; gives the first and last that are left out."""
    raised = update(_HEADS).where(_HEADS.c.region == region)
    last = uow.execute(
        raised.values(position=_HEADS.c.position + count).returning(_HEADS.c.position)
    ).scalar_one()
    return last - count + 1, last


def skip_case_numbers(
    uow: UnitOfWork, region: str, services: Iterable[str], years: range, count: int
) -> tuple[Skipped, ...]:
    """Each counter of cases of these years leaps, also one of which no row was kept."""
    return _skip(uow, schema.counters, (region, services), years, count)


def skip_product_numbers(
    uow: UnitOfWork, region: str, patterns: Iterable[str], years: range, count: int
) -> tuple[Skipped, ...]:
    """The same for those of products."""
    return _skip(uow, schema.product_counters, (region, patterns), years, count)


def _skip(
    uow: UnitOfWork, table: Table, of: tuple[str, Iterable[str]], years: range, count: int
) -> tuple[Skipped, ...]:
    region, names = of
    key = list(table.c)[1]
    found = []
    known = select(key).where(table.c.region == region, table.c.year.in_(years)).distinct()
    kind = postgresql if uow.dialect == "postgresql" else sqlite
    for name in sorted({*names, *uow.execute(known).scalars()}):
        for year in years:
            row = {"region": region, key.name: name, "year": year, "serial": count}
            raised = kind.insert(table).values(**row)
            raised = raised.on_conflict_do_update(
                index_elements=("region", key.name, "year"),
                set_={"serial": table.c.serial + count},
            )
            last = uow.execute(raised.returning(table.c.serial)).scalar_one()
            found.append(Skipped(name, year, last - count + 1, last))
    return tuple(found)
