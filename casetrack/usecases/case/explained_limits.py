"""The limits of a case, explained: each with its days one by one, and whose the days were that it stood.

A limit is told by the calendar that it was counted by: the one of today, or else the newest of before
that gives the same day. Where none does, that is said.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from casetrack.domain.case.case_clock import Clock
from casetrack.domain.case.clock_days import MOST_DAYS, CountedDay, Stop, days_of
from casetrack.domain.case.folding import fold
from casetrack.domain.case.state import CaseState
from casetrack.domain.case.steps import is_carried_out, target_calendar
from casetrack.domain.case.transitions import OPEN_CASE, OPEN_STEP
from casetrack.domain.clock import Calendar, TimeLimit, calendar_of_days, deadline, used
from casetrack.domain.events import Event, instant, parse_instant
from casetrack.domain.service.definition import ServiceDefinition, StepDefinition
from casetrack.storage.case import case_events
from casetrack.storage.region import calendars
from casetrack.usecases.context import Context

#: Events of one case that are read for the reasons of its pauses.
_MOST_EVENTS = 10_000
#: Calendars of before that are asked whether a limit was counted by them.
_MOST_CALENDARS = 20

#: Whose days those are on which the clock stood, by its reason.
WHOSE: Mapping[str, str] = {
    "applicant": "applicant",
    "payment": "applicant",
    "parties": "applicant",
    "external_system": "external_system",
    "court": "court",
    "force_majeure": "nobody",
    "elsewhere": "other_step",
}


@dataclass(frozen=True, slots=True)
class ExplainedLimit:
    """One limit: of the case where `step` is None. `counted_by`: the calendar's version, None where no
    calendar that is known gives the day that stands in the case."""

    step: StepDefinition | None
    agency: str
    started_at: datetime
    limit: TimeLimit
    due_at: datetime | None
    running: bool
    #: Whole units that have been charged by now.
    used: int
    stops: tuple[Stop, ...]
    days: tuple[CountedDay, ...]
    left_off: int
    counted_by: str | None
    #: The paper by which the agency keeps another working pattern, where that counted.
    basis: str | None

    @property
    def stands(self) -> Stop | None:
        """The pause in which it is now."""
        last = self.stops[-1] if self.stops else None
        return last if self.due_at is None and last and last.pause.end is None else None


@dataclass(frozen=True, slots=True)
class CaseClock:
    """All limits of a case that began: those that run, and those that were met or missed."""

    running: tuple[ExplainedLimit, ...]
    past: tuple[ExplainedLimit, ...]
    now: datetime

    def shown(self, root: str) -> ExplainedLimit | None:
        """The limit that an applicant asks for: the case's own; until it runs, that of the check."""
        limits = (*self.running, *self.past)
        own = next((each for each in limits if each.step is None), None)
        return own or next((each for each in limits if each.step and each.step.id == root), None)


@dataclass(frozen=True, slots=True)
class _Limit:
    step: StepDefinition | None
    agency: str
    clock: Clock
    limit: TimeLimit
    due_at: datetime | None
    running: bool
    calendar: Calendar


def case_clock(
    ctx: Context, state: CaseState, definition: ServiceDefinition, revision: int
) -> CaseClock:
    """The limits of the case in the order of its steps, its own first."""
    calendar = ctx.region(state.region, revision)[1]
    now = ctx.database.now()
    limits = list(_limits(state, definition, calendar))
    reasons = _reasons(ctx, state) if any(map(_stood, limits)) else {}
    older = _older(ctx, state.region, limits)
    told = [_explained(each, reasons, older, now) for each in limits]
    return CaseClock(
        tuple(each for each in told if each.running),
        tuple(each for each in told if not each.running),
        now,
    )


def _limits(
    state: CaseState, definition: ServiceDefinition, calendar: Calendar
) -> Iterator[_Limit]:
    if state.clock is not None and state.limit is not None:
        limit, open_ = TimeLimit.from_dict(state.limit), state.status in OPEN_CASE
        due = parse_instant(state.due_at) if state.due_at else None
        yield _Limit(None, state.holder, state.clock, limit, due, open_, calendar)
    for step in definition.steps:
        reached = state.steps[step.id]
        if reached.clock is None or step.limit is None:
            continue
        counts = state.status in OPEN_CASE or is_carried_out(state, definition)
        running = reached.status in OPEN_STEP and counts
        due = parse_instant(reached.due_at) if reached.due_at else None
        if running or due is not None:
            by = target_calendar(step, calendar)
            yield _Limit(step, step.agency, reached.clock, step.limit, due, running, by)


def _stood(limit: _Limit) -> bool:
    """Whether it stood still while it ran; one that is over stands for good, which is no pause."""
    return any(limit.running or end is not None for _, end, _ in limit.clock.pauses)


def _reasons(ctx: Context, state: CaseState) -> dict[tuple[str, str], str]:
    """Why a clock was stopped, by step (empty: the case) and by when."""
    with ctx.database.read() as connection:
        rows = case_events.stream_events(
            connection, state.region, state.number, after=0, limit=_MOST_EVENTS
        )
        events = [Event.from_body(row.body) for row in rows]
    found: dict[tuple[str, str], str] = {}
    now: CaseState | None = None
    for event in events:
        now = fold(now, event)
        clocks = [("", now.clock, now.pause_reason or "elsewhere")]
        for name in event.data["steps"]:
            step = now.steps[name]
            why = now.pause_reason if step.status == "paused" else None
            returned = "applicant" if step.status == "returned" else "elsewhere"
            clocks.append((name, step.clock, why or returned))
        for name, clock, why in clocks:
            if clock is not None and clock.stopped:
                found.setdefault((name, clock.pauses[-1][0]), why)
    return found


def _older(ctx: Context, region: str, limits: Sequence[_Limit]) -> list[Calendar]:
    """Calendars of before, where a limit was not counted by the one of today."""
    if all(_gives(each, each.calendar) for each in limits):
        return []
    with ctx.database.read() as connection:
        kept = calendars.kept_calendars(connection, region, _MOST_CALENDARS)
    return [calendar_of_days(each.version, ZoneInfo(each.zone), each.days) for each in kept]


def _gives(limit: _Limit, calendar: Calendar) -> bool:
    """Whether this calendar counts to the day that stands in the case."""
    if limit.due_at is None:
        return True
    start, pauses = limit.clock.times()
    if not limit.running:
        # A limit that is over stands still without an end; its day was counted before.
        pauses = [pause for pause in pauses if pause.effective_end is not None]
    if any(pause.effective_end is None for pause in pauses):
        return False
    return deadline(start, limit.limit, pauses, calendar) == limit.due_at


def _explained(
    each: _Limit,
    reasons: Mapping[tuple[str, str], str],
    older: Sequence[Calendar],
    now: datetime,
) -> ExplainedLimit:
    by = next((c for c in (each.calendar, *older) if _gives(each, c)), None)
    calendar = by or each.calendar
    start, pauses = each.clock.times()
    name = each.step.id if each.step else ""
    stops = tuple(
        Stop(reasons.get((name, instant(pause.start)), "elsewhere"), pause) for pause in pauses
    )
    counted = [s for s in stops if each.running or s.pause.effective_end is not None]
    last = calendar.local_date(each.due_at if each.due_at else now)
    days = list(days_of(start, each.limit, counted, calendar, last))
    return ExplainedLimit(
        each.step,
        each.agency,
        start,
        each.limit,
        each.due_at,
        each.running,
        used(start, now, each.limit.unit, pauses, calendar),
        stops if each.running else tuple(counted),
        tuple(days[:MOST_DAYS]),
        max(0, len(days) - MOST_DAYS),
        by.version if by else None,
        calendar.basis,
    )
