"""Tokens of officers: made, shown once, ended, revoked; and who calls with one."""

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Literal

from casetrack.domain.access import Actor
from casetrack.domain.authority.duties import holds
from casetrack.domain.authority.entries import Registrar
from casetrack.domain.errors import BadInput
from casetrack.domain.people.administration import TOKEN_DAYS, USE_NOTED_EVERY
from casetrack.storage.people import officers, tokens
from casetrack.storage.people.tokens import NO_END, Bearer, TokenRecord
from casetrack.storage.unit_of_work import DatabaseDown
from casetrack.usecases.context import Context
from casetrack.usecases.people.administration import changed_tokens, note

_LOG = logging.getLogger("casetrack.tokens")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls with a token. Where `ended_at` is set its time is over, and it opens nothing."""

    actor: Actor
    token_id: str
    ended_at: datetime | None
    #: When it was used, where that is to be written down.
    used_at: datetime | None


def create_token(ctx: Context, login: str, *, days: int = TOKEN_DAYS, by: str = "casetrack") -> str:
    """A new token for an officer, for so many days; 0 is without an end.

    It is shown once and kept only as a digest. `by` is who makes it. Raises BadInput.
    """
    token_id = ctx.random(6).hex()
    token = f"ct_{token_id}_{ctx.random(32).hex()}"
    with ctx.database.write() as uow:
        # Under the officer's lock: else a token made while they are disabled would outlive it.
        record = officers.lock_officer(uow, login)
        if record is None or record.officer.disabled:
            raise BadInput(f"there is no enabled officer {login}; casetrack officers lists them")
        now = uow.draw()[1]
        ends_at = now + timedelta(days=days) if days else NO_END
        made = TokenRecord(token_id, login, record.region, now, None, ends_at, None)
        tokens.put_token(uow, token_digest(token), made)
        note(uow, record.region, by, ("token_created", changed_tokens((), [made])))
    ctx.wake()
    return token


def token_digest(token: str) -> str:
    """What is kept of a token, or of a cookie: it has 256 random bits, so one SHA-256 is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Shown:
    """A token as it may be shown; `ends_at` is None where it never ends."""

    record: TokenRecord
    state: Literal["live", "ended", "revoked"]
    ends_at: datetime | None


def all_tokens(ctx: Context) -> list[Shown]:
    """All tokens, as far as they may be shown."""
    with ctx.database.read() as connection:
        return [_shown(token, ctx.database.now()) for token in tokens.all_tokens(connection)]


def _shown(token: TokenRecord, now: datetime) -> Shown:
    ends_at = None if token.ends_at == NO_END else token.ends_at
    if token.revoked_at is not None:
        return Shown(token, "revoked", ends_at)
    return Shown(token, "ended" if _is_over(token.ends_at, now) else "live", ends_at)


def _is_over(ends_at: datetime | None, now: datetime) -> bool:
    return ends_at is not None and ends_at <= now


def revoke_token(ctx: Context, token_id: str, *, by: str = "casetrack") -> None:
    """The token opens nothing any more. Raises BadInput."""
    with ctx.database.write() as uow:
        now = uow.draw()[1]
        before, after = tokens.revoke(uow, tokens.by_id(token_id), now)
        if not before:
            raise BadInput(f"there is no live token {token_id}; casetrack token list shows them")
        note(uow, before[0].region, by, ("token_revoked", changed_tokens(before, after)))
    ctx.wake()


def renew_tokens(ctx: Context, given: Sequence[str], *, by: str) -> None:
    """Tokens of these that have less than half of their time left last the whole of it again.

    Those that were revoked stay so.
    """
    digests = [token_digest(token) for token in given]
    with ctx.database.write() as uow:
        now = uow.draw()[1]
        life = timedelta(days=TOKEN_DAYS)
        before, after = tokens.renew(uow, digests, now + life / 2, now + life)
        for region, some in groupby(sorted(before, key=_region), key=_region):
            old = list(some)
            new = [token for token in after if token.region == region]
            note(uow, region, by, ("tokens_renewed", changed_tokens(old, new)))
    ctx.wake()


def _region(token: TokenRecord) -> str:
    return token.region


def authenticate(ctx: Context, token: str) -> Caller | None:
    """Who is behind a token of an enabled officer that nobody revoked; None for any other."""
    with ctx.database.read() as connection:
        found = tokens.bearer(connection, token_digest(token))
    return caller(ctx, found) if found else None


def caller(ctx: Context, found: Bearer) -> Caller:
    """The bearer of a token as one who calls now."""
    now = ctx.database.now(found.now)
    due = found.used_at is None or found.used_at <= now - USE_NOTED_EVERY
    ended_at = found.ends_at if _is_over(found.ends_at, now) else None
    actor = with_duties(ctx, found.actor, found.duties, now)
    return Caller(actor, found.token_id, ended_at, now if due else None)


def with_duties(ctx: Context, actor: Actor, duties: Sequence[Registrar], now: datetime) -> Actor:
    """Who calls, with the agencies whose papers they keep today by the register."""
    if not duties:
        return actor
    day = ctx.region(actor.region)[1].local_date(now)
    named = {duty.agency for duty in duties if holds(duty, day)}
    return replace(actor, registrar_for=tuple(sorted({*actor.registrar_for, *named})))


def note_use(ctx: Context, token_id: str, now: datetime) -> None:
    """Write down that the token was used: as well as it goes, and no oftener than once an hour."""
    try:
        with ctx.database.at_once() as uow:
            tokens.note_use(uow, token_id, now, now - USE_NOTED_EVERY)
    except DatabaseDown as error:
        _LOG.warning("the last use of token %s was not written down: %s", token_id, error)
