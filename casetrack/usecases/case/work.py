"""What is to be done: the open steps of somebody's agency, and the lists of their counter."""

from collections.abc import Mapping, Sequence
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
from casetrack.domain.region.revisions import Revisions
from casetrack.domain.service.definition import ServiceDefinition
from casetrack.storage.case import work_counts, work_lists
from casetrack.storage.case.sieve import Sieve, Version
from casetrack.storage.case.work_counts import Counts
from casetrack.storage.case.work_lists import WorkRow
from casetrack.storage.fixed import ask_all
from casetrack.storage.region.regions import RegionRecord
from casetrack.storage.service import catalogue
from casetrack.usecases.case.by_seat import BySeat, by_seat
from casetrack.usecases.case.case_lists import Document, applicants_of, definition_of
from casetrack.usecases.case.listed_products import last_tries, listed_products
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
) -> tuple[Page, Counts | None]:
    """A page of a list; with the first page also how many rows each list has, sifted alike.

    `after` is the key of the last row of the page before: what the list is ordered by. Raises Invalid for
    what excludes each other.
    """
    if wanted.mine and wanted.unclaimed:
        raise Invalid("invalid_query", "mine, unclaimed: take one of them; no step is both.")
    at = ctx.revisions(actor.region)
    region, calendar = ctx.region(actor.region, at.files)
    sieve = _sieve(actor, wanted, calendar, ctx.database.now())
    seat = by_seat(ctx, actor) if wanted.name == "seat" else None
    rows, counts = _read(ctx, sieve, wanted.name, at, seat, after=after, limit=limit + 1)
    if not _reads_people(actor):
        rows = [] if wanted.name == "people" else rows
        counts = counts and counts.without("people")
    shown = rows[:limit]
    if seat is not None:
        # Each case is asked by itself, so a page may be shorter than its limit.
        shown = [row for row in shown if row.step and seat.may_do(row.document, row.step)]
    documents = [row.document for row in shown]
    applicants = applicants_of(ctx, actor, "list", documents)
    tries = last_tries(ctx, actor.region, documents)
    items = [_item(ctx, region, sieve, wanted.name, row, applicants, tries) for row in shown]
    return Page(items, _next(wanted.name, rows[limit - 1]) if len(rows) > limit else None), counts


def own_counts(ctx: Context, actor: Actor) -> Counts:
    """How many rows each of the caller's lists has; no case is looked at, so nobody is read."""
    at = ctx.revisions(actor.region)
    sieve = _sieve(actor, Wanted(), ctx.region(actor.region, at.files)[1], ctx.database.now())
    takes_in = taken_in(ctx, sieve.region, sieve.agency, at)
    with ctx.database.read() as connection:
        found = ask_all(connection, [work_counts.count_of(sieve, takes_in, work_counts.BOUNDS)])
    counts = work_counts.read_counts(found[0][0], work_counts.BOUNDS)
    return counts if _reads_people(actor) else counts.without("people")


def _reads_people(actor: Actor) -> bool:
    """Whether they read persons in full at their counter: a case on that list has an open death."""
    return shown_to(actor, actor.agency or "") == "full"


def _read(
    ctx: Context,
    sieve: Sieve,
    name: WorkList,
    at: Revisions,
    seat: BySeat | None,
    *,
    after: Any,
    limit: int,
) -> tuple[list[WorkRow], Counts | None]:
    """The rows and, for the first page, the counts: one round trip."""
    takes_in = taken_in(ctx, sieve.region, sieve.agency, at)
    others = seat.steps if seat is not None else frozenset()
    calls = []
    if after is None:
        calls.append(work_counts.count_of(sieve, takes_in, work_counts.BOUNDS))
    is_empty = not others if name == "seat" else name == "tell" and not takes_in
    if not is_empty:
        key = after if isinstance(after, tuple) or after is None else (after,)
        calls.append(work_lists.page_of(name, sieve, takes_in, others, key, limit))
    with ctx.database.read() as connection:
        found = ask_all(connection, calls) if calls else []
    counts = work_counts.read_counts(found[0][0], work_counts.BOUNDS) if after is None else None
    return [] if is_empty else work_lists.read_page(found[-1]), counts


def taken_in(ctx: Context, region: str, agency: str, at: Revisions) -> Sequence[Version]:
    """The versions of services whose files are taken in at the agency's counter.

    A version is published by a load, which makes a new revision of the region's files.
    """

    def read() -> dict[str, list[Version]]:
        with ctx.database.read() as connection:
            published = catalogue.versions(connection, region)
        found: dict[str, list[Version]] = {}
        for version in published:
            found.setdefault(ctx.definition(region, *version).front_office, []).append(version)
        return found

    return ctx.counters.get((region, at.files), read).get(agency, ())


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
    tries: Mapping[str, Any],
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
        "products": listed_products(document, definition, tries),
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
            "sign": reached["status"] in _OPEN and step.kind == "sign",
            "overdue": reached["status"] in _OPEN and (reached["due_at"] or now) < now,
        }
        if fits.get(name):
            return step.id
    return None
