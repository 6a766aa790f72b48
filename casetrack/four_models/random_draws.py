"""What is drawn for each case, from the seed alone: the same whichever model the case runs through.

Plausible, not measured. Hours are hours of the office; medians of log-normal distributions.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from random import Random

from casetrack.domain.clock import Calendar
from casetrack.domain.service.definition import StepDefinition

#: The office, local time.
OPENS, CLOSES = time(8), time(16)
#: Hours until a piece of work is done, waiting on the desk included.
_WORK_HOURS = {
    "pupr": 12.0,
    "dishub": 10.0,
    "bbpjn": 20.0,
    "pln": 10.0,
}
_COUNTER_HOURS, _DECIDE_HOURS, _SIGN_HOURS = 0.5, 4.0, 2.0
#: Until the applicant comes to the next counter, and until they bring what was missing.
_WAY_HOURS, _MENDING_HOURS = 8.0, 24.0
_SPREAD = 0.6
#: Of a hundred files so many have a defect, which one of the reviewing agencies finds.
DEFECT_PERCENT = 30
CASES_A_DAY = 4


def is_counter(step: StepDefinition) -> bool:
    """Whether the applicant stands there: a clerk may do it."""
    return "clerk" in step.roles


@dataclass(frozen=True, slots=True)
class Draws:
    """The chances of one case."""

    seed: int
    case: int

    def _random(self, *what: object) -> Random:
        key = "/".join(str(part) for part in (self.seed, self.case, *what))
        # Chances of a simulation, not secrets.
        return Random(sha256(key.encode()).digest())  # noqa: S311

    def _hours(self, median: float, *what: object) -> timedelta:
        return timedelta(hours=median * self._random(*what).lognormvariate(0, _SPREAD))

    def opens(self, first: date, calendar: Calendar) -> datetime:
        """When the applicant comes to the first counter."""
        day = first
        for _ in range(self.case // CASES_A_DAY):
            day = _next_day(day, calendar)
        minutes = self._random("opens").randrange(4 * 60)
        return datetime.combine(day, OPENS, calendar.zone) + timedelta(minutes=minutes)

    def work(self, step: StepDefinition) -> timedelta:
        """Hours of the office from ready to done: an agency takes as long each time it is asked."""
        if is_counter(step):
            return self._hours(_COUNTER_HOURS, "counter", step.agency)
        if step.kind == "sign":
            return self._hours(_SIGN_HOURS, "sign", step.agency)
        if step.kind == "decide":
            return self._hours(_DECIDE_HOURS, "decide", step.agency)
        return self._hours(_WORK_HOURS[step.agency], "work", step.agency)

    def way(self, step: StepDefinition) -> timedelta:
        """Until the applicant is at the next counter."""
        return self._hours(_WAY_HOURS, "way", step.agency, step.kind)

    def mending(self) -> timedelta:
        """Until the applicant brings what was missing."""
        return self._hours(_MENDING_HOURS, "mending")

    @property
    def finds_defect(self) -> str | None:
        """The agency that will send the file back, once."""
        random = self._random("defect")
        agency = random.choice(sorted(_WORK_HOURS))
        return agency if random.randrange(100) < DEFECT_PERCENT else None


def _next_day(day: date, calendar: Calendar) -> date:
    day += timedelta(days=1)
    while not calendar.is_working_day(day):
        day += timedelta(days=1)
    return day


def after_work(start: datetime, work: timedelta, calendar: Calendar) -> datetime:
    """When so many hours of the office have passed since `start`."""
    now = start.astimezone(calendar.zone)
    left = work
    while True:
        opens = datetime.combine(now.date(), OPENS, calendar.zone)
        closes = datetime.combine(now.date(), CLOSES, calendar.zone)
        begins = max(now, opens)
        if calendar.is_working_day(now.date()) and begins < closes:
            if begins + left <= closes:
                return begins + left
            left -= closes - begins
        now = datetime.combine(_next_day(now.date(), calendar), OPENS, calendar.zone)
