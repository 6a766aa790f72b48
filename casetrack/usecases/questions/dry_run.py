"""A definition that nobody has published, tried on the cases of the weeks before: nothing is written."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from casetrack.domain.case.other_definition import Difference, differences
from casetrack.domain.case.state import CaseState
from casetrack.domain.errors import BadInput
from casetrack.domain.events import parse_instant
from casetrack.domain.service.definition import ServiceDefinition
from casetrack.storage.case import queries
from casetrack.storage.service import catalogue
from casetrack.usecases.context import Context

#: Cases that one read brings, and numbers that are named of each difference.
_PAGE, NAMED = 200, 5


@dataclass(slots=True)
class Tried:
    """Of how many cases how many would differ, and in what: how often, and in which of the newest."""

    cases: int = 0
    differing: int = 0
    found: Counter[Difference] = field(default_factory=Counter)
    named: dict[Difference, list[str]] = field(default_factory=dict)


def tried(ctx: Context, region: str, definition: ServiceDefinition, days: int) -> Tried:
    """Compare the definition with each case of its service that was opened in the days before now.

    Raises NotFound where the region is not known, BadInput where it has no such service. Cases are read
    by pages, newest first.
    """
    with ctx.database.read() as connection:
        known = sorted({service for service, _ in catalogue.versions(connection, region)})
    if known and definition.id not in known:
        raise BadInput(
            f"region {region} has no service {definition.id}, so no case of it; known are "
            f"{', '.join(known)}"
        )
    calendar = ctx.region(region)[1]
    result = Tried()
    for state in _cases(ctx, region, definition.id, days):
        own = ctx.definition(region, state.service, state.service_version)
        there = set(differences(state, own, definition, calendar))
        result.cases += 1
        result.differing += bool(there)
        for each in there:
            result.found[each] += 1
            numbers = result.named.setdefault(each, [])
            if len(numbers) < NAMED:
                numbers.append(state.number)
    return result


def _cases(ctx: Context, region: str, service: str, days: int) -> Iterator[CaseState]:
    since = ctx.database.now() - timedelta(days=days)
    before: int | None = None
    while True:
        with ctx.database.read() as connection:
            rows = queries.cases(
                connection,
                region,
                agency=None,
                status=None,
                service=service,
                before=before,
                limit=_PAGE,
            )
        for row in rows:
            state = CaseState.from_document(row.document)
            if parse_instant(state.opened_at) < since:
                return
            yield state
        if len(rows) < _PAGE:
            return
        before = rows[-1].opened_id
