"""How officers are printed below what they sign: entered, read for a day, erased."""

import json
from datetime import date
from typing import Any

from casetrack.domain.authority.signature_block import DatedProfile, Profile, profile_on
from casetrack.domain.errors import BadInput
from casetrack.domain.people import visible
from casetrack.domain.people.administration import Deed
from casetrack.storage.people import officer_profiles as rows
from casetrack.storage.people import officers
from casetrack.storage.unit_of_work import UnitOfWork
from casetrack.usecases.context import Context
from casetrack.usecases.people.administration import note

_NIP_DIGITS = 18


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
    uow: UnitOfWork, region: str, by: str, deed: Deed, login: str, since: date | None
) -> None:
    said = {"login": login, **({"since": since.isoformat()} if since else {})}
    note(uow, region, by, (deed, said))
