"""Tokens, kept as digests, and who is behind them."""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from casetrack.domain.access import Actor
from casetrack.storage import schema
from casetrack.storage.people.officers import OfficerRecord, more_roles, registrar_for
from casetrack.storage.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class TokenRecord:
    """A token as it may be shown: never itself."""

    token_id: str
    login: str
    region: str
    created_at: datetime
    revoked_at: datetime | None


def put_token(
    uow: UnitOfWork, digest: str, token_id: str, record: OfficerRecord, now: datetime
) -> None:
    """Keep a token's digest."""
    uow.execute(
        insert(schema.tokens).values(
            digest=digest,
            region=record.region,
            login=record.officer.login,
            token_id=token_id,
            created_at=now,
        )
    )


def revoke_token(uow: UnitOfWork, token_id: str, now: datetime) -> bool:
    """The token opens nothing any more. False when there is none that is live."""
    result = uow.execute(
        update(schema.tokens)
        .where(schema.tokens.c.token_id == token_id, schema.tokens.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    return bool(result.rowcount)


def revoke_tokens_of(uow: UnitOfWork, login: str, now: datetime) -> int:
    """No token of this officer opens anything any more; gives how many were live."""
    table = schema.tokens
    result = uow.execute(
        update(table)
        .where(table.c.login == login, table.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    return int(result.rowcount)


def all_tokens(connection: Connection) -> list[TokenRecord]:
    """All tokens, newest last."""
    table = schema.tokens
    rows = connection.execute(
        select(
            table.c.token_id, table.c.login, table.c.region, table.c.created_at, table.c.revoked_at
        ).order_by(table.c.created_at)
    )
    return [TokenRecord(*row) for row in rows]


def actor_of_token(connection: Connection, digest: str) -> tuple[Actor, str] | None:
    """Who is behind a live token of an enabled officer, and the token's id. One row read."""
    officers_, tokens_ = schema.officers, schema.tokens
    row = connection.execute(
        select(
            officers_.c.login,
            officers_.c.region,
            officers_.c.role,
            officers_.c.roles,
            officers_.c.agency,
            officers_.c.positions,
            officers_.c.registrar_for,
            tokens_.c.token_id,
        )
        .join(
            officers_,
            (officers_.c.region == tokens_.c.region) & (officers_.c.login == tokens_.c.login),
        )
        .where(
            tokens_.c.digest == digest,
            tokens_.c.revoked_at.is_(None),
            officers_.c.disabled.is_(False),
            officers_.c.shut_out_at.is_(None),
        )
    ).first()
    if row is None:
        return None
    positions_held = tuple(json.loads(row.positions))
    actor = Actor(
        "officer",
        row.login,
        row.region,
        row.role,
        row.agency,
        positions_held,
        more_roles(row.role, row.roles),
        registrar_for(row.registrar_for),
    )
    return actor, row.token_id
