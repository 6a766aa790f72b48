"""Who signed in to pages and who tried to, as auditors read it."""

from datetime import date, datetime, timedelta

from casetrack.domain.events import instant
from casetrack.domain.people.sign_ins import SIGN_INS_KEPT
from casetrack.storage.people import sessions, sign_ins
from casetrack.usecases.context import Context
from casetrack.usecases.paging import Page
from casetrack.usecases.region_by_region import in_each_region


def past_sign_ins(
    ctx: Context,
    region: str,
    *,
    since: date | None,
    until: date | None,
    before: tuple[datetime, str] | None,
    limit: int,
) -> Page:
    """Tries from one local day to another, both included, the newest first."""
    calendar = ctx.region(region)[1]
    with ctx.database.read() as connection:
        rows = sign_ins.some_sign_ins(
            connection,
            region,
            since=calendar.start_of(since) if since else None,
            until=calendar.start_of(until + timedelta(days=1)) if until else None,
            before=before,
            limit=limit + 1,
        )
    items = [
        {
            "at": instant(row.at),
            "login": row.login,
            "outcome": row.outcome,
            "address": row.place.address,
            "agent": row.place.agent,
        }
        for row in rows[:limit]
    ]
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(items, (instant(last.at), last.sign_in) if last else None)


def forget_old(ctx: Context) -> int:
    """Remove tries and sessions of which nobody asks any more; gives how many."""
    return in_each_region(ctx, _forget)


def _forget(ctx: Context, region: str) -> int:
    with ctx.database.write() as uow:
        then = uow.time(None) - SIGN_INS_KEPT
        return sign_ins.purge(uow, region, then) + sessions.purge(uow, region, then)
