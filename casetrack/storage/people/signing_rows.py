"""Signatures that were begun and are on their way to a product's file: who is at it, what is made."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from casetrack.storage import schema
from casetrack.storage.unit_of_work import Conflict, UnitOfWork

_S, _L = schema.signings.c, schema.leaving_files.c
_COLUMNS = tuple(column.name for column in schema.signings.columns)


@dataclass(frozen=True, slots=True)
class SigningRow:
    """What is made of a begun signature so far. `leased_until` also tells one try from another."""

    region: str
    product: str
    begun: int
    leased_until: datetime
    tried_at: datetime
    made: int = 0
    file: str | None = None
    size: int | None = None
    digest: str | None = None
    sealed: bytes | None = None
    certificate: str | None = None
    level: str | None = None
    failure: str | None = None
    #: Who on the list of recognised providers vouches for it.
    provider: str | None = None
    #: Tries of the clock since somebody last tried, and when it is its turn again; None: never.
    tries: int | None = None
    next_try_at: datetime | None = None

    def values(self) -> dict[str, Any]:
        """The columns."""
        return {name: getattr(self, name) for name in _COLUMNS}


def take(
    uow: UnitOfWork, region: str, product: str, begun: int, patience: timedelta
) -> SigningRow | None:
    """The row of what was begun, ours for so long; None while it is another's.

    What was made for something else that was begun leaves the store.
    """
    now = uow.time(None)
    there = _locked(uow, region, product)
    if there is not None and there.begun != begun:
        remove(uow, region, product)
        _leaves(uow, there, now)
        there = None
    if there is not None and there.leased_until > now:
        return None
    ours = replace(
        there or SigningRow(region, product, begun, now, now),
        leased_until=now + patience,
        tried_at=now,
    )
    _put(uow, ours, there=there is not None)
    return ours


def made(uow: UnitOfWork, was: SigningRow, row: SigningRow) -> None:
    """There is a file with more signatures; the one before leaves. Raises Conflict where the lease is
    another's by now."""
    _check_ours(uow, was)
    if was.file is not None:
        _leaves(uow, was, uow.time(None))
    _put(uow, row, there=True)


def failed(uow: UnitOfWork, row: SigningRow, failure: str) -> None:
    """The try is over and gave none; whoever tries next need not wait. Raises Conflict as `made`."""
    _check_ours(uow, row)
    _put(uow, replace(row, failure=failure, leased_until=uow.time(None)), there=True)


def release(uow: UnitOfWork, row: SigningRow) -> None:
    """Nobody is at it any more. Raises Conflict as `made`."""
    _check_ours(uow, row)
    _put(uow, replace(row, failure=None, leased_until=uow.time(None)), there=True)


def remove(uow: UnitOfWork, region: str, product: str) -> None:
    """The event has come, or what was begun is given up."""
    uow.execute(delete(schema.signings).where(_S.region == region, _S.product == product))


def of_products(
    connection: Connection, region: str, products: Collection[str]
) -> Mapping[str, SigningRow]:
    """What is made of these products' signatures, by public id."""
    query = select(schema.signings).where(_S.region == region, _S.product.in_(products))
    rows = (SigningRow(**row._asdict()) for row in connection.execute(query))
    return {row.product: row for row in rows}


def forget(uow: UnitOfWork, region: str, before: datetime) -> None:
    """Nobody has tried these since: their files have left the store by then."""
    uow.execute(delete(schema.signings).where(_S.region == region, _S.tried_at < before))


def _locked(uow: UnitOfWork, region: str, product: str) -> SigningRow | None:
    uow.lock(region, f"signing/{product}")
    return of_products(uow.connection, region, [product]).get(product)


def _check_ours(uow: UnitOfWork, row: SigningRow) -> None:
    there = _locked(uow, row.region, row.product)
    if there is None or (there.begun, there.leased_until) != (row.begun, row.leased_until):
        raise Conflict("another one is at this signature by now")


def _put(uow: UnitOfWork, row: SigningRow, *, there: bool) -> None:
    if not there:
        uow.execute(insert(schema.signings).values(row.values()))
        return
    here = (_S.region == row.region, _S.product == row.product)
    uow.execute(update(schema.signings).where(*here).values(row.values()))


def _leaves(uow: UnitOfWork, row: SigningRow, now: datetime) -> None:
    here = (_L.region == row.region, _L.file == row.file)
    uow.execute(update(schema.leaving_files).where(*here).values(due_at=now))
