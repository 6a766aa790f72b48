"""Answers kept for a replay, and wrong guesses of access codes."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection, delete, insert, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from casetrack.storage import schema
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


def _key(request: Keyed) -> list[Any]:
    table = schema.idempotency.c
    return [
        table.region == request.region,
        table.token == request.token,
        table.method == request.method,
        table.path == request.path,
        table.key == request.key,
    ]


def find(connection: Connection, request: Keyed) -> Any:
    """The kept answer's row, or None."""
    table = schema.idempotency.c
    return connection.execute(
        select(table.request_digest, table.answer, table.created_at).where(*_key(request))
    ).first()


def put(uow: UnitOfWork, request: Keyed, answer: bytes, older_than: datetime) -> None:
    """Keep an answer; one under the same key that is too old makes room."""
    uow.execute(
        delete(schema.idempotency).where(
            *_key(request), schema.idempotency.c.created_at < older_than
        )
    )
    uow.execute(
        insert(schema.idempotency).values(
            region=request.region,
            token=request.token,
            method=request.method,
            path=request.path,
            key=request.key,
            request_digest=request.body_digest,
            answer=answer,
            created_at=uow.time(None),
        )
    )


def purge(uow: UnitOfWork, older_than: datetime) -> int:
    """Forget answers that nobody may ask for any more, and guesses of then."""
    uow.execute(delete(schema.guesses).where(schema.guesses.c.since < older_than))
    return int(
        uow.execute(
            delete(schema.idempotency).where(schema.idempotency.c.created_at < older_than)
        ).rowcount
    )


def lock_guesses(
    uow: UnitOfWork, buckets: Collection[str], now: datetime
) -> list[tuple[str, int, datetime]]:
    """How often and when last a code was guessed wrongly in each bucket, held until the commit.

    One statement makes the rows that are not there and locks all, in one order for everybody.
    """
    table = schema.guesses
    make = postgresql.insert if uow.dialect == "postgresql" else sqlite.insert
    rows = [{"bucket": bucket, "since": now, "wrong": 0} for bucket in sorted(buckets)]
    found = uow.execute(
        make(table)
        .values(rows)
        .on_conflict_do_update(index_elements=["bucket"], set_={"wrong": table.c.wrong})
        .returning(table.c.bucket, table.c.wrong, table.c.since)
    )
    return [(row.bucket, row.wrong, row.since) for row in found]


def put_guesses(uow: UnitOfWork, counts: Sequence[tuple[str, int, datetime]]) -> None:
    """Keep these counts."""
    rows = [
        {"bucket": bucket, "wrong": wrong, "since": last} for bucket, wrong, last in sorted(counts)
    ]
    if not rows:
        return
    make = postgresql.insert if uow.dialect == "postgresql" else sqlite.insert
    new = make(schema.guesses).values(rows)
    uow.execute(
        new.on_conflict_do_update(
            index_elements=["bucket"],
            set_={"wrong": new.excluded.wrong, "since": new.excluded.since},
        )
    )


def drop_guesses(uow: UnitOfWork, over: Collection[str], locked: Collection[str]) -> None:
    """Forget what is over, and of the locked rows those that count nothing."""
    table = schema.guesses.c
    uow.execute(
        delete(schema.guesses).where(
            table.bucket.in_([*locked]), or_(table.wrong == 0, table.bucket.in_([*over]))
        )
    )
