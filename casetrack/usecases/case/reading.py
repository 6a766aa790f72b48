"""What staff and applicants read: one read each, no locks."""

from datetime import datetime
from typing import Any

from casetrack.domain.access import REGION_WIDE, Actor
from casetrack.domain.case.state import CaseState
from casetrack.domain.events import Event, instant
from casetrack.domain.service.definition import ServiceDefinition, concerned_agencies
from casetrack.storage.case import case_events, queries
from casetrack.storage.case.case_events import EventRow
from casetrack.storage.people import subjects
from casetrack.usecases.case.views import case_view, step_view
from casetrack.usecases.context import Context
from casetrack.usecases.paging import LARGEST_PAGE, Page
from casetrack.usecases.people import readings


def list_cases(
    ctx: Context,
    actor: Actor,
    *,
    status: str | None,
    service: str | None,
    before: int | None,
    limit: int,
) -> Page:
    """Cases of the actor's agency (an auditor's: of the region), newest first."""
    agency = None if actor.has_role(REGION_WIDE) else actor.agency or ""
    with ctx.database.read() as connection:
        rows = queries.cases(
            connection,
            actor.region,
            agency=agency,
            status=status,
            service=service,
            before=before,
            limit=limit + 1,
        )
    items = [_case(ctx, actor.region, row) for row in rows[:limit]]
    return Page(items, (rows[limit - 1].opened_id,) if len(rows) > limit else None)


def _case(ctx: Context, region: str, row: queries.CaseRow) -> dict[str, Any]:
    state = row.state
    definition = ctx.definition(region, state.service, state.service_version)
    return case_view(state, definition, ctx.region(region, row.revision)[0])


def find_cases(ctx: Context, actor: Actor, nik: str) -> list[dict[str, Any]]:
    """Cases of the person with this NIK at the actor's agency: duplicates, lost receipts.

    That these are theirs says something of the person, so the search is written down as a look.
    """
    index = ctx.vault.nik_index(actor.region, nik)
    with ctx.database.read() as connection:
        rows = [
            row
            for subject in subjects.all_with_nik(connection, actor.region, index)
            for row in queries.cases_of_subject(
                connection, actor.region, subject.subject, LARGEST_PAGE
            )
        ][:LARGEST_PAGE]
    found = [
        _case(ctx, actor.region, row)
        for row in rows
        if actor.agency in concerned_agencies(_definition(ctx, row.state))
    ]
    readings.record(ctx, actor, "search", [case["number"] for case in found], nik)
    return found


def _definition(ctx: Context, state: CaseState) -> ServiceDefinition:
    return ctx.definition(state.region, state.service, state.service_version)


def worklist(
    ctx: Context, actor: Actor, *, after: tuple[datetime, str, str] | None, limit: int
) -> Page:
    """Open steps of the actor's agency, most urgent first."""
    with ctx.database.read() as connection:
        rows = queries.worklist(
            connection, actor.region, actor.agency or "", after=after, limit=limit + 1
        )
    region = ctx.region(actor.region)[0]
    items = []
    for row in rows[:limit]:
        definition = _definition(ctx, row.state)
        step = definition.step(row.step)
        items.append(
            {
                "number": row.number,
                "service": {"id": definition.id, "name": definition.name.as_dict()},
                "case_status": row.state.status,
                "waiting_for": row.state.waiting_for,
                "case_due_at": row.state.due_at,
                "step": step_view(step, row.state.steps[row.step], region),
            }
        )
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(items, (instant(last.urgent_at), last.number, last.step) if last else None)


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
    ctx: Context, region: str, number: str, *, after: int, behind: int | None, limit: int
) -> Page:
    """What happened to the case, page by page: its stream, its deadlines, refused attempts.

    From behind a version of the case, or behind the event id that the page before ended with.
    """
    with ctx.database.read() as connection:
        since = case_events.id_of(connection, region, number, after) if behind is None else behind
        rows = case_events.case_events(connection, region, number, after=since, limit=limit + 1)
    items = [event_view(row) for row in rows[:limit]]
    return Page(items, (items[-1]["id"],) if len(rows) > limit else None)


# --- anybody: the status by number --------------------------------------------------------------
