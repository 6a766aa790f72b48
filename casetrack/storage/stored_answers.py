"""Answers kept for a replay, and wrong guesses of access codes."""

from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import Connection, case, delete, insert, literal, select
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


def wrong_guesses(connection: Connection, bucket: str, since: datetime) -> int:
    """How often a code was guessed wrongly in this bucket since then."""
    table = schema.guesses.c
    wrong = connection.execute(
        select(table.wrong).where(table.bucket == bucket, table.since >= since)
    ).scalar()
    return int(wrong or 0)


def count_guess(uow: UnitOfWork, bucket: str, now: datetime, window: timedelta) -> None:
    """One more wrong guess; a window that has passed begins anew."""
    table = schema.guesses
    make = postgresql.insert if uow.dialect == "postgresql" else sqlite.insert
    over = table.c.since < now - window
    uow.execute(
        make(table)
        .values(bucket=bucket, since=now, wrong=1)
        .on_conflict_do_update(
            index_elements=["bucket"],
            set_={
                "wrong": case((over, 1), else_=table.c.wrong + 1),
                # Typed: a bare datetime would be kept in another spelling on SQLite, and sort wrongly.
                "since": case((over, literal(now, schema.Instant())), else_=table.c.since),
            },
        )
    )
