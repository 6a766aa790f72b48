"""A complaint as officers read it, with what was said and done; and as who complained sees it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from casetrack.domain.access import Actor
from casetrack.domain.case.complaints import STREAM, Complaint
from casetrack.domain.case.numbers import tidy_code
from casetrack.domain.errors import Invalid, NotFound
from casetrack.domain.events import Event, instant
from casetrack.storage.case.complaint_rows import ComplaintRow
from casetrack.storage.people import subjects
from casetrack.storage.region import regions
from casetrack.storage.region.regions import RegionRecord
from casetrack.usecases.case.complaint_sight import complaint_sight, reader, sees
from casetrack.usecases.case.complaint_texts import opened_texts
from casetrack.usecases.context import Context
from casetrack.usecases.paging import Page
from casetrack.usecases.people import readings
from casetrack.usecases.people.guessing import judge

#: Texts that are of who complained, or for them.
_THEIRS = ("text", "contact", "reaction", "answer")
#: Fields of an event that name no text.
_OF_HISTORY = ("limit", "as", "agency", "system", "number", "due", "due_at", "id")


def _moment(at: datetime | None) -> str | None:
    return instant(at) if at else None


def _short(row: ComplaintRow) -> dict[str, Any]:
    state = row.state
    return {
        "number": state.number,
        "version": state.version,
        "state": state.state,
        "kind": state.kind,
        "limit": state.limit,
        "way": state.way,
        "agency": state.agency,
        "case": state.case,
        "about_agency": state.about_agency,
        "about_officer": row.about_officer,
        "named": state.named,
        "received_at": instant(state.received_at),
        "received_by": state.received_by,
        "reaction_due_at": instant(state.reaction_due_at),
        "answer_due_at": instant(state.answer_due_at),
        "reacted_at": _moment(state.reacted_at),
        "answered_at": _moment(state.answered_at),
        "closed_at": _moment(state.closed_at),
        "closed_as": state.closed_as,
        "told": list(state.told),
        "outside": [dict(each) for each in state.outside],
        "corrective": [dict(each) for each in state.corrective],
    }


def complaint_view(ctx: Context, connection: Any, region: str, row: ComplaintRow) -> dict[str, Any]:
    """All of a complaint, with what was said and done."""
    rows = reader(ctx, connection, region)
    texts = opened_texts(ctx, rows, region, row, _key(connection, region, row))
    events = rows.events(f"{STREAM}{row.state.number}")
    contact = next((e.data["contact"] for e in events if e.data.get("contact")), None)
    said = texts.get(contact["text"]) if contact else None
    return {
        **_short(row),
        "text": texts.get(events[0].data["text"]["text"]),
        "contact": json.loads(said) if said else None,
        "history": [_done(event, texts) for event in events],
    }


def _key(connection: Any, region: str, row: ComplaintRow) -> bytes | None:
    if row.state.subject is None:
        return None
    found = subjects.subject(connection, region, row.state.subject)
    return found.wrapped_key if found else None


def _done(event: Event, texts: dict[str, str]) -> dict[str, Any]:
    text = event.data.get("text")
    # The first one's words stand above.
    words = texts.get(text["text"]) if text and event.version > 1 else None
    said = {name: event.data[name] for name in _OF_HISTORY if event.data.get(name) is not None}
    return {
        "version": event.version,
        "type": event.type,
        "at": instant(event.occurred_at),
        "by": event.actor["id"],
        "text": words,
        "said": said if event.version > 1 else {},
    }


def complaints(
    ctx: Context,
    actor: Actor,
    states: tuple[str, ...],
    before: tuple[datetime, str] | None,
    limit: int,
) -> Page:
    """Those that the actor may read, newest first."""
    sight = complaint_sight(ctx, actor)
    if sight is None:
        return Page([], None)
    with ctx.database.read() as connection:
        rows = reader(ctx, connection, actor.region).listed(sight, before, limit + 1, states)
    if rows:
        readings.record(ctx, actor, "complaints", [row.state.number for row in rows[:limit]])
    last = rows[limit - 1].state if len(rows) > limit else None
    key = (instant(last.received_at), last.number) if last else None
    return Page([_short(row) for row in rows[:limit]], key)


def read_complaint(ctx: Context, actor: Actor, row: ComplaintRow) -> dict[str, Any]:
    """A complaint that the actor was found to see. The look is written down before anything is shown."""
    readings.record_look(ctx, actor, row.state.number, "complaint")
    # Row, key and texts of one moment: between two reads they may come under another person's key.
    with ctx.database.snapshot() as connection:
        now = reader(ctx, connection, actor.region).one(row.state.number) or row
        return complaint_view(ctx, connection, actor.region, now)


def numbers_seen(ctx: Context, actor: Actor, numbers: Sequence[str]) -> set[str]:
    """Which of these complaints the actor may know of."""
    sight = complaint_sight(ctx, actor) if numbers else None
    if sight is None:
        return set()
    with ctx.database.read() as connection:
        rows = reader(ctx, connection, actor.region)
        found = [rows.one(number) for number in dict.fromkeys(numbers)]
    return {row.state.number for row in found if row is not None and sees(sight, row)}


def complaints_of_subject(ctx: Context, region: str, subject: str) -> list[dict[str, Any]]:
    """What a person complained of and was told, for their own eyes; nothing of who was erased."""
    with ctx.database.snapshot() as connection:
        rows = reader(ctx, connection, region)
        found = []
        for row in rows.of_subject(subject):
            texts = opened_texts(ctx, rows, region, row, _key(connection, region, row))
            kinds = {each.text: each.kind for each in rows.texts(row.state.number)}
            words = [
                {"kind": kinds[name], "text": said}
                for name, said in sorted(texts.items(), key=lambda item: kinds[item[0]])
                if kinds[name] in _THEIRS
            ]
            found.append(
                {
                    "number": row.state.number,
                    "kind": row.state.kind,
                    "state": row.state.state,
                    "received_at": instant(row.state.received_at),
                    "words": words,
                }
            )
    return found


# --- for who complained ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ComplaintStatus:
    """How a complaint stands, what was first said to it, and what was answered."""

    state: Complaint
    region: RegionRecord
    reaction: str | None
    answer: str | None
    #: Whether the limit that runs was missed.
    late: bool


def complaint_status(ctx: Context, number: str, code: str, address: str) -> ComplaintStatus:
    """For who has number and code. Raises Invalid for a malformed number, and where there is no code;
    NotFound for an unknown number and a wrong code alike; Busy when guessing."""
    with ctx.database.read() as connection:
        region, parsed = regions.case_of_number(connection, number)
        row = reader(ctx, connection, region).one(str(parsed)) if region else None
    if not tidy_code(code):
        fault = {"at": "code", "message": "give the code of the complaint"}
        raise Invalid("invalid_query", f"code: {fault['message']}.", errors=[fault])
    digest = row.state.access_digest if row else None
    given = ctx.vault.access_digest(str(parsed), tidy_code(code))
    fits = judge(
        *(ctx, str(parsed), digest, address),
        lambda: bool(digest) and ctx.vault.equal(given, digest or ""),
    )
    if row is None or region is None or not fits:
        raise NotFound(
            "unknown_complaint",
            "There is no complaint with this number, or the code does not fit it.",
        )
    with ctx.database.snapshot() as connection:
        rows = reader(ctx, connection, region)
        row = rows.one(row.state.number) or row
        texts = opened_texts(ctx, rows, region, row, _key(connection, region, row))
        events = rows.events(f"{STREAM}{row.state.number}")
    said = {e.type.rpartition(".")[2]: e.data.get("text") for e in events[1:]}
    words = {
        kind: texts.get(ref["text"]) if (ref := said.get(kind)) else None
        for kind in ("reacted", "answered")
    }
    return ComplaintStatus(
        row.state,
        ctx.region(region)[0],
        words["reacted"],
        words["answered"],
        _is_late(row.state, ctx.database.now()),
    )


def _is_late(state: Complaint, now: datetime) -> bool:
    if state.state == "closed" or state.answered_at is not None:
        return False
    reaction_missed = state.reacted_at is None and now > state.reaction_due_at
    return reaction_missed or now > state.answer_due_at
