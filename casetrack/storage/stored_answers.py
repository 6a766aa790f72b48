"""Answers kept for a replay, and wrong guesses of access codes."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import (
    Connection,
    bindparam,
    delete,
    func,
    insert,
    literal_column,
    or_,
    select,
    tuple_,
)
from sqlalchemy.dialects import postgresql, sqlite

from casetrack.storage import schema
from casetrack.storage.fixed import Fixed, ask
from casetrack.storage.row_sets import Rows, Texts, Writes, among
from casetrack.storage.unit_of_work import UnitOfWork


class Keyed(Protocol):
    """A request as far as its answer is kept by it."""

    @property
    def region(self) -> str: ...
    @property
    def token(self) -> str: ...
    @property
    def method(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def key(self) -> str: ...
    @property
    def body_digest(self) -> str: ...


_TABLE = schema.idempotency
_KEY = ("region", "token", "method", "path", "key")
_HERE = [_TABLE.c[name] == bindparam(f"of_{name}") for name in _KEY]
_FIND = Fixed(select(_TABLE.c.request_digest, _TABLE.c.answer, _TABLE.c.created_at).where(*_HERE))
_MAKE_ROOM = Fixed(delete(_TABLE).where(*_HERE, _TABLE.c.created_at < bindparam("older_than")))
_PUT = Fixed(
    insert(_TABLE).values({c.name: bindparam(f"of_{c.name}", type_=c.type) for c in _TABLE.c})
)


def _key(request: Keyed) -> dict[str, Any]:
    return {f"of_{name}": getattr(request, name) for name in _KEY}


def find(connection: Connection, request: Keyed) -> Any:
    """The kept answer's row, or None."""
    rows = ask(connection, _FIND, _key(request))
    return rows[0] if rows else None


def put(uow: UnitOfWork, request: Keyed, answer: bytes, older_than: datetime) -> None:
    """Keep an answer; one under the same key that is too old makes room."""
    key = _key(request)
    uow.put(_MAKE_ROOM, {**key, "older_than": older_than})
    kept = {"of_request_digest": request.body_digest, "of_answer": answer}
    uow.put(_PUT, {**key, **kept, "of_created_at": uow.time(None)})


def purge(uow: UnitOfWork, region: str, older_than: datetime, limit: int) -> int:
    """Forget so many answers of a region that nobody may ask for any more; gives how many."""
    key = [_TABLE.c[name] for name in _KEY]
    old = (
        select(*key)
        .where(_TABLE.c.region == region, _TABLE.c.created_at < older_than)
        .order_by(_TABLE.c.created_at)
        .limit(limit)
    )
    where = (_TABLE.c.region == region, tuple_(*key).in_(old))
    return int(uow.execute(delete(_TABLE).where(*where)).rowcount)


def purge_guesses(uow: UnitOfWork, older_than: datetime) -> None:
    """Forget guesses of then."""
    uow.execute(delete(schema.guesses).where(schema.guesses.c.since < older_than))


_GUESSES = schema.guesses
_BUCKETS = ("bucket", "since", "wrong")


def _held(insert: Any) -> Any:
    """Rows of guesses that are not there are made, and all are locked, in one order for everybody."""
    return insert.on_conflict_do_update(
        index_elements=["bucket"], set_={"wrong": _GUESSES.c.wrong}
    ).returning(_GUESSES.c.bucket, _GUESSES.c.wrong, _GUESSES.c.since)


def _made_on_postgresql() -> Any:
    buckets = func.unnest(bindparam("buckets", type_=Texts())).table_valued("bucket")
    buckets = buckets.render_derived()
    since = bindparam("since", type_=_GUESSES.c.since.type)
    rows = select(buckets.c.bucket, since, literal_column("0")).order_by(buckets.c.bucket)
    return _held(postgresql.insert(_GUESSES).from_select(_BUCKETS, rows))


def _made_on_sqlite() -> Any:
    buckets = func.json_each(bindparam("buckets", type_=Texts())).table_valued("value")
    since = bindparam("since", type_=_GUESSES.c.since.type)
    # SQLite reads the ON of ON CONFLICT as a join's, unless a WHERE stands before it.
    rows = select(buckets.c.value, since, literal_column("0")).where(literal_column("1") == 1)
    return _held(sqlite.insert(_GUESSES).from_select(_BUCKETS, rows))


_HOLD = Fixed(_made_on_postgresql(), sqlite=_made_on_sqlite())
_COUNT = Writes(Rows(_GUESSES, there="is_overwritten"))
_DROP = Fixed(
    delete(_GUESSES).where(
        among(_GUESSES.c.bucket, bindparam("locked", type_=Texts())),
        or_(_GUESSES.c.wrong == 0, among(_GUESSES.c.bucket, bindparam("over", type_=Texts()))),
    )
)


def lock_guesses(
    uow: UnitOfWork, buckets: Collection[str], now: datetime
) -> list[tuple[str, int, datetime]]:
    """How often and when last a code was guessed wrongly in each bucket, held until the commit.

    One statement makes the rows that are not there and locks all, in one order for everybody.
    """
    found = uow.ask(_HOLD, {"buckets": sorted(buckets), "since": now})
    return [(row.bucket, row.wrong, row.since) for row in found]


def put_guesses(uow: UnitOfWork, counts: Sequence[tuple[str, int, datetime]]) -> None:
    """Keep these counts."""
    rows = [
        {"bucket": bucket, "since": last, "wrong": wrong} for bucket, wrong, last in sorted(counts)
    ]
    if rows:
        uow.put(_COUNT, {"guesses": rows})


def drop_guesses(uow: UnitOfWork, over: Collection[str], locked: Collection[str]) -> None:
    """Forget what is over, and of the locked rows those that count nothing."""
    uow.put(_DROP, {"locked": [*locked], "over": [*over]})
