"""Passwords of officers: the link that sets the first one, and changing one's own."""

from dataclasses import dataclass

from casetrack.domain.access import INVITING_ROLES, Actor, require_role
from casetrack.domain.errors import BadInput, NotFound
from casetrack.domain.people.passwords import check_password, kept_form
from casetrack.domain.people.sign_ins import INVITATION_LASTS, Place
from casetrack.storage.people import officers, passwords, sessions
from casetrack.storage.people.officers import OfficerRecord
from casetrack.storage.people.passwords import Invitation
from casetrack.storage.unit_of_work import UnitOfWork
from casetrack.usecases.context import Context
from casetrack.usecases.people import guessing, sign_in
from casetrack.usecases.people import sessions as begun_sessions
from casetrack.usecases.people.administration import note
from casetrack.usecases.people.sessions import SignedIn, require_fresh
from casetrack.usecases.people.tokens import token_digest


@dataclass(frozen=True, slots=True)
class Invited:
    """Who sets a password with a link, and in which region."""

    login: str
    region: str


def invite(ctx: Context, login: str, *, by: str) -> str:
    """What the link holds with which an officer sets a password, once and within a day.

    It is kept only as a digest; a link of before opens nothing any more. Raises BadInput.
    """
    with ctx.database.write() as uow:
        record = officers.lock_officer(uow, login)
        if record is None or record.officer.disabled:
            raise BadInput(f"there is no enabled officer {login}; casetrack officers lists them")
        secret = _invite(ctx, uow, record, by)
    ctx.wake()
    return secret


def invite_by_administrator(ctx: Context, who: SignedIn, login: str) -> str:
    """The same for an officer of the administrator's region, who showed a moment ago who they are.

    Raises Forbidden, NotFound.
    """
    require_role(who.actor, INVITING_ROLES)
    require_fresh(who)
    with ctx.database.write() as uow:
        record = officers.lock_officer(uow, login)
        if record is None or record.region != who.actor.region or record.officer.disabled:
            raise NotFound("unknown_officer", "There is no such officer; GET /officers lists them.")
        secret = _invite(ctx, uow, record, who.actor)
    ctx.wake()
    return secret


def _invite(ctx: Context, uow: UnitOfWork, record: OfficerRecord, by: str | Actor) -> str:
    secret, now, login = ctx.random(32).hex(), uow.draw()[1], record.officer.login
    made = Invitation(record.region, login, now + INVITATION_LASTS)
    passwords.put_invitation(uow, made, token_digest(secret), now)
    note(uow, record.region, by, ("officer_invited", {"login": login}))
    return secret


def invited(ctx: Context, secret: str) -> Invited:
    """Whom a link invites. Raises NotFound where it does nothing, or nothing any more."""
    with ctx.database.read() as connection:
        found = passwords.find_invitation(connection, token_digest(secret))
    if found is None or found.ends_at <= ctx.database.now():
        raise _over()
    return Invited(found.login, found.region)


def set_password(ctx: Context, secret: str, password: str, place: Place) -> str:
    """The officer whom the link invites has this password, and is signed in; every other session of
    theirs ends. Gives what the cookie holds.

    Raises NotFound; Invalid for a password that is not strong enough.
    """
    found = invited(ctx, secret)
    _check(ctx, found.region, found.login, password)
    digest = ctx.passwords.digest(kept_form(password))
    with ctx.database.write() as uow:
        record = officers.lock_officer(uow, found.login)
        now = passwords.find_invitation(uow.connection, token_digest(secret))
        # Read again under the lock: of two who use the link at once, one does.
        if now is None or record is None or record.officer.disabled:
            raise _over()
        passwords.remove_invitation(uow, record.region, found.login)
        cookie = _put(ctx, uow, record, digest, place)
    ctx.wake()
    return cookie


def change_password(ctx: Context, who: SignedIn, old: str, new: str, place: Place) -> str:
    """An officer changes their own password, knowing the old one; every other session of theirs ends.

    Gives what the cookie holds from now on. Raises Unauthenticated, Invalid; Busy after too many wrong.
    """
    actor = who.actor
    digest = _shown(ctx, actor, old, place)
    _check(ctx, actor.region, actor.id, new)
    made = ctx.passwords.digest(kept_form(new))
    with ctx.database.write() as uow:
        record = officers.lock_officer(uow, actor.id)
        now = passwords.digest_of(uow.connection, actor.region, actor.id)
        if record is None or record.officer.disabled or now != digest:
            raise sign_in.refused()
        cookie = _put(ctx, uow, record, made, place)
    ctx.wake()
    return cookie


def step_up(ctx: Context, who: SignedIn, password: str, place: Place) -> str:
    """An officer shows once more who they are: their session is fresh for a while.

    Gives what the cookie holds from now on. Raises Unauthenticated; Busy after too many wrong; NotFound
    where the session was ended meanwhile.
    """
    _shown(ctx, who.actor, password, place)
    with ctx.database.write() as uow:
        return begun_sessions.renew(ctx, uow, who)


def _shown(ctx: Context, actor: Actor, password: str, place: Place) -> str | None:
    """The digest of the officer's password, which they know. Raises Unauthenticated, Busy."""
    begun = sign_in.begin(ctx, actor.id, place)
    with ctx.database.read() as connection:
        digest = passwords.digest_of(connection, actor.region, actor.id)
    right = ctx.passwords.fits(kept_form(password), digest)
    with ctx.database.write() as uow:
        if right:
            guessing.take_back(uow, begun)
        else:
            sign_in.note(ctx, uow, actor.region, actor.id, "wrong_password", place)
    if not right:
        raise sign_in.refused()
    return digest


def has_password(ctx: Context, actor: Actor) -> bool:
    """Whether the officer has a password that they could change."""
    with ctx.database.read() as connection:
        return passwords.digest_of(connection, actor.region, actor.id) is not None


def _put(ctx: Context, uow: UnitOfWork, record: OfficerRecord, digest: str, place: Place) -> str:
    """The new password counts, the sessions of before end, a new one begins, and the trace has it."""
    region, officer = record.region, record.officer
    now = uow.time(None)
    passwords.put_password(uow, region, officer.login, digest, now)
    sessions.end_sessions(uow, region, officer.login, sessions.all_but(None), now)
    sign_in.note(ctx, uow, region, officer.login, "signed_in", place)
    cookie = begun_sessions.begin(ctx, uow, region, officer.login, place)
    by = Actor(
        "officer", officer.login, region, officer.role, officer.agency, officer.positions,
        officer.more_roles,
    )  # fmt: skip
    note(uow, region, by, ("password_set", {"login": officer.login}))
    return cookie


def _check(ctx: Context, region: str, login: str, password: str) -> None:
    record = ctx.region(region)[0]
    check_password(password, (login, record.region.name.id, record.region.name.en))


def _over() -> NotFound:
    return NotFound(
        "invitation_over",
        "This link sets no password: it was used, is older than a day, or a newer one was made; "
        "ask for a new one.",
    )
