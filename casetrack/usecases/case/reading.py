"""What staff and applicants read: one read each, no locks."""

from typing import Any

from casetrack.domain.events import Event, instant
from casetrack.storage.case import case_events
from casetrack.storage.case.case_events import EventRow
from casetrack.storage.people import subjects
from casetrack.usecases.case.visible_case import Sight
from casetrack.usecases.context import Context
from casetrack.usecases.paging import Page
from casetrack.usecases.people.sealing import text_context


def case_with_defects(ctx: Context, sight: Sight) -> dict[str, Any]:
    """The case for staff, with the texts of its defects."""
    view = sight.view()
    texts = case_texts(ctx, sight.state.region, sight.state.number)
    for shown, defect in zip(view["defects"], sight.state.defects, strict=True):
        shown["text"] = texts.get(defect.get("text", ""))
    with ctx.database.read() as connection:
        view["identity_question"] = subjects.identity_asked(
            connection, sight.state.region, sight.state.number
        )
    return view


def case_texts(ctx: Context, region: str, number: str) -> dict[str, str]:
    """The case's free texts by id, opened; those of an erased person are not there."""
    with ctx.database.read() as connection:
        rows = subjects.texts_of_case(connection, region, number)
        keys: dict[str, bytes | None] = {}
        for subject in {row.subject for row in rows}:
            found = subjects.subject(connection, region, subject)
            keys[subject] = found.wrapped_key if found else None
    opened: dict[str, str] = {}
    for row in rows:
        wrapped = keys[row.subject]
        if wrapped is not None and row.kind in ("note", "defect"):
            key = ctx.vault.unwrap(wrapped, region, row.subject)
            opened[row.text] = ctx.vault.open(key, row.sealed, text_context(region, row.text))
    return opened


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
