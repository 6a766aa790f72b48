"""Payments that were told of, row by row, and the files that they stood in."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    String,
    bindparam,
    delete,
    exists,
    func,
    insert,
    literal_column,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from casetrack.domain.case.payments import CLOSED, Settled, Told, Why, stream_of
from casetrack.storage import schema
from casetrack.storage.bulk import upsert
from casetrack.storage.fixed import Call, Fixed
from casetrack.storage.unit_of_work import UnitOfWork

_P, _F, _K = schema.payments.c, schema.payment_files.c, schema.treasury_keys.c
_OTHER_FILES = schema.payment_files.alias("other_files")
_F2 = _OTHER_FILES.c
#: A row of a file counts once the file is loaded, and not while it is written down.
_LOADED = exists().where(_F.region == _P.region, _F.file == _P.file).correlate(schema.payments)
_PARTS = (
    "payment",
    "account",
    "agency",
    "code",
    "amount",
    "reference",
    "paid_on",
    "file",
    "told_by",
)


def payment_values(
    region: str, told: Told, at: datetime, settled: Settled | None = None
) -> dict[str, Any]:
    """The columns of a payment's row; one that is not settled waits."""
    settled = settled or Settled("waiting")
    return {
        "region": region,
        **{name: getattr(told, name) for name in _PARTS},
        "state": settled.state,
        "why": settled.why,
        "number": settled.number,
        "bill": settled.bill,
        "at": at,
    }


def add(uow: UnitOfWork, rows: Sequence[Mapping[str, Any]]) -> None:
    """Payments that were not told of before."""
    if rows:
        uow.execute(insert(schema.payments), list(rows))


def add_missing(uow: UnitOfWork, rows: Sequence[Mapping[str, Any]]) -> None:
    """Rows of a file; those that a load before wrote down stay."""
    make = postgresql.insert if uow.dialect == "postgresql" else sqlite.insert
    uow.execute(make(schema.payments).on_conflict_do_nothing(), list(rows))


def remove_others(uow: UnitOfWork, region: str, name: str, account: str, told_by: str) -> None:
    """What a load of another officer, or for another account, left of a file that is not loaded."""
    others = or_(_P.account != account, _P.told_by != told_by, _P.told_by.is_(None))
    uow.execute(delete(schema.payments).where(_P.region == region, _P.file == name, others))


def remove_unloaded(uow: UnitOfWork, region: str, name: str) -> None:
    """All rows of a file that is not loaded."""
    uow.execute(delete(schema.payments).where(_P.region == region, _P.file == name))


def unloaded(connection: Connection, region: str, before: datetime) -> list[str]:
    """Files that were written down before this moment and never loaded."""
    query = (
        select(_P.file)
        .where(
            _P.region == region,
            _P.state == "waiting",
            _P.file.is_not(None),
            _P.at < before,
            ~_LOADED,
        )
        .distinct()
    )
    return list(connection.execute(query).scalars())


def whose(connection: Connection, region: str, name: str) -> dict[tuple[str, str | None], int]:
    """How many rows of a file are of which account and told by whom."""
    rows = connection.execute(
        select(_P.account, _P.told_by, func.count())
        .where(_P.region == region, _P.file == name)
        .group_by(_P.account, _P.told_by)
    )
    return {(row[0], row[1]): row[2] for row in rows}


def add_file(uow: UnitOfWork, values: Mapping[str, Any]) -> None:
    """The file that they stood in."""
    uow.execute(insert(schema.payment_files).values(**values))


_ONE = Fixed(
    select(*[_P[name] for name in (*_PARTS, "state", "why", "number", "bill")]).where(
        _P.region == bindparam("region"), _P.payment == bindparam("payment")
    )
)


def one(uow: UnitOfWork, region: str, payment: str) -> tuple[Told, Settled] | None:
    """A payment and what became of it."""
    rows = uow.ask(*of_name(region, payment))
    return read(rows[0]) if rows else None


def of_name(region: str, payment: str) -> Call:
    """The same, to be asked behind a lock."""
    return _ONE, {"region": region, "payment": payment}


def read(row: Any) -> tuple[Told, Settled]:
    """What a row of `of_name` or `listed` says."""
    told = Told(**{name: getattr(row, name) for name in _PARTS})
    return told, Settled(row.state, row.why, row.number, row.bill)


_DAY = bindparam("paid_on", type_=String)
#: The same payment told of in another place. A call says no day, and so do some banks.
_SAME = select(_P.state).where(
    _P.region == bindparam("region"),
    _P.account == bindparam("account"),
    _P.reference == bindparam("reference"),
    _P.amount == bindparam("amount", type_=BigInteger),
    or_(_P.paid_on == _DAY, _P.paid_on.is_(None), _DAY.is_(None)),
    _P.payment != bindparam("payment"),
    schema.is_one_of(_P.state, ("unmatched", "closed")),
)
_LISTED = Fixed(_SAME)


def listed_as(uow: UnitOfWork, region: str, told: Told) -> set[str]:
    """How the same payment stands where it was told of before and fits no bill: `unmatched`, `closed`.

    The same is that of the same account, reference and amount, on no other day. The caller holds the
    lock of the reference, so that of two at once one is listed.
    """
    named = ("account", "reference", "amount", "paid_on", "payment")
    values = {"region": region, **{name: getattr(told, name) for name in named}}
    return {row.state for row in uow.ask(_LISTED, values)}


_R = schema.register_entries.c
_WITH_REFERENCE = Fixed(
    select(*[_P[name] for name in (*_PARTS, "state", "why", "number", "bill")])
    .where(
        _P.region == bindparam("region"),
        # By the accounts of the region, of which there are few: so each is looked up by its key.
        _P.account.in_(
            select(_R.entry).where(
                _R.region == bindparam("region"), _R.kind == literal_column("'account'")
            )
        ),
        _P.reference == bindparam("reference"),
        schema.is_one_of(_P.state, ("unmatched", "closed", "waiting")),
        or_(_P.state != literal_column("'waiting'"), _P.file.is_(None), _LOADED),
    )
    .order_by(_P.payment)
)


def with_reference(region: str, reference: str) -> Call:
    """Payments with this reference that fit no bill, were closed, or wait to be settled, of every account
    of the region: rows for `read`."""
    return _WITH_REFERENCE, {"region": region, "reference": reference}


_E = schema.events.c
_CLOSINGS = Fixed(
    select(_E.body)
    .where(
        _E.region == bindparam("region"),
        _E.stream == bindparam("stream"),
        _E.type == literal_column(f"'{CLOSED}'"),
    )
    .order_by(_E.version)
)


def closing(uow: UnitOfWork, region: str, told: Told) -> Any:
    """What was said of a payment when it was closed last, or None."""
    rows = uow.ask(_CLOSINGS, {"region": region, "stream": stream_of(told)})
    said = (json.loads(row.body)["data"] for row in reversed(rows))
    return next((each for each in said if each["payment"] == told.payment), None)


_REPEATED = Fixed(
    select(_F2.file)
    .where(
        _F.region == bindparam("region"),
        _F.file == bindparam("file"),
        _F2.region == bindparam("region"),
        _F2.account == _F.account,
        _F2.rows_digest == _F.rows_digest,
        tuple_(_F2.loaded_at, _F2.file) < tuple_(_F.loaded_at, _F.file),
    )
    .limit(literal_column("1"))
)


def is_repeated(uow: UnitOfWork, region: str, file: str) -> bool:
    """Whether a file says what one said that was loaded for the account before it, in another order."""
    return bool(uow.ask(_REPEATED, {"region": region, "file": file}))


def settle(uow: UnitOfWork, region: str, payment: str, settled: Settled) -> None:
    """What became of a payment that waited."""
    uow.execute(
        update(schema.payments)
        .where(_P.region == region, _P.payment == payment)
        .values(state=settled.state, why=settled.why, number=settled.number, bill=settled.bill)
    )


def waiting(connection: Connection, region: str, limit: int, file: str | None = None) -> list[str]:
    """Payments that wait to be settled: calls, then the file loaded first to its end, and so on."""
    query = (
        select(_P.payment)
        .outerjoin(schema.payment_files, (_F.region == _P.region) & (_F.file == _P.file))
        .where(
            _P.region == region,
            schema.is_one_of(_P.state, ("waiting",)),
            _P.file.is_(None) | _F.file.is_not(None),
        )
    )
    if file is not None:
        query = query.where(_P.file == file)
    order = (_F.loaded_at.nulls_first(), _F.file, _P.payment)
    return list(connection.execute(query.order_by(*order).limit(limit)).scalars())


def file(connection: Connection, region: str, name: str) -> Any:
    """A file that was loaded, or None."""
    query = select(schema.payment_files).where(_F.region == region, _F.file == name)
    return connection.execute(query).first()


def counts(connection: Connection, region: str, name: str) -> dict[str, int]:
    """How many of a file's rows are in which state."""
    rows = connection.execute(
        select(_P.state, func.count())
        .where(_P.region == region, _P.file == name)
        .group_by(_P.state)
    )
    return {row[0]: row[1] for row in rows}


def of_file(
    connection: Connection, region: str, name: str, after: str | None, limit: int
) -> Sequence[Any]:
    """The rows of a file, in its order, behind this one."""
    query = select(schema.payments).where(_P.region == region, _P.file == name)
    if after is not None:
        query = query.where(_P.payment > after)
    return connection.execute(query.order_by(_P.payment).limit(limit)).all()


@dataclass(frozen=True, slots=True)
class ListedFilter:
    """Which payments that fit no bill are wanted; `agency` None is the whole region, and a code may have
    been masked."""

    agency: str | None
    why: Why | None = None
    account: str | None = None
    codes: Sequence[str] = ()
    reference: str | None = None

    def where(self, region: str) -> list[ColumnElement[bool]]:
        """As a query says it."""
        tests = [_P.region == region, schema.is_one_of(_P.state, ("unmatched",))]
        for name in ("agency", "why", "account", "reference"):
            if (value := getattr(self, name)) is not None:
                tests.append(_P[name] == value)
        return [*tests, _P.code.in_(self.codes)] if self.codes else tests


def unmatched(
    connection: Connection, region: str, wanted: ListedFilter, after: str | None, limit: int
) -> Sequence[Any]:
    """Payments that fit no bill, behind this one."""
    query = select(schema.payments).where(*wanted.where(region))
    if after is not None:
        query = query.where(_P.payment > after)
    return connection.execute(query.order_by(_P.payment).limit(limit)).all()


def unmatched_totals(
    connection: Connection, region: str, wanted: ListedFilter
) -> list[dict[str, Any]]:
    """How many fit no bill and what they come to, by why."""
    rows = connection.execute(
        select(_P.why, func.count().label("payments"), func.sum(_P.amount).label("amount"))
        .where(*wanted.where(region))
        .group_by(_P.why)
        .order_by(_P.why)
    )
    return [
        {"why": row.why, "payments": row.payments, "amount": int(row.amount or 0)} for row in rows
    ]


def keys(connection: Connection, region: str, now: datetime) -> list[int]:
    """The generations of the treasury's secret that are valid."""
    query = select(_K.generation).where(
        _K.region == region, (_K.ends_at.is_(None)) | (_K.ends_at > now)
    )
    return list(connection.execute(query.order_by(_K.generation.desc())).scalars())


def next_key(uow: UnitOfWork, region: str, now: datetime, ends_at: datetime) -> int:
    """A new generation of the treasury's secret; those before end then."""
    last = uow.execute(select(func.max(_K.generation)).where(_K.region == region)).scalar() or 0
    uow.execute(
        update(schema.treasury_keys)
        .where(_K.region == region, _K.ends_at.is_(None))
        .values(ends_at=ends_at)
    )
    values = {"region": region, "generation": last + 1, "made_at": now, "ends_at": None}
    uow.execute(upsert(uow.dialect, schema.treasury_keys, [values]))
    return int(last) + 1
