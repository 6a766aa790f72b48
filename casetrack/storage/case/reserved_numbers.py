"""Numbers set aside in blocks for intake on paper: each used once or closed with a reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, func, insert, select, true, update
from sqlalchemy.dialects import postgresql, sqlite

from casetrack.storage import schema
from casetrack.storage.bulk import insert_many
from casetrack.storage.keyset import newest_first
from casetrack.storage.unit_of_work import UnitOfWork

_B, _N, _COUNTERS = schema.number_blocks.c, schema.reserved_numbers.c, schema.counters


@dataclass(frozen=True, slots=True)
class BlockRow:
    """A block: serials `first` to `last` of a service and local year."""

    block: str
    service: str
    year: int
    first: int
    last: int
    agency: str
    reserved_at: datetime
    reserved_by: str


def draw(uow: UnitOfWork, region: str, service: str, year: int, count: int) -> int:
    """The last of so many serials; no other intake has one of them."""
    kind = postgresql if uow.dialect == "postgresql" else sqlite
    row = {"region": region, "service": service, "year": year, "serial": count}
    query = kind.insert(_COUNTERS).values(**row)
    query = query.on_conflict_do_update(
        index_elements=("region", "service", "year"),
        set_={"serial": _COUNTERS.c.serial + count},
    )
    return int(uow.execute(query.returning(_COUNTERS.c.serial)).scalar_one())


def put(uow: UnitOfWork, region: str, row: BlockRow, numbers: Sequence[str]) -> None:
    """Keep a block and its numbers."""
    values = {name: getattr(row, name) for name in BlockRow.__dataclass_fields__}
    uow.execute(insert(schema.number_blocks).values(region=region, **values))
    rows = [
        {"region": region, "number": number, "block": row.block, "state": "reserved"}
        for number in numbers
    ]
    insert_many(uow, schema.reserved_numbers, rows)


def _row(row: Any) -> BlockRow:
    return BlockRow(**{name: getattr(row, name) for name in BlockRow.__dataclass_fields__})


def block(connection: Connection, region: str, name: str) -> BlockRow | None:
    """One block."""
    query = select(schema.number_blocks).where(_B.region == region, _B.block == name)
    found = connection.execute(query).first()
    return _row(found) if found else None


def listed(
    connection: Connection,
    region: str,
    agency: str | None,
    before: tuple[datetime, str] | None,
    limit: int,
) -> list[BlockRow]:
    """Newest first, of one front office or of the region."""
    query = select(schema.number_blocks).where(_B.region == region)
    query = query.where(_B.agency == agency if agency is not None else true())
    page = newest_first(query, (_B.reserved_at, _B.block), before, limit)
    return [_row(row) for row in connection.execute(page)]


def numbers(connection: Connection, region: str, name: str) -> list[dict[str, Any]]:
    """The numbers of a block: what became of each."""
    columns = (_N.number, _N.state, _N.reason, _N.settled_at, _N.settled_by)
    query = select(*columns).where(_N.region == region, _N.block == name).order_by(_N.number)
    return [row._asdict() for row in connection.execute(query)]


def counts(
    connection: Connection, region: str, names: Sequence[str]
) -> dict[str, Mapping[str, int]]:
    """Block → state of its numbers → how many."""
    rows = connection.execute(
        select(_N.block, _N.state, func.count().label("many"))
        .where(_N.region == region, _N.block.in_(names))
        .group_by(_N.block, _N.state)
    )
    found: dict[str, dict[str, int]] = {name: {} for name in names}
    for row in rows:
        found[row.block][row.state] = row.many
    return dict(found)


def held(connection: Connection, region: str, number: str) -> tuple[str, BlockRow] | None:
    """The state of a number that was set aside, and its block; None of any other."""
    query = (
        select(_N.state, schema.number_blocks)
        .join(schema.number_blocks, and_(_B.region == _N.region, _B.block == _N.block))
        .where(_N.region == region, _N.number == number, _B.region == region)
    )
    found = connection.execute(query).first()
    return (found.state, _row(found)) if found else None


def use(uow: UnitOfWork, region: str, number: str, by: str, now: datetime) -> bool:
    """Whether this number was free until now; from the commit on a case has it."""
    done = uow.execute(
        update(schema.reserved_numbers)
        .where(_N.region == region, _N.number == number, _N.state == "reserved")
        .values(state="used", settled_at=now, settled_by=by)
        .returning(_N.number)
    )
    return done.first() is not None


def close(
    uow: UnitOfWork,
    region: str,
    name: str,
    wanted: Sequence[str] | None,
    reason: str,
    by: str,
    now: datetime,
) -> list[str]:
    """Numbers of a block that no case gets any more; all that are free where none is named. Gives those
    that were closed."""
    done = uow.execute(
        update(schema.reserved_numbers)
        .where(
            _N.region == region,
            _N.block == name,
            _N.state == "reserved",
            _N.number.in_(wanted) if wanted is not None else true(),
        )
        .values(state="closed", reason=reason, settled_at=now, settled_by=by)
        .returning(_N.number)
    )
    return sorted(row.number for row in done)
