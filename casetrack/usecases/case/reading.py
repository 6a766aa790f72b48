"""What staff and applicants read: one read each, no locks."""

from typing import Any

from casetrack.domain.access import Actor
from casetrack.domain.case.withheld import without_withheld
from casetrack.domain.events import Event, instant
from casetrack.domain.people.readers import Shown, shown_to
from casetrack.storage.case import case_events
from casetrack.storage.case.case_events import EventRow
from casetrack.usecases.case.links import event_for_reader
from casetrack.usecases.case.visible_case import Sight
from casetrack.usecases.context import Context
from casetrack.usecases.paging import Page


def event_view(row: EventRow) -> dict[str, Any]:
    """An event as docs/api.md describes it; `position` is null until the relay has numbered it."""
    event = Event.from_body(row.body)
    return {
        "id": event.id,
        "type": event.type,
        "stream": event.stream,
        "version": event.version,
        "position": row.position,
        "occurred_at": instant(event.occurred_at),
        "recorded_at": instant(event.recorded_at),
        "hash": row.hash,
        "actor": dict(event.actor),
        "data": dict(event.data),
    }


def events_of_case(
    ctx: Context,
    actor: Actor,
    case: Sight,
    *,
    after: int,
    behind: int | None,
    limit: int,
) -> Page:
    """What happened to the case, page by page: its stream, its deadlines, refused attempts.

    From behind a version of the case, or behind the event id that the page before ended with. Who does
    not read persons in full gets them without what only those may read; the hash is the whole event's.
    """
    region, number = actor.region, case.state.number
    shown = shown_to(actor, case.definition.front_office)
    with ctx.database.read() as connection:
        since = case_events.id_of(connection, region, number, after) if behind is None else behind
        rows = case_events.case_events(connection, region, number, after=since, limit=limit + 1)
    items = [event_for_reader(ctx, actor, _for(shown, event_view(row))) for row in rows[:limit]]
    return Page(items, (items[-1]["id"],) if len(rows) > limit else None)


def _for(shown: Shown, event: dict[str, Any]) -> dict[str, Any]:
    if shown == "full":
        return event
    return {**event, "data": without_withheld(event["type"], event["data"])}
