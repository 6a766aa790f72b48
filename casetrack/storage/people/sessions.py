"""Sessions of officers at pages, kept as digests, and who is behind them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    delete,
    insert,
    select,
    update,
)

from casetrack.domain.access import Actor
from casetrack.domain.authority.entries import Registrar
from casetrack.storage import schema
from casetrack.storage.fixed import Fixed, ask
from casetrack.storage.people.acting_officers import (
    actor_of,
    behind,
    duties_of,
)
from casetrack.storage.unit_of_work import UnitOfWork

_TABLE = schema.sessions
_TIMES = ("session", "began_at", "seen_at", "ends_at", "ended_at", "fresh_until")


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """A session as it may be shown: never what opens it."""

    session: str
    region: str
    login: str
    began_at: datetime
    seen_at: datetime
    ends_at: datetime
    ended_at: datetime | None
    address: str
    agent: str
    fresh_until: datetime | None


@dataclass(frozen=True, slots=True)
class Holder:
    """Who is behind a session, ended or not; `now` is the database's time where it has one."""

    actor: Actor
    duties: tuple[Registrar, ...]
    session: str
    began_at: datetime
    seen_at: datetime
    ends_at: datetime
    ended_at: datetime | None
    fresh_until: datetime | None
    now: datetime | None


_RECORD = select(*(_TABLE.c[name] for name in SessionRecord.__slots__))


def put_session(uow: UnitOfWork, digest: str, session: SessionRecord) -> None:
    """Keep a session by the digest of what opens it."""
    kept = {name: getattr(session, name) for name in SessionRecord.__slots__}
    uow.execute(insert(_TABLE).values(digest=digest, **kept))


_WHO = Fixed(behind(_TABLE, _TIMES, sqlite=False), sqlite=behind(_TABLE, _TIMES, sqlite=True))


def holder(connection: Connection, digest: str) -> Holder | None:
    """Who is behind a session of a live account. One row read."""
    rows = ask(connection, _WHO, {"digest": digest})
    if not rows:
        return None
    row = rows[0]
    times: dict[str, Any] = {name: getattr(row, name) for name in _TIMES}
    return Holder(actor=actor_of(row), duties=duties_of(row), now=row.now, **times)


def renew(uow: UnitOfWork, region: str, session: str, digest: str, fresh_until: datetime) -> int:
    """A session that nobody ended is fresh, and something else opens it from now on; gives how many."""
    table = _TABLE.c
    renewed = (
        update(_TABLE)
        .where(table.region == region, table.session == session, table.ended_at.is_(None))
        .values(digest=digest, fresh_until=fresh_until)
    )
    return int(uow.execute(renewed).rowcount)


def note_seen(uow: UnitOfWork, region: str, session: str, now: datetime, before: datetime) -> None:
    """Write down when the session was last seen, unless that was done since `before`."""
    table = _TABLE.c
    uow.execute(
        update(_TABLE)
        .where(table.region == region, table.session == session, table.seen_at < before)
        .values(seen_at=now)
    )


def one(session: str) -> ColumnElement[bool]:
    """This session."""
    return _TABLE.c.session == session


def all_but(session: str | None) -> ColumnElement[bool]:
    """Every session but this one."""
    return _TABLE.c.session != (session or "")


def end_sessions(
    uow: UnitOfWork, region: str, login: str, which: ColumnElement[bool], now: datetime
) -> int:
    """These sessions of an officer open nothing any more; gives how many did until now."""
    table = _TABLE.c
    ended = (
        update(_TABLE)
        .where(table.region == region, table.login == login, table.ended_at.is_(None), which)
        .values(ended_at=now)
    )
    return int(uow.execute(ended).rowcount)


def sessions_of(connection: Connection, region: str, login: str) -> list[SessionRecord]:
    """The sessions of an officer that nobody ended, newest first."""
    table = _TABLE.c
    query = _RECORD.where(table.region == region, table.login == login, table.ended_at.is_(None))
    rows = connection.execute(query.order_by(table.began_at.desc(), table.session))
    return [SessionRecord(*row) for row in rows]


def purge(uow: UnitOfWork, region: str, older_than: datetime) -> int:
    """Forget sessions that ended before then by themselves; gives how many."""
    old = delete(_TABLE).where(_TABLE.c.region == region, _TABLE.c.ends_at < older_than)
    return int(uow.execute(old).rowcount)
