"""Facts recorded later: an old passport never changes, and who relies on it hears of the doubt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from casetrack.domain.access import system
from casetrack.domain.authority.filing import concerned
from casetrack.domain.authority.recheck import Again, judge_again
from casetrack.domain.authority.register import Register
from casetrack.domain.case.correction_details import facts_at
from casetrack.domain.case.reviews import judged_as
from casetrack.domain.case.state import CaseState, but
from casetrack.domain.events import TYPE_PREFIX, NewEvent
from casetrack.storage.authority import decisions, register
from casetrack.storage.authority.decisions import DecisionRow, Review
from casetrack.storage.case import case_rows
from casetrack.usecases.context import Context
from casetrack.usecases.facts import append_fact
from casetrack.usecases.region_by_region import in_each_region

#: Entries looked at in one round, and decisions of one that are looked at together.
SET, BATCH = 500, 100


@dataclass(frozen=True, slots=True)
class _Found:
    decision: DecisionRow
    again: Again


def again(
    ctx: Context,
    known: Register,
    state: CaseState,
    passport: Mapping[str, Any],
    step: str | None,
    version: int,
) -> Again:
    """A passport of this case, of this step where there is one, against a register; by the facts as they
    were for the decision's event, whose version this is."""
    state = but(state, facts=facts_at(state.facts, state.corrections, version))
    calendar = ctx.region(state.region)[1]
    definition = ctx.definition(state.region, state.service, state.service_version)
    defined = definition.step(step) if step is not None else None
    return judge_again(known, passport, **judged_as(state, definition, defined, calendar))


def review_once(ctx: Context) -> int:
    """Look at one batch of decisions that an entry recorded later may speak against.

    Gives how many entries and decisions were looked at. Safe in any number: a decision is questioned
    once.
    """
    return in_each_region(ctx, _review)


def _review(ctx: Context, region: str) -> int:
    """A set of entries: on most of them no decision rests, and these are done with at once."""
    with ctx.database.read() as connection:
        waiting = decisions.waiting_reviews(connection, region, SET)
        about = {
            review.id: concerned(review.kind, review.entry, review.document) for review in waiting
        }
        each = [(review, one) for review in waiting for one in about[review.id]]
        questionable = decisions.with_decisions(connection, region, each) if each else set()
        known = register.whole(connection, region) if questionable else None
    quiet = [review.id for review in waiting if review.id not in questionable]
    if quiet:
        with ctx.database.at_once() as uow:
            decisions.all_reviewed(uow, region, quiet)
    done = len(quiet)
    for review in waiting:
        if known is not None and review.id in questionable:
            done += _look_again(ctx, review, about[review.id], known)
    return done


def _look_again(
    ctx: Context, review: Review, about: Sequence[tuple[str, str]], known: Register
) -> int:
    """One batch of the decisions that rest on what an entry concerns."""
    with ctx.database.read() as connection:
        rows = decisions.resting_on(
            connection, review.region, about, after=review.after, before=review.id, limit=BATCH
        )
        found = [
            _Found(row, again(ctx, known, row.state, row.passport, row.step, row.version))
            for row in rows
            if row.questioned is None
        ]
    for one in found:
        if not one.again.holds:
            _question(ctx, review, one)
    with ctx.database.write() as uow:
        decisions.reviewed(uow, review, rows[-1].id if len(rows) == BATCH else None)
    return len(rows) or 1


def _question(ctx: Context, review: Review, found: _Found) -> None:
    """`casetrack.authority.questioned`, in a stream beside the case: the passport stays as it is."""
    row = found.decision
    with ctx.database.write() as uow:
        record = case_rows.lock_case(uow, review.region, row.number)
        if record is None or not decisions.question(uow, row, str(found.again.code)):
            return
        data = {
            "decision": {"stream": row.number, "version": row.version},
            "step": row.step,
            "code": found.again.code,
            "link": found.again.link,
            "entry": {"kind": review.kind, "id": review.entry, "event": review.id},
        }
        new = NewEvent(TYPE_PREFIX + "authority.questioned", data)
        clock, drawn = system(review.region, "clock"), (record.event_id, record.now)
        append_fact(uow, review.region, f"authority/{row.number}", new, clock, drawn)
