"""What an objection or an appeal is about: read from the case that it names, when it names it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from casetrack.domain.case.commands import Act, find_step
from casetrack.domain.case.links import REVIEWING
from casetrack.domain.case.review_details import CarriedOut
from casetrack.domain.case.reviews import about, deciding
from casetrack.domain.errors import Invalid
from casetrack.domain.region.revisions import Revisions
from casetrack.domain.service.definition import ServiceDefinition
from casetrack.storage.authority import decisions
from casetrack.storage.case import link_rows, queries
from casetrack.usecases.case.links import MOST_NAMED_BY, FoundLink, check_kinds
from casetrack.usecases.case.visible_case import Sight
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


def carrying_out(ctx: Context, case: Sight, act: Act) -> Act:
    """The act with what was done in the first case since, where it carries out what was granted."""
    review = case.state.review
    if act.step is None or act.action != "complete" or review is None:
        return act
    step = find_step(case.definition, act.step)
    since = case.state.steps[step.id].ready_at
    if step.kind != "record" or since is None or act.details is not None:
        return act
    region, number = case.state.region, review["number"]
    with ctx.database.read() as connection:
        found = decisions.of_case(connection, region, number)
        rows = link_rows.named_by(connection, region, number, MOST_NAMED_BY)
        named = [row.number for row in rows if row.kind in ("replaces", "correction_of")]
        replaced = sum(_is_decided(connection, region, each) for each in named)
    done = tuple(
        {name: each[name] for name in ("version", "action", "at")}
        for each in found
        if each["at"] >= since
    )
    return replace(act, details=CarriedOut(done, replaced))


def _is_decided(connection: Any, region: str, number: str) -> bool:
    """Whether the case that takes the place of the first one has a decision: that is the new one."""
    row = queries.case(connection, region, number)
    return row is not None and row.state.outcome != "none"
