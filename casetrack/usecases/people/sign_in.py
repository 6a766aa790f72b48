"""An officer signs in to pages: with login and password, or in the demo with its token."""

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass

from casetrack.domain.errors import Unauthenticated
from casetrack.domain.people.passwords import kept_form
from casetrack.domain.people.sign_ins import Outcome, Place
from casetrack.domain.service.definition import Name
from casetrack.storage.people import officers, passwords, sign_ins
from casetrack.storage.people.officers import OfficerRecord
from casetrack.storage.people.sign_ins import SignIn
from casetrack.storage.unit_of_work import UnitOfWork
from casetrack.usecases.context import Context
from casetrack.usecases.people import guessing, sessions, tokens

_LOG = logging.getLogger("casetrack.sign_in")
_TOO_MANY = "Too many wrong tries to sign in; wait a moment and try again."


def sign_in(ctx: Context, login: str, password: str, place: Place) -> str:
    """A new session of who knows the password; gives what the cookie holds.

    The same words and the same time for a login that there is not, one without a password, one that is
    disabled and a wrong password. Raises Unauthenticated; Busy after too many wrong ones.
    """
    begun = begin(ctx, login, place)
    with ctx.database.read() as connection:
        record = officers.find_officer(connection, login)
        digest = passwords.digest_of(connection, record.region, login) if record else None
    right = ctx.passwords.fits(kept_form(password), digest)
    if record is None:
        _LOG.info("a try to sign in with a login that there is not")
        raise refused()
    with ctx.database.write() as uow:
        outcome = _outcome(uow, record, digest, right=right)
        note(ctx, uow, record.region, login, outcome, place)
        secret = ""
        if outcome == "signed_in":
            guessing.take_back(uow, begun)
            secret = sessions.begin(ctx, uow, record.region, login, place)
    if not secret:
        raise refused()
    return secret


def _outcome(uow: UnitOfWork, record: OfficerRecord, digest: str | None, *, right: bool) -> Outcome:
    """What became of the try, under the officer's lock: a password that was changed while it was looked
    at, and an account that was disabled meanwhile, open nothing."""
    locked = officers.lock_officer(uow, record.officer.login)
    if digest is None:
        return "no_password"
    now = passwords.digest_of(uow.connection, record.region, record.officer.login)
    if not right or now != digest:
        return "wrong_password"
    return "shut_out" if locked is None or locked.officer.disabled else "signed_in"


def sign_in_to_demo(
    ctx: Context, login: str, token: str, demo: Mapping[str, str], place: Place
) -> str:
    """A new session of one of the demo's people, by their demo token. Raises Unauthenticated."""
    caller = tokens.authenticate(ctx, token) if demo.get(login) == token else None
    if caller is None or caller.ended_at is not None or caller.actor.id != login:
        raise refused()
    with ctx.database.write() as uow:
        locked = officers.lock_officer(uow, login)
        if locked is None or locked.officer.disabled:
            raise refused()
        note(ctx, uow, locked.region, login, "demo", place)
        return sessions.begin(ctx, uow, locked.region, login, place)


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody whom the demo lets in by one click."""

    login: str
    token: str
    region_name: Name
    roles: tuple[str, ...]
    agency: Name | None
    positions: tuple[str, ...]


def demo_people(ctx: Context, demo: Mapping[str, str]) -> dict[str, list[DemoPerson]]:
    """The demo's people by region, the region of most people first."""
    found: dict[str, list[DemoPerson]] = {}
    with ctx.database.read() as connection:
        known = officers.all_officers(connection)
    for record in known:
        officer, region = record.officer, ctx.region(record.region)[0]
        if officer.login in demo and not officer.disabled:
            agency = region.agencies.get(officer.agency or "")
            person = DemoPerson(
                officer.login,
                demo[officer.login],
                region.region.name,
                officer.roles,
                agency.name if agency else None,
                officer.positions,
            )
            found.setdefault(record.region, []).append(person)
    return dict(sorted(found.items(), key=lambda each: -len(each[1])))


def begin(ctx: Context, login: str, place: Place) -> guessing.Begun:
    """Count a try at an account, of which there may be none. Raises Busy."""
    account = hashlib.sha256(login.encode("utf-8", "replace")).hexdigest()[:32]
    return guessing.begin(ctx, f"sign-in:{account}", place.address, _TOO_MANY, "sign-in")


def note(
    ctx: Context, uow: UnitOfWork, region: str, login: str, outcome: Outcome, place: Place
) -> None:
    """Keep what became of a try, for auditors."""
    tried = SignIn(ctx.new_id(), uow.time(None), login, outcome, place)
    sign_ins.put_sign_in(uow, region, tried)


def refused() -> Unauthenticated:
    """The same words whatever was wrong."""
    return Unauthenticated("sign_in_refused", "Login and password do not fit.")
