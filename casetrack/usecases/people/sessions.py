"""Sessions of officers at pages: begun, found by their cookie, shown, ended."""

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from casetrack.domain.access import Actor
from casetrack.domain.errors import Forbidden, NotFound
from casetrack.domain.people.sign_ins import FRESH_LASTS, LASTS, SEEN_NOTED_EVERY, Place, is_over
from casetrack.storage.people import sessions
from casetrack.storage.people.sessions import SessionRecord
from casetrack.storage.unit_of_work import DatabaseDown, UnitOfWork
from casetrack.usecases.context import Context
from casetrack.usecases.people.tokens import token_digest, with_duties

_LOG = logging.getLogger("casetrack.sessions")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is at a page: the same actor as with a token."""

    actor: Actor
    session: str
    #: Whether they showed who they are a moment ago.
    fresh: bool
    #: When it was seen, where that is to be written down.
    seen_at: datetime | None


def begin(ctx: Context, uow: UnitOfWork, region: str, login: str, place: Place) -> str:
    """A new session of an officer, under their lock; gives what the cookie holds."""
    secret, now = ctx.random(32).hex(), uow.time(None)
    made = SessionRecord(
        ctx.random(8).hex(),
        region,
        login,
        now,
        now,
        now + LASTS,
        None,
        place.address,
        place.agent,
        now + FRESH_LASTS,
    )
    sessions.put_session(uow, token_digest(secret), made)
    return secret


def signed_in(ctx: Context, secret: str) -> SignedIn | None:
    """Who is behind what a cookie holds; None where that opens nothing, or nothing any more."""
    with ctx.database.read() as connection:
        found = sessions.holder(connection, token_digest(secret))
    if found is None:
        return None
    now = ctx.database.now(found.now)
    if is_over(found.seen_at, found.ends_at, found.ended_at, now):
        return None
    actor = with_duties(ctx, found.actor, found.duties, now)
    due = found.seen_at <= now - SEEN_NOTED_EVERY
    fresh = found.fresh_until is not None and now < found.fresh_until
    return SignedIn(actor, found.session, fresh, now if due else None)


def require_fresh(found: SignedIn) -> None:
    """Raises Forbidden: before what is grave they show once more who they are."""
    if not found.fresh:
        raise Forbidden("not_fresh", "Type your password once more first.")


def renew(ctx: Context, uow: UnitOfWork, found: SignedIn) -> str:
    """The session is fresh; gives what the cookie holds from now on. What it held opens nothing any more.

    Raises NotFound where it was ended meanwhile.
    """
    secret = ctx.random(32).hex()
    until = uow.time(None) + FRESH_LASTS
    digest = token_digest(secret)
    if not sessions.renew(uow, found.actor.region, found.session, digest, until):
        raise _unknown()
    return secret


def note_seen(ctx: Context, found: SignedIn) -> None:
    """Write down that the session was seen: as well as it goes, and no oftener than once a minute."""
    if found.seen_at is None:
        return
    before = found.seen_at - SEEN_NOTED_EVERY
    try:
        with ctx.database.at_once() as uow:
            sessions.note_seen(uow, found.actor.region, found.session, found.seen_at, before)
    except DatabaseDown as error:
        _LOG.warning("that session %s was seen was not written down: %s", found.session, error)


def own_sessions(ctx: Context, found: SignedIn) -> list[dict[str, Any]]:
    """The officer's sessions that open something, the newest first, and which of them this one is."""
    now = ctx.database.now()
    with ctx.database.read() as connection:
        known = sessions.sessions_of(connection, found.actor.region, found.actor.id)
    return [
        {
            "session": each.session,
            "began_at": each.began_at,
            "seen_at": each.seen_at,
            "address": each.address,
            "agent": each.agent,
            "this_one": each.session == found.session,
        }
        for each in known
        if not is_over(each.seen_at, each.ends_at, each.ended_at, now)
    ]


def end_session(ctx: Context, actor: Actor, session: str) -> None:
    """One of the officer's own sessions opens nothing any more. Raises NotFound."""
    with ctx.database.write() as uow:
        which, now = sessions.one(session), uow.time(None)
        if not sessions.end_sessions(uow, actor.region, actor.id, which, now):
            raise _unknown()


def end_others(ctx: Context, found: SignedIn) -> None:
    """All of the officer's sessions but this one open nothing any more."""
    with ctx.database.write() as uow:
        which, now = sessions.all_but(found.session), uow.time(None)
        sessions.end_sessions(uow, found.actor.region, found.actor.id, which, now)


def _unknown() -> NotFound:
    return NotFound("unknown_session", "You have no such session, or it ended already.")
