"""A case as somebody sees it: found by number, and only by those whom it concerns."""

from dataclasses import dataclass, field
from functools import cache
from typing import Any

from casetrack.domain.access import Actor, unknown_case
from casetrack.domain.case.numbers import CaseNumber
from casetrack.domain.case.permission import check_sight
from casetrack.domain.case.standing import Ask, nobody
from casetrack.domain.case.state import CaseState
from casetrack.domain.errors import Invalid
from casetrack.domain.region.revisions import Revisions
from casetrack.domain.service.definition import ServiceDefinition
from casetrack.storage.case import entrance, queries
from casetrack.storage.case.queries import CaseRow as CaseRow
from casetrack.storage.region import regions
from casetrack.storage.region.regions import RegionRecord
from casetrack.usecases.case import register_slice
from casetrack.usecases.case.views import case_etag, case_view
from casetrack.usecases.context import Context
from casetrack.usecases.people import tokens
from casetrack.usecases.people.tokens import Caller


@dataclass(frozen=True, slots=True)
class Sight:
    """A case that the actor may see, as it was at an unlocked read."""

    state: CaseState
    definition: ServiceDefinition
    region: RegionRecord
    #: Of its region, when it was read.
    revisions: Revisions
    #: What the register says of the actor; read when it is first asked.
    standing: Ask = field(default=nobody, compare=False)

    @property
    def etag(self) -> str:
        """The case's ETag."""
        return case_etag(self.state.version)

    def view(self) -> dict[str, Any]:
        """The case for the caller."""
        return case_view(self.state, self.definition, self.region)


def caller_and_case(ctx: Context, token: str, number: str) -> tuple[Caller | None, CaseRow | None]:
    """Who calls, None for nobody; and the case, where the text can mean one number only.

    Whether they may know of it is for `sight` to say.
    """
    try:
        numbers = CaseNumber.readings(number)
    except Invalid:
        return tokens.authenticate(ctx, token), None
    if len(numbers) != 1:
        return tokens.authenticate(ctx, token), None
    with ctx.database.read() as connection:
        digest = tokens.token_digest(token)
        found = entrance.bearer_and_case(connection, digest, str(numbers[0]))
    if found is None:
        return None, None
    return tokens.caller(ctx, found[0]), found[1]


def sight(ctx: Context, actor: Actor, number: str, row: CaseRow | None = None) -> Sight:
    """The case, if the actor may know of it. Raises NotFound otherwise, in the same words.

    `row` is the case where it was read with the caller.
    """
    row = row or _row(ctx, actor, number)
    if row is None:
        raise unknown_case()
    definition = ctx.definition(actor.region, row.state.service, row.state.service_version)
    standing = cache(lambda: register_slice.standing(ctx, actor, row, definition))
    check_sight(definition, actor, standing)
    region = ctx.region(actor.region, row.revisions.files)[0]
    return Sight(row.state, definition, region, row.revisions, standing)


def _row(ctx: Context, actor: Actor, number: str) -> CaseRow | None:
    try:
        with ctx.database.read() as connection:
            _, parsed = regions.case_of_number(connection, number)
            return queries.case(connection, actor.region, str(parsed))
    except Invalid:
        return None
