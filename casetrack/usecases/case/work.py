"""What is to be done: the open steps of somebody's agency, and the lists of their counter."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from casetrack.domain.access import Actor
from casetrack.domain.case.counter_work import CounterTask
from casetrack.domain.case.state import StepState
from casetrack.domain.clock import Calendar
from casetrack.domain.errors import Invalid
from casetrack.domain.events import instant
from casetrack.domain.people.readers import shown_to
from casetrack.domain.service.definition import ServiceDefinition
from casetrack.storage.case import work_lists
from casetrack.storage.case.work_lists import Sieve, Version, WorkRow
from casetrack.storage.region.regions import RegionRecord
from casetrack.usecases.case.by_seat import by_seat
from casetrack.usecases.case.case_lists import Document, applicants_of, definition_of
from casetrack.usecases.case.views import agency_view, step_view
from casetrack.usecases.context import Context
from casetrack.usecases.paging import Page

#: The open steps of one's agency; and the lists of a counter: what it has to do with a case, whom it
#: has to tell in person, whose time is over. `seat`: open steps of others for which one's own position
#: holds the power.
WorkList = Literal["work", CounterTask, "tell", "overdue", "seat"]

_OPEN = ("ready", "in_progress", "paused")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which list, and what of it; `since` and `until` are days of the office, both included."""

    name: WorkList = "work"
    mine: bool = False
    unclaimed: bool = False
    overdue: bool = False
    service: str | None = None
    waiting_for: str | None = None
    since: date | None = None
    until: date | None = None


def work_list(
    ctx: Context, actor: Actor, wanted: Wanted, *, after: Any, limit: int
) -> tuple[Page, dict[str, int] | None]:
    """A page of a list; with the first page also how many rows each list has, sifted alike.

    `after` is the key of the last row of the page before: what the list is ordered by. Raises Invalid for
    what excludes each other.
    """
    if wanted.mine and wanted.unclaimed:
        raise Invalid("invalid_query", "mine, unclaimed: take one of them; no step is both.")
    region, calendar = ctx.region(actor.region)
    sieve = _sieve(actor, wanted, calendar, ctx.database.now())
    seat = by_seat(ctx, actor) if wanted.name == "seat" else None
    others = seat.steps if seat is not None else frozenset()
    mine = _versions_to_tell(ctx, sieve) if after is None or wanted.name == "tell" else []
    with ctx.database.read() as connection:
        match wanted.name:
            case "work":
                rows = work_lists.open_work(connection, sieve, after, limit + 1)
            case "seat":
                rows = work_lists.open_work(connection, sieve, after, limit + 1, others)
            case "overdue":
                rows = work_lists.late_list(connection, sieve, after, limit + 1)
            case "tell":
                rows = work_lists.tell_list(connection, sieve, mine, after, limit + 1)
            case task:
                rows = work_lists.task_list(connection, sieve, task, after, limit + 1)
        counts = work_lists.counts(connection, sieve, mine) if after is None else None
    if not _reads_people(actor):
        rows = [] if wanted.name == "people" else rows
        counts = counts and {**counts, "people": 0}
    shown = rows[:limit]
    if seat is not None:
        # Each case is asked by itself, so a page may be shorter than its limit.
        shown = [row for row in shown if row.step and seat.may_do(row.document, row.step)]
    applicants = applicants_of(ctx, actor, "list", [row.document for row in shown])
    items = [_item(ctx, region, sieve, wanted.name, row, applicants) for row in shown]
    return Page(items, _next(wanted.name, rows[limit - 1]) if len(rows) > limit else None), counts


def _reads_people(actor: Actor) -> bool:
    """Whether they read persons in full at their counter: a case on that list has an open death."""
    return shown_to(actor, actor.agency or "") == "full"


def _versions_to_tell(ctx: Context, sieve: Sieve) -> list[Version]:
    """Of the services with somebody to be told, those that the counter takes in."""
    with ctx.database.read() as connection:
        versions = work_lists.versions_to_tell(connection, sieve)
    return [
        version
        for version in versions
        if ctx.definition(sieve.region, *version).front_office == sieve.agency
    ]


def _sieve(actor: Actor, wanted: Wanted, calendar: Calendar, now: datetime) -> Sieve:
    since, until = wanted.since, wanted.until
    return Sieve(
        actor.region,
        actor.agency or "",
        actor.id,
        now,
        mine=wanted.mine,
        unclaimed=wanted.unclaimed,
        overdue=wanted.overdue,
        service=wanted.service,
        waiting_for=wanted.waiting_for,
        opened_from=calendar.start_of(since) if since else None,
        opened_before=calendar.start_of(until + timedelta(days=1)) if until else None,
    )


def _next(name: WorkList, row: WorkRow) -> tuple[str, ...]:
    """The list, and what its rows are ordered by, as text."""
    parts = [instant(part) if isinstance(part, datetime) else str(part) for part in row.key]
    return (name, *parts, *[""] * (3 - len(parts)))


def _item(
    ctx: Context,
    region: RegionRecord,
    sieve: Sieve,
    name: WorkList,
    row: WorkRow,
    applicants: Mapping[str, Any],
) -> dict[str, Any]:
    document = row.document
    definition = definition_of(ctx, region.region.code, document)
    step = row.step or _step_of(name, document, definition, sieve)
    reached = StepState.from_document(document["steps"][step]) if step else None
    return {
        "number": document["number"],
        "service": {"id": definition.id, "name": definition.name.as_dict()},
        "case_status": document["status"],
        "waiting_for": document["waiting_for"],
        "case_due_at": document["due_at"],
        "opened_at": document["opened_at"],
        "holder": agency_view(region, document["holder"]),
        "applicant": applicants.get(document["number"]),
        "step": step_view(definition.step(step), reached, region) if step and reached else None,
    }


def _step_of(
    name: WorkList, document: Document, definition: ServiceDefinition, sieve: Sieve
) -> str | None:
    """The first step that the row is about, if it is about one."""
    now = instant(sieve.now)
    for step in definition.steps:
        reached = document["steps"][step.id]
        fits = {
            "check": reached["status"] in _OPEN and step.id == definition.root.id,
            "send_back": reached["status"] == "returned",
            "hand_over": reached["status"] in _OPEN and step.kind == "hand_over",
            "overdue": reached["status"] in _OPEN and (reached["due_at"] or now) < now,
        }
        if fits.get(name):
            return step.id
    return None
