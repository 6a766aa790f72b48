"""What an objection or an appeal is about: read from the case that it names, when it names it."""

from collections.abc import Mapping, Sequence
from typing import Any

from casetrack.domain.case.links import REVIEWING
from casetrack.domain.case.reviews import about, deciding
from casetrack.domain.errors import Invalid
from casetrack.domain.region.revisions import Revisions
from casetrack.domain.service.definition import ServiceDefinition
from casetrack.storage.authority import decisions
from casetrack.usecases.case.links import FoundLink, check_kinds
from casetrack.usecases.context import Context


def opened_about(
    ctx: Context, definition: ServiceDefinition, at: Revisions, links: Sequence[FoundLink]
) -> Mapping[str, Any] | None:
    """What a case that is opened is about, where it is an objection or an appeal.

    Nothing leads to a case that is not there yet, so it cannot close a circle. Raises NotNow for a kind
    of link that does not fit, Invalid.
    """
    if not links:
        return None
    calendar = ctx.region(links[0].sight.state.region, at.files)[1]
    check_kinds(definition, ctx.database.now(), calendar, links)
    return about_link(ctx, definition, at, links)


def about_link(
    ctx: Context, definition: ServiceDefinition, at: Revisions, links: Sequence[FoundLink]
) -> Mapping[str, Any] | None:
    """What the link to the decision says; None where no link does. Raises Invalid for several.

    Whether it came in time is counted by the day of today, and an officer judges it.
    """
    named = [link for link in links if link.kind in REVIEWING]
    if len(named) > 1:
        raise Invalid(
            "unknown_link",
            "links: an objection or an appeal is about one decision.",
            errors=[{"at": "links", "message": "an objection or an appeal is about one decision"}],
        )
    if not named or definition.reviews is None:
        return None
    other = named[0].sight
    with ctx.database.read() as connection:
        found = decisions.of_case(connection, other.state.region, other.state.number)
    decision = deciding(found, other.definition)
    calendar = ctx.region(other.state.region, at.files)[1]
    today = calendar.local_date(ctx.database.now())
    return about(definition.reviews, other.state, other.definition, decision, calendar, today)
