"""What was done to accounts, tokens and a region's files, as auditors read it."""

from datetime import date, timedelta

from casetrack.domain.people.administration import stream_of
from casetrack.storage.case import case_events
from casetrack.usecases.case.reading import event_view
from casetrack.usecases.context import Context
from casetrack.usecases.paging import Page


def past_administration(
    ctx: Context,
    region: str,
    *,
    since: date | None,
    until: date | None,
    before: int | None,
    limit: int,
) -> Page:
    """The trace of administration from one local day to another, both included, the newest first.

    `before` is the version that the page before ended with.
    """
    calendar = ctx.region(region)[1]
    with ctx.database.read() as connection:
        rows = case_events.newest_of_stream(
            connection,
            region,
            stream_of(region),
            since=calendar.start_of(since) if since else None,
            until=calendar.start_of(until + timedelta(days=1)) if until else None,
            before=before,
            limit=limit + 1,
        )
    items = [event_view(row) for row in rows[:limit]]
    return Page(items, (items[-1]["version"],) if len(rows) > limit else None)
