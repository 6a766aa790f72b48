"""The limits of a case with their days, as an answer shows them."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Literal

from flask import Response
from pydantic import BaseModel

from casetrack.domain.case.clock_days import CountedDay, DayReason
from casetrack.domain.events import instant
from casetrack.usecases.case.explained_limits import WHOSE, ExplainedLimit, case_clock
from casetrack.usecases.case.views import agency_view
from casetrack.web.case.models import AgencyOut
from casetrack.web.http.call import Call, Route, as_json
from casetrack.web.http.models import LimitOut, NameOut
from casetrack.web.pages import clock_words

PauseReason = Literal[
    "applicant", "payment", "parties", "external_system", "court", "force_majeure", "elsewhere"
]
Whose = Literal["applicant", "external_system", "court", "nobody", "other_step"]


class DayOut(BaseModel):
    """One local day: whether it counts, and why; `count`: the how manieth it is, null if it does not.

    `source` is the decree or rule that makes it what it is, where one is known; `text` is the whole
    sentence.
    """

    day: date
    counted: bool
    count: int | None
    reason: DayReason
    because: NameOut
    name: NameOut | None
    source: str | None
    stopped_by: PauseReason | None
    whose: Whose | None
    text: NameOut


class PauseOut(BaseModel):
    """A time in which the limit stood still: why, whose it is, since when, until when, and its cap."""

    reason: PauseReason
    because: NameOut
    whose: Whose
    since: datetime
    until: datetime | None
    cap: datetime | None


class ExplainedLimitOut(BaseModel):
    """A limit with its days; `step` null: the case's own. `due_at` null: it stands still now.

    `calendar` is the version by which it was counted; null: none that is known gives this day.
    `basis` is the rule by which the step's agency keeps working days of its own, null where it keeps
    the state's. `used`: whole units charged by
    now. `left_off`: days beyond those that are told.
    """

    step: str | None
    agency: AgencyOut
    started_at: datetime
    due_at: datetime | None
    limit: LimitOut
    used: int
    calendar: str | None
    basis: str | None
    pauses: list[PauseOut]
    days: list[DayOut]
    left_off: int


class ClockOut(BaseModel):
    """Every limit of a case that runs (`items`), and every one that was met or missed (`past`)."""

    number: str
    zone: str
    items: list[ExplainedLimitOut]
    past: list[ExplainedLimitOut]


def limit_view(each: ExplainedLimit, agency: Mapping[str, Any]) -> dict[str, Any]:
    """One limit with its days, as docs/api.md describes it."""
    return {
        "step": each.step.id if each.step else None,
        "agency": agency,
        "started_at": instant(each.started_at),
        "due_at": instant(each.due_at) if each.due_at else None,
        "limit": each.limit.as_dict(),
        "used": each.used,
        "calendar": each.counted_by,
        "basis": each.basis,
        "pauses": [
            {
                "reason": stop.reason,
                "because": clock_words.stopped(stop.reason).as_dict(),
                "whose": WHOSE[stop.reason],
                "since": instant(stop.pause.start),
                "until": instant(stop.pause.end) if stop.pause.end else None,
                "cap": instant(stop.pause.cap) if stop.pause.cap else None,
            }
            for stop in each.stops
        ],
        "days": [_day(day, each) for day in each.days],
        "left_off": each.left_off,
    }


def _day(day: CountedDay, each: ExplainedLimit) -> dict[str, Any]:
    of_case, first = each.step is None, each.days[0].day
    named = day.named
    return {
        "day": day.day.isoformat(),
        "counted": day.count > 0,
        "count": day.count or None,
        "reason": day.reason,
        "because": clock_words.because(day, each.limit, of_case=of_case).as_dict(),
        "name": {"id": named.id, "en": named.en} if named else None,
        "source": named.source if named else None,
        "stopped_by": day.stopped_by,
        "whose": WHOSE[day.stopped_by] if day.stopped_by else None,
        "text": clock_words.sentence(day, each.limit, first, of_case=of_case).as_dict(),
    }


def read_clock(call: Call) -> Response:
    """GET /cases/{number}/clock."""
    sight = call.sight
    clock = case_clock(call.ctx, sight.state, sight.definition, sight.revisions.files)

    def views(limits: Iterable[ExplainedLimit]) -> list[dict[str, Any]]:
        return [limit_view(each, agency_view(sight.region, each.agency)) for each in limits]

    return as_json(
        {
            "number": sight.state.number,
            "zone": sight.region.region.zone,
            "items": views(clock.running),
            "past": views(clock.past),
        }
    )


ROUTES: tuple[Route, ...] = (
    Route(
        "read_clock",
        "GET",
        "/cases/{number}/clock",
        "The limits of a case, each with its days one by one and why they count or not",
        read_clock,
        ClockOut,
    ),
)
