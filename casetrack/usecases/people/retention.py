"""Until when a service keeps what it knows of a case, counted from the case's end."""

from datetime import date, datetime

from casetrack.domain.case.state import CaseState
from casetrack.domain.case.transitions import OPEN_CASE
from casetrack.domain.events import parse_instant
from casetrack.domain.people import erasing
from casetrack.domain.service.definition import Retention
from casetrack.usecases.context import Context


def retention_of(ctx: Context, state: CaseState) -> Retention | None:
    """What the service says of how long a case is kept; None where it says nothing."""
    return ctx.definition(state.region, state.service, state.service_version).retention


def kept_until(ctx: Context, state: CaseState) -> date | None:
    """The last local day for which a case that is over is kept; of an open one, were it to end today.

    None where its service says no years.
    """
    retention = retention_of(ctx, state)
    if retention is None:
        return None
    day = today(ctx, state.region)
    if state.status not in OPEN_CASE:
        day = ctx.region(state.region)[1].local_date(_ended(state))
    return erasing.kept_until(day, retention.years)


def today(ctx: Context, region: str) -> date:
    """The local day of a region."""
    return ctx.region(region)[1].local_date(ctx.database.now())


def _ended(state: CaseState) -> datetime:
    """When the last thing happened to a case that is over."""
    steps = (step.ended_at for step in state.steps.values() if step.ended_at)
    return max(parse_instant(at) for at in (state.opened_at, *steps))
