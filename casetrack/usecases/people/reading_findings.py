"""What is strange about who looked at personal data, of some days: for auditors."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from casetrack.domain.errors import Invalid
from casetrack.domain.people.reading_findings import Known, LookFinding, look_findings
from casetrack.domain.people.readings import Reading
from casetrack.domain.service.definition import concerned_agencies
from casetrack.storage.case import queries
from casetrack.storage.people import readings
from casetrack.usecases.context import Context

#: Days that are looked through at once: at most, and where nobody says how many.
MOST, USUAL = 31, 7
_BATCH = 500


def findings(
    ctx: Context, region: str, first: date | None, last: date | None
) -> list[dict[str, Any]]:
    """The findings of these local days, both included, in the order of time. Raises Invalid."""
    calendar = ctx.region(region)[1]
    last = last or calendar.local_date(ctx.database.now())
    first = first or last - timedelta(days=USUAL - 1)
    if not timedelta() <= last - first < timedelta(days=MOST):
        raise Invalid(
            "invalid_query", f"from, to: give a first day and a last one, {MOST} days at most."
        )
    since, until = calendar.start_of(first), calendar.start_of(last + timedelta(days=1))
    with ctx.database.snapshot() as connection:
        looks = list(readings.opened(connection, region, since, until))
        parties = readings.cases_of_officers(connection, region)
    known = Known(_concerned(ctx, region, looks), parties)
    return [_view(found) for found in look_findings(looks, known)]


def _concerned(ctx: Context, region: str, looks: Sequence[Reading]) -> dict[str, frozenset[str]]:
    """A case that is not there concerns nobody and accuses nobody: it is left out."""
    numbers = sorted({number for look in looks for number in look.cases})
    found: dict[str, frozenset[str]] = {}
    for start in range(0, len(numbers), _BATCH):
        with ctx.database.read() as connection:
            services = queries.services_of_cases(
                connection, region, numbers[start : start + _BATCH]
            )
        for number, (service, version) in services.items():
            found[number] = concerned_agencies(ctx.definition(region, service, version))
    return found


def _view(found: LookFinding) -> dict[str, Any]:
    said = found.look.as_data()
    return {
        "kind": found.kind,
        **{name: said[name] for name in ("at", "officer", "role", "agency")},
        "look": said["id"],
        "cases": list(found.cases),
    }
