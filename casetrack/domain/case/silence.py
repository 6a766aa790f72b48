"""What the law says of silence: that the limit of law has passed, and the proof of it.

UU 30/2014 art. 53 counts a limit that passed without a decision as a grant. The proof is frozen when
that happens: it needs neither calendar nor register to be read.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from casetrack.domain.case.case_clock import Clock
from casetrack.domain.case.state import CaseState, Document
from casetrack.domain.case.steps import Setting
from casetrack.domain.case.transitions import OPEN_CASE
from casetrack.domain.clock import Calendar, Pause, TimeLimit, deadline
from casetrack.domain.events import instant, parse_instant
from casetrack.domain.service.definition import ServiceDefinition

#: The rule where a service names none of its sector.
GENERAL_ARTICLE = "Pasal 53 UU 30/2014 sebagaimana diubah dengan UU 6/2023"
#: So many days stand in a proof one by one; a limit of law is never so long.
MOST_DAYS = 800
#: Whose a day is that was no agency's: the applicant's, or that of somebody outside this house.
APPLICANT, OUTSIDE = "applicant", "outside"
_OUTSIDE_REASONS = ("external_system", "court", "force_majeure")
_ONE_DAY = timedelta(days=1)


def article_of(definition: ServiceDefinition) -> str:
    """The article by which the limit of this service counts."""
    return definition.deemed_basis or GENERAL_ARTICLE


def limit_of_law(state: CaseState, calendar: Calendar) -> datetime | None:
    """When the limit of law ends, or ended, for a case that waits for its decision; None: no limit runs.

    While the clock stands still it is the moment that holds if the pause runs to its cap.
    """
    if state.status not in OPEN_CASE or state.clock is None or state.limit is None:
        return None
    if state.due_at is not None:
        return parse_instant(state.due_at)
    start, pauses = state.clock.times()
    return deadline(start, TimeLimit.from_dict(state.limit), pauses, calendar)


def passed_at(
    state: CaseState, definition: ServiceDefinition, calendar: Calendar, moment: datetime
) -> datetime | None:
    """When the limit of law passed, where the service says that this means something."""
    if definition.deemed_grant == "none" or definition.tracked_only:
        return None
    end = limit_of_law(state, calendar)
    return end if end is not None and end < moment else None


def pause_owners(events: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Whose each pause of a case's clock was, by its start, out of the changes that its events carry.

    Why it stood is not said further: one of the reasons tells of a death.
    """
    owners: dict[str, str] = {}
    for change in events:
        clock, reason = change.get("clock"), change.get("pause_reason")
        if clock and reason and clock["pauses"]:
            owners[clock["pauses"][-1][0]] = OUTSIDE if reason in _OUTSIDE_REASONS else APPLICANT
    return owners


def proof(
    state: CaseState,
    setting: Setting,
    ended: datetime,
    digest: str,
    owners: Mapping[str, str],
) -> Document:
    """The days from the completeness to the end of the limit one by one: which counted, with and without
    the pauses, and whose they were; the path of the case until then, and the event that it ends with.

    `owners` is what `pause_owners` gave.
    """
    calendar, definition = setting.calendar, setting.definition
    clock, limit = state.clock, TimeLimit.from_dict(state.limit or {})
    if clock is None:
        raise ValueError("a case whose clock never ran has no limit of law")
    start, pauses = clock.times()
    stops = [(each, owners.get(instant(each.start), APPLICANT)) for each in pauses]
    listed = list(_days(state, setting, start, stops, ended)) if _by_days(limit) else []
    return {
        "started_at": clock.started_at,
        "limit": limit.as_dict(),
        "article": article_of(definition),
        "calendar": calendar.version,
        "zone": str(calendar.zone),
        "due_at": instant(ended),
        "due_without_pauses": instant(deadline(start, limit, (), calendar)),
        "pauses": [
            {"from": begin, "until": end, "cap": cap, "of": owners.get(begin, APPLICANT)}
            for begin, end, cap in clock.pauses
        ],
        "counted": sum(day["counted"] for day in listed),
        "counted_without_pauses": sum(day["counted_without_pauses"] for day in listed),
        "days": listed[:MOST_DAYS],
        "days_left_out": max(0, len(listed) - MOST_DAYS),
        "held": held(listed),
        "path": [_stretch(state, step.id, step.agency) for step in definition.steps],
        "ends_with": {"version": state.version, "hash": digest},
    }


def _by_days(limit: TimeLimit) -> bool:
    return limit.unit in ("working_days", "calendar_days")


def _stretch(state: CaseState, step: str, agency: str) -> Document:
    reached = state.steps[step]
    return {
        "step": step,
        "agency": agency,
        "status": reached.status,
        "officer": reached.assignee,
        "ready_at": reached.ready_at,
        "ended_at": reached.ended_at,
    }


def _days(
    state: CaseState,
    setting: Setting,
    start: datetime,
    stops: Sequence[tuple[Pause, str]],
    ended: datetime,
) -> Iterator[Document]:
    """Every day after that of the completeness, to the last one of the limit."""
    calendar = setting.calendar
    all_days = (state.limit or {}).get("unit") == "calendar_days"
    spans = [
        (calendar.local_date(each.start), calendar.local_date(each.effective_end or ended), owners)
        for each, owners in _joined(stops, start, ended)
    ]
    worked = dict(_worked(state, setting, ended))
    day, last = calendar.local_date(start) + _ONE_DAY, calendar.local_date(ended)
    while day <= last:
        works = calendar.is_working_day(day)
        because = _because(day, calendar, works=works)
        counts = works or all_days
        stood = next((owners for first, until, owners in spans if first < day < until), None)
        yield {
            "day": day.isoformat(),
            "because": "clock_stood" if stood and counts else because,
            "counted": counts and stood is None,
            "counted_without_pauses": counts,
            "held_by": sorted(stood or _holders(worked, day, calendar)),
        }
        day += _ONE_DAY


def _because(day: date, calendar: Calendar, *, works: bool) -> str:
    if works:
        return "extra_working_day" if day in calendar.extra_working else "working_day"
    return "day_off" if day.weekday() in calendar.working_weekdays else "weekend"


def _joined(
    stops: Iterable[tuple[Pause, str]], start: datetime, ended: datetime
) -> list[tuple[Pause, set[str]]]:
    """The pauses in order, with whose they were; those that overlap or touch are one, as the limit itself
    is counted."""
    found: list[tuple[Pause, set[str]]] = []
    for each, owner in sorted(stops, key=lambda stop: stop[0].start):
        begin, end = max(each.start, start), each.effective_end or ended
        if end <= begin or begin >= ended:
            continue
        if found and begin <= (found[-1][0].end or ended):
            before, owners = found[-1]
            latest = max(before.end or ended, end)
            found[-1] = Pause(before.start, latest, None), {*owners, owner}
        else:
            found.append((Pause(begin, end, None), {owner}))
    return found


Stretches = Sequence[tuple[datetime, datetime]]


def _worked(
    state: CaseState, setting: Setting, ended: datetime
) -> Iterator[tuple[str, tuple[str, Stretches]]]:
    """Of each step that an agency has to do: whose it is, and the times in which it was its turn.

    While the applicant is to pay it is theirs, though the step is an agency's.
    """
    for step in setting.definition.steps:
        clock = state.steps[step.id].clock
        if clock is not None and step.kind != "pay" and not step.optional:
            yield step.id, (step.agency, list(_running(clock, ended)))


def _running(clock: Clock, ended: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The stretches in which a clock ran, up to the end of the limit."""
    begin, pauses = clock.times()
    for each in pauses:
        if each.start > begin:
            yield begin, min(each.start, ended)
        begin = each.effective_end or ended
    if begin < ended:
        yield begin, ended


def _holders(
    worked: Mapping[str, tuple[str, Stretches]], day: date, calendar: Calendar
) -> set[str]:
    """The agencies whose turn it was at any moment of the day; nobody's: the applicant's."""
    first, last = calendar.start_of(day), calendar.start_of(day + _ONE_DAY)
    found = {
        agency
        for agency, stretches in worked.values()
        if any(begin < last and end > first for begin, end in stretches)
    }
    return found or {APPLICANT}


def held(days: Iterable[Mapping[str, Any]]) -> list[Document]:
    """How many of the days that counted each had; in parallel each has the whole day."""
    totals: dict[str, int] = {}
    for day in days:
        if day["counted"]:
            for agency in day["held_by"]:
                totals[agency] = totals.get(agency, 0) + 1
    return [{"by": agency, "days": totals[agency]} for agency in sorted(totals)]
