"""How officers are printed below what they sign: entered, read for a day, erased."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from casetrack.domain.access import Actor
from casetrack.domain.authority.signature_block import DatedProfile, Profile, profile_on
from casetrack.domain.errors import BadInput, Invalid, NotFound
from casetrack.domain.people import visible
from casetrack.domain.people.administration import Deed
from casetrack.domain.people.contact import FORMS
from casetrack.storage.people import officer_profiles as rows
from casetrack.storage.people import officers
from casetrack.storage.unit_of_work import UnitOfWork
from casetrack.usecases import idempotency
from casetrack.usecases.context import Answer, Context
from casetrack.usecases.people.administration import Fact, note

_NIP_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Known:
    """How an officer is printed, oldest first, and whether the index of their NIK is kept."""

    login: str
    profiles: tuple[DatedProfile, ...]
    nik_known: bool


def enter_profile(ctx: Context, region: str, entered: DatedProfile, *, by: str) -> None:
    """Keep how an officer is printed from a day on. Raises BadInput."""
    try:
        profile = tidied(entered.profile)
    except ValueError as error:
        raise BadInput(f"the profile cannot be printed: {error}") from error
    with ctx.database.write() as uow:
        record = officers.find_officer(uow.connection, entered.login)
        if record is None or record.region != region:
            raise BadInput(f"there is no officer {entered.login} in region {region}")
        put_profile(ctx, uow, region, DatedProfile(entered.login, entered.since, profile))
        _note(uow, region, by, "officer_profile_entered", entered.login, entered.since)
    ctx.wake()


def known(ctx: Context, region: str, login: str) -> Known:
    """How an officer of the region is and was printed. Raises NotFound."""
    with ctx.database.read() as connection:
        record = officers.find_officer(connection, login)
        if record is None or record.region != region:
            raise NotFound("unknown_officer", "There is no such officer; GET /officers lists them.")
        found = profiles_of(ctx, connection, region, login)
        indexed = officers.nik_index_of(connection, region, login)
    return Known(login, tuple(found), indexed is not None)


def put_by_administrator(
    ctx: Context,
    actor: Actor,
    entered: DatedProfile,
    nik: str | None,
    request: idempotency.Request | None = None,
) -> Answer:
    """Keep how an officer is printed from a day on, and the keyed index of their NIK where it is given.

    The answer says whose, and nothing of them. What counted from the same day is replaced. Raises
    NotFound, Invalid.
    """
    region = actor.region
    known(ctx, region, entered.login)
    try:
        profile = tidied(entered.profile)
    except ValueError as error:
        raise _unfit("nip" if "NIP" in str(error) else "name", str(error)) from error
    if nik is not None and not FORMS["nik"].fits(nik):
        raise _unfit("nik", f"is not {FORMS['nik'].looks}")
    replayed = idempotency.replay(ctx, request)
    if replayed is not None:
        return replayed
    kept = DatedProfile(entered.login, entered.since, profile)

    def once() -> Answer:
        with ctx.database.write() as uow:
            officers.lock_officer(uow, kept.login)
            put_profile(ctx, uow, region, kept)
            if nik is not None:
                officers.set_nik_index(uow, kept.login, ctx.vault.nik_index(region, nik))
            answer = Answer({"login": kept.login}, "")
            # What is answered is read anew: a kept answer would outlive what is erased.
            idempotency.remember(ctx, uow, request, answer)
            said = {"login": kept.login, "since": kept.since.isoformat()}
            facts: list[Fact] = [("officer_profile_entered", said)]
            if nik is not None:
                facts.append(("officer_nik_indexed", {"login": kept.login}))
            note(uow, region, actor, *facts)
        return answer

    return idempotency.tried(ctx, request, once)


def _unfit(field: str, why: str) -> Invalid:
    return Invalid("invalid_body", f"{field}: {why}.", errors=[{"at": field, "message": why}])


def is_other_nik(ctx: Context, region: str, login: str, nik: str) -> bool:
    """Whether an officer's NIK is known here, and is another one than this."""
    with ctx.database.read() as connection:
        indexed = officers.nik_index_of(connection, region, login)
    return indexed is not None and not ctx.vault.equal(ctx.vault.nik_index(region, nik), indexed)


def put_profile(ctx: Context, uow: UnitOfWork, region: str, entered: DatedProfile) -> None:
    """Seal it and keep it, in the caller's transaction."""
    since = entered.since.isoformat()
    holder = _holder(entered.login, since)
    key, wrapped = ctx.vault.new_key(region, holder)
    text = json.dumps(entered.profile.as_dict(), ensure_ascii=False, sort_keys=True)
    sealed = ctx.vault.seal(key, text, holder)
    place = {"region": region, "login": entered.login, "since": since}
    rows.put(uow, {**place, "wrapped_key": wrapped, "sealed": sealed})


def keep_profile(ctx: Context, uow: UnitOfWork, region: str, entered: DatedProfile) -> None:
    """What a file says of an officer, where it says anything new. Raises ValueError."""
    entered = DatedProfile(entered.login, entered.since, tidied(entered.profile))
    if entered not in profiles_of(ctx, uow.connection, region, entered.login):
        put_profile(ctx, uow, region, entered)


def forget_profile(ctx: Context, region: str, login: str, *, by: str) -> int:
    """Erase how an officer is printed; what they signed keeps its own copy. Gives how many rows went."""
    with ctx.database.write() as uow:
        gone = rows.forget(uow, region, login)
        if gone:
            _note(uow, region, by, "officer_profile_erased", login, None)
    ctx.wake()
    return gone


def profiles_of(ctx: Context, connection: Any, region: str, login: str) -> list[DatedProfile]:
    """All that is kept of an officer, oldest first."""
    found = []
    for row in rows.of_officer(connection, region, login):
        holder = _holder(login, row.since)
        key = ctx.vault.unwrap(row.wrapped_key, region, holder)
        data = json.loads(ctx.vault.open(key, row.sealed, holder))
        found.append(DatedProfile(login, date.fromisoformat(row.since), Profile.from_dict(data)))
    return found


def printed_on(ctx: Context, connection: Any, region: str, login: str, day: date) -> Profile | None:
    """How an officer is printed on a day; None where nobody has entered it."""
    return profile_on(profiles_of(ctx, connection, region, login), day)


def tidied(profile: Profile) -> Profile:
    """The profile as it is kept. Raises ValueError."""
    name = visible.read(profile.name)
    plain = visible.read(profile.plain_name) if profile.plain_name else None
    rank = visible.read(profile.rank) if profile.rank else None
    nip = profile.nip and "".join(profile.nip.split())
    if nip and not (nip.isascii() and nip.isdigit() and len(nip) == _NIP_DIGITS):
        raise ValueError(f"a NIP has {_NIP_DIGITS} digits")
    return Profile(name, plain, rank, nip or None)


def _holder(login: str, since: str) -> str:
    """To what key and text are bound: moved to another row, they do not open."""
    return f"profile:{login}:{since}"


def _note(
    uow: UnitOfWork, region: str, by: str | Actor, deed: Deed, login: str, since: date | None
) -> None:
    said = {"login": login, **({"since": since.isoformat()} if since else {})}
    note(uow, region, by, (deed, said))
