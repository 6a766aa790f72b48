"""What one case adds to the figures: counted from its events alone, by keys that any figure is a sum of.

Nothing here knows other cases, a database or the time: the same events give the same counts. A day is
a local one, in the calendar's zone, of when a thing was recorded; a paper of a time without the system
never makes an act earlier than it was entered. The days of a limit are counted by `clock.used`.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple, cast

from casetrack.domain.case.case_clock import Clock
from casetrack.domain.case.counted_journey import Journey, is_entered_late
from casetrack.domain.case.folding import fold
from casetrack.domain.case.state import CaseState, StepState
from casetrack.domain.case.transitions import OPEN_CASE, OPEN_STEP
from casetrack.domain.clock import Calendar, Pause, TimeLimit, deadline, merged, used
from casetrack.domain.events import TYPE_PREFIX, Event, instant, parse_instant
from casetrack.domain.service.definition import ServiceDefinition

#: What is counted. Of cases (by service and front office), of steps (by step and its agency), of
#: requirements that were sent back or waived, and of what stands open now.
Figure = Literal[
    "opened",
    "complete",
    "returned",
    "returned_early",
    "granted",
    "refused",
    "deemed",
    "withdrawn",
    "closed",
    "handed_over",
    "in_time",
    "late",
    "within_a_day",
    "overtook",
    "entered_late",
    "limit_passed",
    "days_to_decision",
    "days_to_complete",
    "days_to_product",
    "days_of_agencies",
    "days_of_applicant",
    "days_of_outside",
    "step_ended",
    "step_in_time",
    "step_late",
    "step_returned",
    "step_silent",
    "step_days",
    "step_days_charged",
    "sent_back",
    "sent_back_early",
    "waived",
    "open_since",
    "journeys",
    "journeys_entered_late",
    "passed_agencies",
    "hand_overs",
    "visits",
    "visits_apart",
    "of_agencies",
    "of_applicant",
    "of_outside",
    "first_to_last",
    "gratis",
    "fees",
    "fees_unknown",
]

#: Whose the days are on which a case's clock stood, by its reason. Of what concerns who speaks for the
#: applicant the reason is not told apart.
_OUTSIDE = ("external_system", "court", "force_majeure")

#: Of a case that is over: whose its days were, from the completeness to the decision.
_WHOSE: tuple[Figure, ...] = ("of_agencies", "of_applicant", "of_outside")
_ONE_DAY = timedelta(days=1)
#: Of what stands open now: it belongs to no day.
NOW = ""


class Key(NamedTuple):
    """What a count is of. Where it is of no step, officer or cause these are empty; `value` is a number
    of days where the figure tells days (its spread is kept), else 0. Of what is open, `cause` is what it
    waits for and the day on which its limit ends (payment/2026-11-30), `value` the day of its opening."""

    figure: Figure
    day: str
    service: str
    agency: str
    step: str = ""
    officer: str = ""
    cause: str = ""
    value: int = 0


@dataclass
class Counted:
    """One case, counted. The moments say where it stands in the order of its service: since when it was
    complete, when first its clock stood still, when it was decided or over."""

    service: str
    agency: str
    counts: Counter[Key] = field(default_factory=Counter)
    complete_at: datetime | None = None
    stopped_at: datetime | None = None
    ended_at: datetime | None = None
    decided: bool = False


def counted(events: Iterable[Event], definition: ServiceDefinition, calendar: Calendar) -> Counted:
    """A case's counts. `events` are its own and those of its stream of deadlines, in their order, the
    opening first; `definition` is the version of its service by which it runs."""
    walk = _Walk(definition, calendar)
    for event in events:
        walk.take(event)
    walk.stand()
    return walk.found


class _Walk:
    """From the opening on, event by event."""

    def __init__(self, definition: ServiceDefinition, calendar: Calendar) -> None:
        self.found = Counted(definition.id, definition.front_office)
        self._definition, self._calendar = definition, calendar
        self._state: CaseState | None = None
        #: Start of a pause of the case's clock → whether it is the outside's.
        self._outside: dict[str, bool] = {}
        self._charged: Counter[str] = Counter()
        self._returned_by: dict[str, str] = {}
        self._visited: datetime | None = None
        self._journey = Journey(definition)

    def take(self, event: Event) -> None:
        """What this event adds."""
        if "/" in event.stream:
            self._notice(event)
            return
        before, after = self._state, fold(self._state, event)
        self._state = after
        kind, day = event.type.removeprefix(TYPE_PREFIX), self._day(event.recorded_at)
        if is_entered_late(event):
            self._count("entered_late", day)
        if before is None:
            self._visited = event.occurred_at
            self._journey.open(event, self._local(event.recorded_at))
            self._count("opened", day)
            return
        self._journey.take(before, after, event, self._local(event.recorded_at))
        self._remember_stop(after, event.recorded_at)
        self._of_case(before, after, event, day)
        for name, step in after.steps.items():
            if (was := before.steps.get(name)) is not step and was is not None:
                self._of_step(name, was, step, event, day)
        self._sent_back(event, kind, day)

    def stand(self) -> None:
        """What is open now, and the whole way of what is over."""
        state = self._state
        if state is not None and self._journey.over_on:
            self._whole_way(state)
        if state is None or state.status not in OPEN_CASE:
            return
        since = self._local(parse_instant(state.opened_at)).toordinal()
        due = self._day(parse_instant(state.due_at)) if state.due_at is not None else ""
        self.found.counts[
            Key(
                "open_since",
                NOW,
                state.service,
                state.holder,
                cause=f"{state.waiting_for or ''}/{due}",
                value=since,
            )
        ] += 1

    def _whole_way(self, state: CaseState) -> None:
        """In the month in which it ended."""
        day, counts = self._journey.over_on, self.found.counts
        for name, value, times in self._journey.told(state):
            self._count(cast(Figure, name), day, value=value, times=times)
        for whose in _WHOSE:
            days = sum(n for key, n in counts.items() if key.figure == f"days_{whose}")
            self._count(whose, day, times=days)
        if self._visited is not None:
            last = date.fromisoformat(day)
            self._count("first_to_last", day, value=(last - self._local(self._visited)).days)

    def _notice(self, event: Event) -> None:
        missed = event.type == f"{TYPE_PREFIX}deadline.missed"
        if missed and "silence" in event.data and self._state is not None:
            self._count("limit_passed", self._day(event.recorded_at))

    def _of_case(self, before: CaseState, after: CaseState, event: Event, day: str) -> None:
        found, now = self.found, event.recorded_at
        if before.declared_complete_at is None and after.declared_complete_at is not None:
            found.complete_at = parse_instant(after.declared_complete_at)
            self._count("complete", day)
            waited = self._working_days(parse_instant(before.opened_at), now)
            self._count("days_to_complete", day, value=waited)
            self._waived(after, day)
        if after.returns > before.returns:
            early = after.declared_complete_at is None
            self._count("returned_early" if early else "returned", day)
        if before.status == after.status:
            return
        if after.status in ("granted", "refused") and before.status in OPEN_CASE:
            self._decided(after, now, day)
        if after.status in ("withdrawn", "closed"):
            # Why it was closed is not counted: one of the reasons is told to nobody.
            self._count("withdrawn" if after.status == "withdrawn" else "closed", day)
            found.ended_at = found.ended_at or now
        if after.status == "handed_over":
            self._count("handed_over", day)
            if after.outcome != "refused" and self._visited is not None:
                waited = (self._local(now) - self._local(self._visited)).days
                self._count("days_to_product", day, value=waited)

    def _decided(self, after: CaseState, now: datetime, day: str) -> None:
        found = self.found
        deemed = after.outcome == "deemed_granted"
        self._count(
            "deemed" if deemed else "granted" if after.status == "granted" else "refused", day
        )
        found.ended_at, found.decided = found.ended_at or now, True
        if after.clock is None or after.declared_complete_at is None:
            return
        start, pauses = _until(after.clock, now)
        self._count(
            "days_to_decision", day, value=used(start, now, "working_days", pauses, self._calendar)
        )
        if now - start < _ONE_DAY:
            self._count("within_a_day", day)
        if after.limit is not None:
            limit = TimeLimit.from_dict(after.limit)
            due = after.due_at and parse_instant(after.due_at)
            in_time = now <= (due or deadline(start, limit, pauses, self._calendar))
            self._count("in_time" if in_time else "late", day)
        self._whose_days(start, pauses, now, day)

    def _whose_days(self, start: datetime, pauses: list[Pause], now: datetime, day: str) -> None:
        """Every working day from the completeness to the decision, to one of three."""
        spans = [
            (self._local(begin), self._local(end or now)) for begin, end in merged(start, pauses)
        ]
        stops = sorted((self._local(p.start), p.start) for p in pauses)
        each, last = self._local(start) + _ONE_DAY, self._local(now)
        while each <= last:
            if self._calendar.is_working_day(each):
                figure: Figure = "days_of_agencies"
                if any(first < each < until for first, until in spans):
                    last_stop = [begin for first, begin in stops if first <= each][-1]
                    outside = self._outside.get(instant(last_stop), False)
                    figure = "days_of_outside" if outside else "days_of_applicant"
                self._count(figure, day)
            each += _ONE_DAY

    def _remember_stop(self, after: CaseState, now: datetime) -> None:
        clock = after.clock
        if clock is not None and clock.stopped and after.status in OPEN_CASE:
            outside = after.pause_reason in _OUTSIDE
            self._outside.setdefault(clock.pauses[-1][0], outside)
            self.found.stopped_at = self.found.stopped_at or now

    def _of_step(self, name: str, was: StepState, step: StepState, event: Event, day: str) -> None:
        if was.status == step.status:
            return
        if step.status == "returned":
            self._returned_by[name] = str(event.actor["id"])
            self._count_step("step_returned", name, day)
        if was.status not in OPEN_STEP or step.status not in ("completed", "refused", "no_opinion"):
            return
        self._count_step("step_ended", name, day)
        if step.status == "no_opinion":
            self._count_step("step_silent", name, day)
        if step.due_at is not None:
            in_time = event.recorded_at <= parse_instant(step.due_at)
            self._count_step("step_in_time" if in_time else "step_late", name, day)
        if step.clock is not None:
            start, pauses = _until(step.clock, event.recorded_at)
            days = used(start, event.recorded_at, "working_days", pauses, self._calendar)
            self._count_step("step_days", name, day, value=days)
            # One that was opened again is charged what came on top.
            self._count_step("step_days_charged", name, day, times=days - self._charged[name])
            self._charged[name] = days

    def _sent_back(self, event: Event, kind: str, day: str) -> None:
        """By who found it and for which requirement: once for each, in one return."""
        state = self._state
        if kind != "case.returned" or state is None:
            return
        figure: Figure = "sent_back_early" if state.declared_complete_at is None else "sent_back"
        found = {(each["step"], each["requirement"]) for each in event.data["defects"]}
        for step, requirement in sorted(found):
            finder = self._returned_by.get(step, "")
            self._count_step(figure, step, day, officer=finder, cause=requirement)

    def _waived(self, after: CaseState, day: str) -> None:
        if after.waiver is not None:
            for requirement in after.waiver["requirements"]:
                self._count("waived", day, officer=after.waiver["by"], cause=requirement)

    def _count(
        self,
        figure: Figure,
        day: str,
        *,
        officer: str = "",
        cause: str = "",
        value: int = 0,
        times: int = 1,
    ) -> None:
        found = self.found
        key = Key(figure, day, found.service, found.agency, "", officer, cause, value)
        if times:
            self.found.counts[key] += times

    def _count_step(
        self,
        figure: Figure,
        step: str,
        day: str,
        *,
        officer: str = "",
        cause: str = "",
        value: int = 0,
        times: int = 1,
    ) -> None:
        agency = self._definition.step(step).agency
        key = Key(figure, day, self.found.service, agency, step, officer, cause, value)
        if times:
            self.found.counts[key] += times

    def _local(self, moment: datetime) -> date:
        return self._calendar.local_date(moment)

    def _day(self, moment: datetime) -> str:
        return self._local(moment).isoformat()

    def _working_days(self, start: datetime, now: datetime) -> int:
        return used(start, now, "working_days", (), self._calendar)


def _until(clock: Clock, now: datetime) -> tuple[datetime, list[Pause]]:
    """When it started, and its pauses up to now; one that began only now is none."""
    start, pauses = clock.times()
    kept = []
    for pause in pauses:
        if pause.start < now:
            end = pause.effective_end
            kept.append(Pause(pause.start, min(end, now) if end else now, None))
    return start, kept
