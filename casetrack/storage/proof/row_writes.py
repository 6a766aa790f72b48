"""What rebuild does to rows: the locks of a transition, and folded rows written or removed."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, select, tuple_

from casetrack.domain.events import parse_instant
from casetrack.storage import schema
from casetrack.storage.bulk import upsert
from casetrack.storage.proof.row_tables import TABLES
from casetrack.storage.proof.stored_rows import Reader
from casetrack.storage.unit_of_work import UnitOfWork


def lock(uow: UnitOfWork, region: str, number: str) -> Reader:
    """The locks of a transition, without reading a row that may be unreadable."""
    uow.lock_register(region)
    uow.execute(
        select(schema.cases.c.version)
        .where(schema.cases.c.region == region, schema.cases.c.number == number)
        .with_for_update()
    )
    return Reader(uow.connection)


def lock_import(uow: UnitOfWork, region: str, source: str) -> Reader:
    """The locks of a replay."""
    uow.lock_register(region)
    uow.lock(region, f"import/{source}")
    return Reader(uow.connection)


def lock_register(uow: UnitOfWork, region: str) -> Reader:
    """The lock of a change of the register."""
    uow.lock_register(region, exclusive=True)
    return Reader(uow.connection)


def put(uow: UnitOfWork, table: str, values: Mapping[str, Any]) -> None:
    """Write a folded row, its moments as text, as it should be."""
    which = TABLES[table]
    typed = {
        name: parse_instant(value)
        if value is not None and isinstance(which.c[name].type, schema.Instant)
        else value
        for name, value in values.items()
    }
    uow.execute(upsert(uow.dialect, which, [typed]))


def drop(uow: UnitOfWork, table: str, key: Sequence[Any]) -> None:
    """Remove a folded row that should not be."""
    which = TABLES[table]
    uow.execute(delete(which).where(tuple_(*which.primary_key) == tuple_(*key)))
