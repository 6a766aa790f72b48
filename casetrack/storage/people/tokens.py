"""Tokens, kept as digests, and who is behind them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    insert,
    or_,
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

#: A token that somebody made without an end. A column without a value is no such word: a release that
#: knows no end leaves it empty.
NO_END = datetime(9999, 12, 31, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class TokenRecord:
    """A token as it may be shown: never itself."""

    token_id: str
    login: str
    region: str
    created_at: datetime
    revoked_at: datetime | None
    #: None where a release that knows no end has made it and the upgrade is not over.
    ends_at: datetime | None
    used_at: datetime | None


#: Which tokens; and tokens as they were, and as they are.
Which = ColumnElement[bool]
Change = tuple[list[TokenRecord], list[TokenRecord]]


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who is behind a token that nobody has revoked; `now` is the database's time where it has one."""

    actor: Actor
    token_id: str
    ends_at: datetime | None
    used_at: datetime | None
    now: datetime | None
    #: The entries of the register that make them a registrar, whatever their dates.
    duties: tuple[Registrar, ...] = ()


_TABLE = schema.tokens
_RECORD = select(*(_TABLE.c[name] for name in TokenRecord.__slots__))


def put_token(uow: UnitOfWork, digest: str, token: TokenRecord) -> None:
    """Keep a token, which was never used yet, by its digest."""
    kept = {name: getattr(token, name) for name in TokenRecord.__slots__}
    uow.execute(insert(_TABLE).values(digest=digest, **kept))


def by_id(token_id: str) -> Which:
    """The token of this id."""
    return _TABLE.c.token_id == token_id


def by_login(login: str) -> Which:
    """The tokens of an officer."""
    return _TABLE.c.login == login


def revoke(uow: UnitOfWork, which: Which, now: datetime) -> Change:
    """These tokens open nothing any more; gives those that were not revoked yet."""
    return _change(uow, which, revoked_at=now)


def renew(uow: UnitOfWork, digests: Sequence[str], before: datetime, ends_at: datetime) -> Change:
    """Tokens of these that end before `before` last until `ends_at`; those that were revoked stay so."""
    ends = or_(_TABLE.c.ends_at.is_(None), _TABLE.c.ends_at < before)
    return _change(uow, _TABLE.c.digest.in_(digests) & ends, ends_at=ends_at)


def _change(uow: UnitOfWork, which: Which, **values: datetime) -> Change:
    """Tokens that nobody revoked, before and after; they are held until the commit."""
    query = _RECORD.where(which, _TABLE.c.revoked_at.is_(None)).order_by(_TABLE.c.token_id)
    before = [TokenRecord(*row) for row in uow.execute(query.with_for_update())]
    if before:
        ids = [token.token_id for token in before]
        uow.execute(update(_TABLE).where(_TABLE.c.token_id.in_(ids)).values(**values))
    return before, [replace(token, **values) for token in before]  # type: ignore[arg-type]


def all_tokens(connection: Connection) -> list[TokenRecord]:
    """All tokens, newest last."""
    return [TokenRecord(*row) for row in connection.execute(_RECORD.order_by(_TABLE.c.created_at))]


def tokens_of(connection: Connection, region: str) -> list[TokenRecord]:
    """The tokens of a region's officers."""
    query = _RECORD.where(_TABLE.c.region == region).order_by(_TABLE.c.token_id)
    return [TokenRecord(*row) for row in connection.execute(query)]


def without_end(connection: Connection, region: str) -> set[str]:
    """The logins whose tokens never end, by those that nobody revoked."""
    table = _TABLE.c
    query = select(table.login).where(table.region == region, table.revoked_at.is_(None))
    return set(connection.execute(query.where(table.ends_at == NO_END)).scalars())


def note_use(uow: UnitOfWork, token_id: str, now: datetime, before: datetime) -> None:
    """Write down when the token was last used, unless that was done since `before`."""
    table = _TABLE.c
    uow.execute(
        update(_TABLE)
        .where(table.token_id == token_id, or_(table.used_at.is_(None), table.used_at < before))
        .values(used_at=now)
    )


def who(*, sqlite: bool = False) -> Select[Any]:
    """Who is behind the token `digest`, as `bearer_of` reads it."""
    found = behind(_TABLE, ("token_id", "ends_at", "used_at"), sqlite=sqlite)
    return found.where(_TABLE.c.revoked_at.is_(None))


_WHO = Fixed(who(), sqlite=who(sqlite=True))


def bearer(connection: Connection, digest: str) -> Bearer | None:
    """Who is behind a token of an enabled officer that nobody revoked, ended or not. One row read."""
    rows = ask(connection, _WHO, {"digest": digest})
    return bearer_of(rows[0]) if rows else None


def bearer_of(row: Any) -> Bearer:
    """Who stands in such a row."""
    return Bearer(actor_of(row), row.token_id, row.ends_at, row.used_at, row.now, duties_of(row))
