"""The survey of a case that is over: asked for by a token of its own, once, and kept as sums only.

That a case's applicant has answered is known, so that nobody answers twice; what was answered, by whom
and when is kept nowhere. The token opens nothing but the survey and is made of the secret key.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from casetrack.domain.access import Actor, require_agency
from casetrack.domain.case.survey import Way, check_scores, is_offered, quarter_of
from casetrack.domain.errors import NotFound, NotNow
from casetrack.domain.service.definition import ServiceDefinition
from casetrack.storage.case import survey_rows
from casetrack.storage.region import regions
from casetrack.storage.region.regions import RegionRecord
from casetrack.storage.unit_of_work import Conflict, UnitOfWork
from casetrack.usecases import idempotency
from casetrack.usecases.context import Answer, Context

#: 80 bits: nobody finds one by trying.
_TOKEN = 20


@dataclass(frozen=True, slots=True)
class Survey:
    """A survey that may be answered now."""

    number: str
    region: RegionRecord
    definition: ServiceDefinition


def survey_token(ctx: Context, region: str, number: str) -> str:
    """The token of a case's survey: kept nowhere, the same each time it is made."""
    return ctx.vault.keyed_digest(f"survey:{region}:{number}")[:_TOKEN]


def find_survey(ctx: Context, number: str, token: str) -> Survey:
    """The survey of this case. Raises Invalid for a malformed number; NotFound for a wrong token, an
    unknown case, and one that is not over; NotNow once it was answered."""
    with ctx.database.read() as connection:
        parsed, row = regions.found_case(connection, number)
        region = row.state.region if row else ""
        used = row is not None and survey_rows.is_used(connection, region, str(parsed))
    right = ctx.vault.equal(token, survey_token(ctx, region, str(parsed)))
    if row is None or not right:
        raise _none()
    state = row.state
    if not is_offered(state):
        raise _none()
    if used:
        raise _answered()
    definition = ctx.definition(region, state.service, state.service_version)
    return Survey(state.number, ctx.region(region)[0], definition)


def answer(ctx: Context, number: str, token: str, scores: Mapping[str, int]) -> None:
    """Take in an applicant's answer. Raises Invalid, NotFound, NotNow."""
    found = find_survey(ctx, number, token)
    check_scores(scores)
    region = found.region.region.code
    try:
        with ctx.database.write() as uow:
            survey_rows.use(uow, region, found.number)
            _count(ctx, uow, region, found.definition, "link", scores)
    except Conflict:
        raise _answered() from None


def enter(
    ctx: Context,
    actor: Actor,
    service: str,
    way: Way,
    scores: Mapping[str, int],
    request: idempotency.Request | None = None,
) -> Answer:
    """Take in an answer on paper or at the counter, of who wants to tell no number.

    For the agency that takes the service in. `request` holds no digest by which the scores can be found.
    Raises Invalid, Forbidden.
    """
    definition = ctx.current_definition(actor.region, service)
    require_agency(actor, definition.front_office)
    check_scores(scores)
    replayed = idempotency.replay(ctx, request)
    if replayed is not None:
        return replayed

    def do(uow: UnitOfWork) -> Answer:
        _count(ctx, uow, actor.region, definition, way, scores)
        return Answer({"counted": True}, '"1"')

    return idempotency.written(ctx, request, do)


def _count(
    ctx: Context,
    uow: UnitOfWork,
    region: str,
    definition: ServiceDefinition,
    way: Way,
    scores: Mapping[str, int],
) -> None:
    today = ctx.region(region)[1].local_date(uow.time(None))
    place = (quarter_of(today), definition.id, definition.front_office, way)
    survey_rows.add(uow, region, place, scores)


def _none() -> NotFound:
    return NotFound("unknown_survey", "There is no such survey, or its token is wrong.")


def _answered() -> NotNow:
    return NotNow("survey_answered", "This survey was answered already; each is answered once.")
