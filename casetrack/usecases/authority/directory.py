"""Who works where: the caller's own account, the agencies of the region, the officers."""

from collections.abc import Iterable
from itertools import islice
from typing import Any

from casetrack.domain.access import REGION_WIDE, Actor
from casetrack.domain.authority.duties import bodies_of
from casetrack.domain.authority.seats import seats_of
from casetrack.domain.region.counters import Counter
from casetrack.domain.region.outside_mall import stays_of
from casetrack.domain.region.region_data import Agency, Officer, Stay
from casetrack.domain.service.definition import Name
from casetrack.storage.authority import register
from casetrack.storage.people import officers
from casetrack.storage.region import regions
from casetrack.usecases.authority.mall import recorded_stays
from casetrack.usecases.context import Context
from casetrack.usecases.paging import Page


def own_account(ctx: Context, actor: Actor) -> dict[str, Any]:
    """What the account behind a token is, and where its officer sits today by the register."""
    day = ctx.region(actor.region)[1].local_date(ctx.database.now())
    with ctx.database.read() as connection:
        known = register.seats_slice(connection, actor.region, actor.id, day)
        account = officers.find_officer(connection, actor.id)
    # From before it was a paper of the register, while an upgrade is not over.
    by_account = account.officer.registrar_for if account else ()
    return {
        "login": actor.id,
        "region": actor.region,
        "roles": list(actor.roles),
        "agency": actor.agency,
        "registrar_for": sorted({*by_account, *bodies_of(known, actor.id, day)}),
        "seats": [
            {
                "position": held.position,
                "form": held.form,
                "until": held.until.isoformat() if held.until else None,
            }
            for _, held in seats_of(known, actor.id, day)
        ],
    }


def own_seats(ctx: Context, actor: Actor) -> list[Name]:
    """What the positions are called in which the officer sits today by the register."""
    day = ctx.region(actor.region)[1].local_date(ctx.database.now())
    with ctx.database.read() as connection:
        known = register.seats_slice(connection, actor.region, actor.id, day)
        names = {each.id: each.name for each in regions.positions(connection, actor.region)}
    held = [seat.position for _, seat in seats_of(known, actor.id, day)]
    return [names.get(position, Name(position, position)) for position in held]


def agencies(ctx: Context, region: str, *, after: str, limit: int) -> Page:
    """The agencies of a region, by id."""
    record = ctx.region(region)[0]
    known = sorted(record.agencies.values(), key=lambda agency: agency.id)
    found = list(islice((each for each in known if each.id > after), limit + 1))
    following = (found[limit - 1].id,) if len(found) > limit else None
    recorded = recorded_stays(ctx, region, ctx.revisions(region))
    counters = record.region.counters
    items = [_agency(each, stays_of(each, recorded), counters) for each in found[:limit]]
    return Page(items, following)


def officers_seen(ctx: Context, actor: Actor, *, after: str, limit: int) -> Page:
    """The officers that the caller may know of, by login.

    Who keeps the accounts or audits sees the whole region; everybody else their own agency.
    """
    everybody = actor.has_role(("admin", *REGION_WIDE))
    if not everybody and actor.agency is None:
        return Page([], None)
    agency = None if everybody else actor.agency
    with ctx.database.read() as connection:
        found = officers.some_officers(connection, actor.region, agency, after, limit + 1)
    following = (found[limit - 1].login,) if len(found) > limit else None
    return Page([_officer(each) for each in found[:limit]], following)


def _agency(agency: Agency, stays: Iterable[Stay], counters: Iterable[Counter]) -> dict[str, Any]:
    return {
        "counters": [
            {"id": each.id, "name": each.name.as_dict(), "services": list(each.services)}
            for each in counters
            if each.agency == agency.id
        ],
        "hours": [each.as_dict() for each in agency.hours],
        "works": [each.as_dict() for each in agency.works],
        "id": agency.id,
        "name": agency.name.as_dict(),
        "kind": agency.kind,
        "stays": [
            {
                "since": stay.since.isoformat() if stay.since else None,
                "until": stay.until.isoformat() if stay.until else None,
            }
            for stay in stays
        ],
        "office": agency.office.as_dict() if agency.office else None,
    }


def _officer(officer: Officer) -> dict[str, Any]:
    return {
        "login": officer.login,
        "role": officer.role,
        "roles": list(officer.roles),
        "agency": officer.agency,
        "positions": list(officer.positions),
        "disabled": officer.disabled,
    }
