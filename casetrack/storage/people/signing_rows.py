"""Signatures that were begun and are on their way to a product's file: who is at it, what is made."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from casetrack.domain.case.electronic_signatures import next_try
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
    #: The case that it came out of.
    number: str | None = None

    def values(self) -> dict[str, Any]:
        """The columns."""
        return {name: getattr(self, name) for name in _COLUMNS}


def begin(
    uow: UnitOfWork, region: str, number: str, product: str, begun: int, now: datetime
) -> None:
    """A signature was begun, and nobody has tried yet; what was made for another one leaves the store."""
    there = _locked(uow, region, product)
    if there is not None:
        remove(uow, region, product)
        _leaves(uow, there, now)
    due_at = next_try(0, now)
    row = SigningRow(region, product, begun, now, now, tries=0, next_try_at=due_at, number=number)
    _put(uow, row, there=False)


def take(
    uow: UnitOfWork,
    region: str,
    number: str,
    product: str,
    begun: int,
    patience: timedelta,
    *,
    by_clock: bool = False,
) -> SigningRow | None:
    """The row of what was begun, ours for so long; None while it is another's.

    What was made for something else that was begun leaves the store. Who is killed with it leaves it to
    the clock, once its time is over.
    """
    now = uow.time(None)
    there = _locked(uow, region, product)
    if there is not None and there.begun != begun:
        remove(uow, region, product)
        _leaves(uow, there, now)
        there = None
    if there is not None and there.leased_until > now:
        return None
    until = now + patience
    tries = (there.tries or 0) + 1 if there is not None and by_clock else 0
    ours = replace(
        there or SigningRow(region, product, begun, now, now),
        leased_until=until,
        tried_at=now,
        tries=tries,
        next_try_at=next_try(tries, until),
        number=number,
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


def failed(uow: UnitOfWork, row: SigningRow, failure: str, *, again: bool) -> bool:
    """The try is over and gave none; whoever tries next need not wait. Whether the clock tries again:
    where that may help, and it has not tried too often. Raises Conflict as `made`."""
    _check_ours(uow, row)
    now = uow.time(None)
    due_at = next_try(row.tries or 0, now) if again else None
    _put(uow, replace(row, failure=failure, leased_until=now, next_try_at=due_at), there=True)
    return due_at is not None


def release(uow: UnitOfWork, row: SigningRow, *, again: bool = True) -> None:
    """Nobody is at it any more. Raises Conflict as `made`."""
    _check_ours(uow, row)
    now = uow.time(None)
    due_at = next_try(row.tries or 0, now) if again else None
    _put(uow, replace(row, failure=None, leased_until=now, next_try_at=due_at), there=True)


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


@dataclass(frozen=True, slots=True)
class DueSigning:
    """A signature whose turn it is, and the case that it came out of."""

    product: str
    number: str
    begun: int


def due(connection: Connection, region: str, now: datetime, most: int) -> list[DueSigning]:
    """Signatures that the clock tries now, those that wait longest first."""
    query = (
        select(_S.product, _S.number, _S.begun)
        .where(
            _S.region == region,
            _S.number.is_not(None),
            _S.next_try_at <= now,
            _S.leased_until <= now,
        )
        .order_by(_S.next_try_at, _S.product)
        .limit(most)
    )
    return [DueSigning(*row) for row in connection.execute(query)]


def drop(uow: UnitOfWork, region: str, product: str, begun: int) -> None:
    """What was begun stands no more: nobody waits for it, and its file leaves the store."""
    there = _locked(uow, region, product)
    if there is not None and there.begun == begun:
        remove(uow, region, product)
        _leaves(uow, there, uow.time(None))


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
