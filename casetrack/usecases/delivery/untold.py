"""Notices that reached nobody: the front office tells the person, and says so."""

from casetrack.domain.access import OPERATION_ROLES, Actor, require_role
from casetrack.domain.events import instant
from casetrack.storage.case import queries
from casetrack.storage.delivery import claims, delivery_lists, sequencing
from casetrack.usecases.case.visible_case import sight
from casetrack.usecases.context import Context
from casetrack.usecases.paging import Page


def untold(ctx: Context, actor: Actor, *, after: int, limit: int) -> Page:
    """Cases of the actor's counter whose applicant must be told in person."""
    with ctx.database.read() as connection:
        rows = delivery_lists.untold(connection, actor.region, after=after, limit=limit + 1)
        numbers = sorted({row.number for row in rows})
        concerned = queries.agencies_of_cases(connection, actor.region, numbers)
    region = ctx.region(actor.region)[0]
    items = [
        {
            "number": row.number,
            "position": row.position,
            "party": row.role,
            "type": row.type,
            "why": row.state,
            "tried": tried_channels(row),
            "since": instant(row.recorded_at),
            "region": region.region.name.as_dict(),
        }
        for row in rows[:limit]
        if actor.agency in concerned.get(row.number, ())
    ]
    return Page(items, (rows[limit - 1].position,) if len(rows) > limit else None)


def tried_channels(row: delivery_lists.DeliveryRow) -> list[str]:
    """The channels by which it was tried in vain, in order, each once."""
    failed = [entry.channel for entry in claims.read_tried(row.tried)]
    last = [row.channel] if row.state == "given_up" else []
    return list(dict.fromkeys([*failed, *last]))


def mark_told(ctx: Context, actor: Actor, number: str, position: int) -> bool:
    """The person was told in person; False when no such notice waited. Raises NotFound."""
    state = sight(ctx, actor, number).state
    require_role(actor, OPERATION_ROLES["mark_told"])
    with ctx.database.write() as uow:
        return sequencing.told_in_person(uow, actor.region, state.number, position, uow.time(None))
