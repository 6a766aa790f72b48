"""Notices that reached nobody: the front office tells the person, and says so."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from casetrack.domain.access import OPERATION_ROLES, Actor, require_agency, require_role
from casetrack.domain.case.own_acts import own_case as refuse_own_case
from casetrack.domain.events import instant
from casetrack.storage.delivery import claims, delivery_lists, sending_again
from casetrack.storage.delivery.delivery_lists import DeliveryRow
from casetrack.storage.people import own_case, sealed_rows
from casetrack.usecases.case.visible_case import sight
from casetrack.usecases.context import Context
from casetrack.usecases.paging import Page
from casetrack.usecases.people import readings
from casetrack.usecases.people.parties import OpenParty, by_case


def untold(ctx: Context, actor: Actor, *, after: int, limit: int) -> Page:
    """Cases of the actor's counter of which somebody is to be told in person, a line each.

    With name and telephone, so the page is written down as read.
    """
    region = actor.region
    with ctx.database.read() as connection:
        found = delivery_lists.untold_cases(connection, region, after=after, limit=limit + 1)
    mine = [
        case.number
        for case in found[:limit]
        if case.service is not None
        and case.version is not None
        and ctx.definition(region, case.service, case.version).front_office == actor.agency
    ]
    key = (found[limit - 1].position,) if len(found) > limit else None
    return Page(_lines(ctx, actor, mine) if mine else [], key)


def _lines(ctx: Context, actor: Actor, numbers: Sequence[str]) -> list[dict[str, Any]]:
    region = actor.region
    name = ctx.region(region)[0].region.name.as_dict()
    calls = [delivery_lists.untold_of(region, numbers), sealed_rows.of_cases(region, numbers)]
    asked, persons = readings.record_and_ask(ctx, actor, "list", numbers, None, calls)
    rows = delivery_lists.read_untold(asked)
    waiting = {number: list(of) for number, of in groupby(rows, key=lambda row: row.number)}
    parties = by_case(ctx, region, numbers, sealed_rows.read_parties(persons))
    return [
        {**_line(waiting[number], parties[number]), "region": name}
        for number in numbers
        # Told by a colleague between two reads.
        if number in waiting
    ]


def _line(rows: Sequence[DeliveryRow], parties: Sequence[OpenParty]) -> dict[str, Any]:
    """The newest notice, so that to mark it marks them all; since when the oldest waits."""
    roles = {row.role for row in rows}
    return {
        **_notice(rows[-1]),
        "number": rows[0].number,
        "since": instant(rows[0].recorded_at),
        "people": [_to_tell(party) for party in parties if party.row.role in roles],
        "notices": [_notice(row) for row in rows],
    }


def _to_tell(party: OpenParty) -> dict[str, Any]:
    seen = party.view("full")
    return {"party": seen["role"], "name": seen["name"], "phone": seen["phone"]}


def _notice(row: DeliveryRow) -> dict[str, Any]:
    return {
        "position": row.position,
        "party": row.role,
        "type": row.type,
        "why": row.state,
        "tried": tried_channels(row),
        "since": instant(row.recorded_at),
    }


def tried_channels(row: DeliveryRow) -> list[str]:
    """The channels by which it was tried in vain, in order, each once."""
    failed = [entry.channel for entry in claims.read_tried(row.tried)]
    last = [row.channel] if row.state == "given_up" else []
    return list(dict.fromkeys([*failed, *last]))


def mark_told(ctx: Context, actor: Actor, number: str, position: int) -> bool:
    """The person was told all up to this notice; False when none waited.

    Raises NotFound, Forbidden to whoever is not at the counter that took the file in, and NoAuthority to
    who is a party of the case.
    """
    case = sight(ctx, actor, number)
    require_role(actor, OPERATION_ROLES["mark_told"])
    require_agency(actor, case.definition.front_office)
    number = case.state.number
    with ctx.database.write() as uow:
        if uow.ask(*own_case.own_case(actor.region, number, actor.id)):
            raise refuse_own_case()
        return sending_again.told_in_person(uow, actor.region, number, position, uow.time(None))
