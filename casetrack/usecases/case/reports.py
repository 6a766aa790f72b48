"""Reports: who reads them, of which days, and what is added up for them. They read sums, never a case."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from casetrack.domain.access import REGION_WIDE, Actor
from casetrack.domain.case.complaint_figures import COMPLAINT_COLUMNS, complaint_figures
from casetrack.domain.case.figure_tables import TABLES, Measure, Row, Sum, rows_of
from casetrack.domain.case.survey import SURVEY_COLUMNS, survey_rows
from casetrack.domain.clock import Calendar, used
from casetrack.domain.errors import Invalid
from casetrack.storage.case import figures
from casetrack.storage.case.figures import MOST_SUMS, Scope
from casetrack.storage.case.survey_rows import answers as survey_answers
from casetrack.storage.service import catalogue
from casetrack.usecases.case.complaint_sight import complaint_sight, reader
from casetrack.usecases.case.work import taken_in
from casetrack.usecases.context import Context

#: Reports that are no sums of figures.
_OTHERS: Mapping[Measure, tuple[str, ...]] = {
    "satisfaction": SURVEY_COLUMNS,
    "complaints": COMPLAINT_COLUMNS,
}
#: Complaints that one report is made of at most.
_MOST_COMPLAINTS = 50_000
#: Days that a report covers at most, and by default up to today: this month and the eleven before.
MOST_DAYS = 1_100
_MONTHS = 12
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Asked:
    """A measure, of which local days (both included), of which service and agency (empty: all)."""

    measure: Measure
    first: date | None = None
    last: date | None = None
    service: str = ""
    agency: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """The rows of a measure, the days that they are of, and when they were counted last (None: the clock
    has not begun, or counts all anew: then the rows are not whole yet)."""

    asked: Asked
    first: date
    last: date
    counted_at: datetime | None
    whole: bool
    rows: Sequence[Row]

    @property
    def columns(self) -> tuple[str, ...]:
        """In their order."""
        measure = self.asked.measure
        return _OTHERS[measure] if measure in _OTHERS else TABLES[measure].columns


def report(ctx: Context, actor: Actor | None, region: str, asked: Asked) -> Report:
    """What the actor may read of it; an operator's command has no actor, and reads all.

    An auditor reads the region, and so does a head of no agency. Another head reads of the own agency,
    and of the services that it takes in, whoever has their steps. Raises Invalid.
    """
    calendar = ctx.region(region)[1]
    today = calendar.local_date(ctx.database.now())
    first, last = _days(asked, today)
    if asked.measure == "satisfaction":
        rows = _satisfaction(ctx, region, asked, first, last, _scope(ctx, actor, region))
        return Report(asked, first, last, ctx.database.now(), whole=True, rows=rows)
    if asked.measure == "complaints":
        rows = _complaints(ctx, actor, region, asked, (first, last))
        return Report(asked, first, last, ctx.database.now(), whole=True, rows=rows)
    table = TABLES[asked.measure]
    if asked.measure == "queue":
        periods = [""]
    else:
        # A month that is not over yet is whole as far as anything is known of it.
        end = _month_end(last) if last >= today else last
        periods = list(_periods(first, end))
    with ctx.database.read() as connection:
        mark = figures.mark_of(connection, region)
        found = figures.sums(
            connection,
            region,
            table.figures,
            periods,
            _scope(ctx, actor, region),
            service=asked.service,
            agency=asked.agency,
        )
        sensitive = _sensitive(ctx, region, catalogue.versions(connection, region))
    if len(found) > MOST_SUMS:
        raise Invalid(
            "report_too_large",
            "Too many figures would make this report: ask for fewer days, one service or one agency.",
        )
    if asked.measure == "queue":
        found = [each for each in found if _opened_within(each, asked)]
    else:
        # Days one by one would tell of few what whole months hide.
        found = [e for e in found if len(e.period) == _MONTH or e.service not in sensitive]
    rows = rows_of(asked.measure, found, sensitive, lambda day: _age(day, today, calendar), today)
    whole = mark is not None and mark.walk == ""
    return Report(asked, first, last, mark.counted_at if mark else None, whole, rows)


def _satisfaction(
    ctx: Context, region: str, asked: Asked, first: date, last: date, scope: Scope
) -> list[Row]:
    """By whole years: days of an answer are not known."""
    years = range(first.year, last.year + 1)
    quarters = [f"{year}-Q{quarter}" for year in years for quarter in (1, 2, 3, 4)]
    with ctx.database.read() as connection:
        found = survey_answers(
            connection, region, quarters, scope, service=asked.service, agency=asked.agency
        )
    return survey_rows(found)


def _complaints(
    ctx: Context, actor: Actor | None, region: str, asked: Asked, days: tuple[date, date]
) -> list[Row]:
    """Of complaints that the actor may read, and no others: a count would tell of them."""
    calendar = ctx.region(region)[1]
    sight = None
    if actor is not None:
        sight = complaint_sight(ctx, actor)
        if sight is None:
            return []
    with ctx.database.read() as connection:
        found = reader(ctx, connection, region).within(
            sight, calendar.start_of(days[0]), calendar.end_of(days[1]), _MOST_COMPLAINTS + 1
        )
    if len(found) > _MOST_COMPLAINTS:
        raise Invalid(
            "report_too_large",
            "Too many figures would make this report: ask for fewer days, one service or one agency.",
        )
    told = [row.state for row in found if asked.agency in ("", row.state.agency)]
    return complaint_figures(told, calendar, ctx.database.now())


_MONTH = len("2026-11")


def _days(asked: Asked, today: date) -> tuple[date, date]:
    last = asked.last or max(today, asked.first or today)
    first = asked.first or _months_before(last.replace(day=1), _MONTHS - 1)
    if last < first:
        raise Invalid("invalid_query", f"to: {last} is before the first day, {first}.")
    if (last - first).days > MOST_DAYS:
        raise Invalid("invalid_query", f"from, to: a report covers {MOST_DAYS} days at most.")
    return first, last


def _months_before(day: date, months: int) -> date:
    count = day.year * 12 + day.month - 1 - months
    return date(count // 12, count % 12 + 1, 1)


def _month_end(day: date) -> date:
    return _months_before(day.replace(day=1), -1) - _ONE_DAY


def _periods(first: date, last: date) -> Iterator[str]:
    """These days as whole months, and the days beside them one by one."""
    day = first
    while day <= last:
        end = _month_end(day)
        if day.day == 1 and end <= last:
            yield f"{day:%Y-%m}"
            day = end
        else:
            yield day.isoformat()
        day += _ONE_DAY


def _opened_within(each: Sum, asked: Asked) -> bool:
    """Of what is open the days asked for are those of its opening."""
    day = date.fromordinal(each.value)
    return (asked.first or day) <= day <= (asked.last or day)


def _age(day: date, today: date, calendar: Calendar) -> int:
    """The working days since."""
    start = calendar.start_of(day)
    return used(start, calendar.start_of(today), "working_days", (), calendar)


def _scope(ctx: Context, actor: Actor | None, region: str) -> Scope:
    if actor is None or actor.has_role(REGION_WIDE) or actor.agency is None:
        return Scope()
    versions = taken_in(ctx, region, actor.agency, ctx.revisions(region))
    return Scope(actor.agency, tuple(sorted({service for service, _ in versions})))


def _sensitive(ctx: Context, region: str, versions: Sequence[tuple[str, int]]) -> frozenset[str]:
    """Services of which few are not told: a version of theirs says so."""
    return frozenset(
        service
        for service, version in versions
        if ctx.definition(region, service, version).specific_data
    )
