"""Tokens of officers: made, shown once, revoked; and who calls with one."""

import hashlib

from casetrack.domain.access import Actor
from casetrack.domain.errors import BadInput
from casetrack.storage.people import officers, tokens
from casetrack.storage.people.tokens import TokenRecord
from casetrack.usecases.context import Context


def create_token(ctx: Context, login: str) -> str:
    """A new token for an officer; it is shown once and kept only as a digest. Raises BadInput."""
    token_id = ctx.random(6).hex()
    token = f"ct_{token_id}_{ctx.random(32).hex()}"
    with ctx.database.write() as uow:
        # Under the officer's lock: else a token made while they are disabled would outlive it.
        record = officers.lock_officer(uow, login)
        if record is None or record.officer.disabled:
            raise BadInput(f"there is no enabled officer {login}; casetrack officers lists them")
        tokens.put_token(uow, token_digest(token), token_id, record, uow.time(None))
    return token


def token_digest(token: str) -> str:
    """What is kept of a token: it has 256 random bits, so one SHA-256 is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def all_tokens(ctx: Context) -> list[TokenRecord]:
    """All tokens, as far as they may be shown."""
    with ctx.database.read() as connection:
        return tokens.all_tokens(connection)


def revoke_token(ctx: Context, token_id: str) -> None:
    """The token opens nothing any more. Raises BadInput."""
    with ctx.database.write() as uow:
        if not tokens.revoke_token(uow, token_id, uow.time(None)):
            raise BadInput(f"there is no live token {token_id}; casetrack token list shows them")


def authenticate(ctx: Context, token: str) -> tuple[Actor, str] | None:
    """Who is behind a live token of an enabled officer, and the token's id; None for any other."""
    with ctx.database.read() as connection:
        return tokens.actor_of_token(connection, token_digest(token))
