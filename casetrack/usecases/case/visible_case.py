"""A case as somebody sees it: found by number, and only by those whom it concerns."""

from dataclasses import dataclass, field
from functools import cache
from typing import Any

from casetrack.domain.access import Actor, unknown_case
from casetrack.domain.case.permission import check_sight
from casetrack.domain.case.standing import Ask, nobody
from casetrack.domain.case.state import CaseState
from casetrack.domain.errors import Invalid
from casetrack.domain.service.definition import ServiceDefinition
from casetrack.storage.case import queries
from casetrack.storage.region import regions
from casetrack.storage.region.regions import RegionRecord
from casetrack.usecases.case import register_slice
from casetrack.usecases.case.views import case_etag, case_view
from casetrack.usecases.context import Context


@dataclass(frozen=True, slots=True)
class Sight:
    """A case that the actor may see, as it was at an unlocked read."""

    state: CaseState
    definition: ServiceDefinition
    region: RegionRecord
    #: What the register says of the actor; read when it is first asked.
    standing: Ask = field(default=nobody, compare=False)

    @property
    def etag(self) -> str:
        """The case's ETag."""
        return case_etag(self.state.version)

    def view(self) -> dict[str, Any]:
        """The case for the caller."""
        return case_view(self.state, self.definition, self.region)


def sight(ctx: Context, actor: Actor, number: str) -> Sight:
    """The case, if the actor may know of it. Raises NotFound otherwise, in the same words."""
    try:
        with ctx.database.read() as connection:
            _, parsed = regions.case_of_number(connection, number)
            row = queries.case(connection, actor.region, str(parsed))
    except Invalid:
        raise unknown_case() from None
    if row is None:
        raise unknown_case()
    definition = ctx.definition(actor.region, row.state.service, row.state.service_version)
    standing = cache(lambda: register_slice.standing(ctx, actor, row.state, definition))
    check_sight(definition, actor, standing)
    return Sight(row.state, definition, ctx.region(actor.region, row.revision)[0], standing)
