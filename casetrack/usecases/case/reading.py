"""What staff and applicants read: one read each, no locks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from casetrack.domain.access import REGION_WIDE, Actor
from casetrack.domain.case.numbers import CaseNumber, tidy_code
from casetrack.domain.case.state import CaseState
from casetrack.domain.errors import Busy, NotFound
from casetrack.domain.events import Event, instant
from casetrack.domain.service.definition import ServiceDefinition, concerned_agencies
from casetrack.storage import stored_answers
from casetrack.storage.case import case_events, queries
from casetrack.storage.case.case_events import EventRow
from casetrack.storage.people import subjects
from casetrack.storage.region import regions
from casetrack.storage.region.regions import RegionRecord
from casetrack.usecases.case.sight import Sight
from casetrack.usecases.case.views import case_view, step_view
from casetrack.usecases.context import Context
from casetrack.usecases.paging import LARGEST_PAGE, Page
from casetrack.usecases.people.sealing import text_context

#: Wrong access codes allowed in the window: from one address for one case, and for one case.
GUESSES_OF_ONE = 5
GUESSES_OF_ALL = 50
GUESS_WINDOW = timedelta(minutes=15)


def list_cases(
    ctx: Context,
    actor: Actor,
    *,
    status: str | None,
    service: str | None,
    before: int | None,
    limit: int,
) -> Page:
    """Cases of the actor's agency (an auditor's: of his region), newest first."""
    agency = None if actor.role in REGION_WIDE else actor.agency or ""
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
    """Cases of the person with this NIK at the actor's agency: duplicates, lost receipts."""
    index = ctx.vault.nik_index(actor.region, nik)
    with ctx.database.read() as connection:
        subject = subjects.find_by_nik(connection, actor.region, index)
        if subject is None:
            return []
        rows = queries.cases_of_subject(connection, actor.region, subject.subject, LARGEST_PAGE)
    return [
        _case(ctx, actor.region, row)
        for row in rows
        if actor.agency in concerned_agencies(_definition(ctx, row.state))
    ]


def _definition(ctx: Context, state: CaseState) -> ServiceDefinition:
    return ctx.definition(state.region, state.service, state.service_version)


def case_with_defects(ctx: Context, sight: Sight) -> dict[str, Any]:
    """The case for staff, with the texts of its defects."""
    view = sight.view()
    texts = case_texts(ctx, sight.state.region, sight.state.number)
    for shown, defect in zip(view["defects"], sight.state.defects, strict=True):
        shown["text"] = texts.get(defect.get("text", ""))
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
    """An event of CONTRACT.md; `position` is null until the relay has numbered it."""
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


@dataclass(frozen=True, slots=True)
class Status:
    """A case as its applicant may see it; `detailed` when the access code was right."""

    state: CaseState
    definition: ServiceDefinition
    region: RegionRecord
    detailed: bool
    defects: tuple[Mapping[str, Any], ...] = ()


def status(ctx: Context, number: str, code: str | None, address: str) -> Status:
    """The status of a case. Raises Invalid for a malformed number, NotFound, Busy when guessing.

    An unknown case and a wrong code are the same answer.
    """
    parsed = CaseNumber.parse(number)
    with ctx.database.read() as connection:
        code_of = regions.region_of_letters(connection, parsed.region_letters)
        row = queries.case(connection, code_of, str(parsed)) if code_of else None
    if code is not None:
        _check_guesses(ctx, str(parsed), address)
    if row is None or code_of is None:
        if code is not None:
            _count_guess(ctx, str(parsed), address)
        raise _unknown_status()
    if code is not None and not _code_fits(ctx, row.state, code):
        _count_guess(ctx, str(parsed), address)
        raise _unknown_status()
    region = ctx.region(code_of, row.revision)[0]
    definition = _definition(ctx, row.state)
    if code is None:
        return Status(row.state, definition, region, detailed=False)
    return Status(
        row.state, definition, region, detailed=True, defects=_sent_defects(ctx, row.state)
    )


def _unknown_status() -> NotFound:
    return NotFound(
        "unknown_case", "There is no case with this number, or the access code does not fit it."
    )


def _code_fits(ctx: Context, state: CaseState, code: str) -> bool:
    given = ctx.vault.access_digest(state.number, tidy_code(code))
    return bool(state.access_digest) and ctx.vault.equal(given, state.access_digest)


def _buckets(number: str, address: str) -> tuple[tuple[str, int], tuple[str, int]]:
    return (f"{number}|{address[:45]}", GUESSES_OF_ONE), (number, GUESSES_OF_ALL)


def _check_guesses(ctx: Context, number: str, address: str) -> None:
    since = ctx.database.now() - GUESS_WINDOW
    with ctx.database.read() as connection:
        for bucket, most in _buckets(number, address):
            if stored_answers.wrong_guesses(connection, bucket, since) >= most:
                raise Busy(
                    "too_many_guesses",
                    "Too many wrong access codes for this number; try again in a quarter of an "
                    "hour, or ask at the counter for a new code.",
                    retry_after=int(GUESS_WINDOW.total_seconds()),
                )


def _count_guess(ctx: Context, number: str, address: str) -> None:
    with ctx.database.write() as uow:
        for bucket, _ in _buckets(number, address):
            stored_answers.count_guess(uow, bucket, ctx.database.now(), GUESS_WINDOW)


def _sent_defects(ctx: Context, state: CaseState) -> tuple[Mapping[str, Any], ...]:
    sent = [defect for defect in state.defects if defect["sent"]]
    if not sent:
        return ()
    texts = case_texts(ctx, state.region, state.number)
    return tuple(
        {"requirement": d["requirement"], "text": texts.get(d.get("text", ""))} for d in sent
    )
