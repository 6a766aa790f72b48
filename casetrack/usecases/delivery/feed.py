"""The region's ledger as its integrators read it: in order, without gaps, as CloudEvents."""

import math
from itertools import takewhile
from typing import Any

from casetrack.domain.access import Actor
from casetrack.domain.delivery.cloudevents import cloud_event
from casetrack.domain.errors import NotNow
from casetrack.domain.events import Event
from casetrack.storage.case import case_events
from casetrack.storage.case.case_events import EventRow
from casetrack.storage.delivery import feeds, subscriptions
from casetrack.storage.schema_version import has_second_half
from casetrack.usecases.context import Context
from casetrack.usecases.paging import Page

#: Ledger entries that one look goes through at most, and those that a call may go through in all.
WINDOW, MOST = 1000, 5000
#: The migration whose second half says of every event whom it concerns.
_CONCERNED = "0022"


def feed(ctx: Context, actor: Actor, *, after: int, limit: int) -> tuple[list[dict[str, Any]], int]:
    """Events behind a position that the caller may see, and the last position that was looked at.

    Raises NotNow for a position that the ledger has not reached: its reader has seen a ledger that is
    gone (a restored backup), and would wait for events of other content at positions that it believes to
    know.
    """
    if actor.agency is not None and not is_known_whom(ctx):
        return _sifted(ctx, actor, after=after, limit=limit)
    with ctx.database.read() as connection:
        found = feeds.stretch(connection, actor.region, actor.agency, after=after, limit=limit)
    events = [_cloud_event(row) for row in found.events]
    if len(events) == limit:
        return events, events[-1]["position"]
    if not events and after:
        _check_reached(actor.region, after, found.last)
    return events, max([after, found.last, *(event["position"] for event in events)])


def is_known_whom(ctx: Context) -> bool:
    """Whether every event says which agencies it concerns; once it is so it stays."""
    if not ctx.concerned:
        with ctx.database.read() as connection:
            ctx.concerned = has_second_half(connection, _CONCERNED)
    return ctx.concerned


def _sifted(
    ctx: Context, actor: Actor, *, after: int, limit: int
) -> tuple[list[dict[str, Any]], int]:
    """The same while the release before may still number events: the ledger is gone through.

    The page is filled from at most `MOST` entries, so that no call reads the whole ledger; each look goes
    as far as the page is expected to need, by what was found so far.
    """
    found: list[EventRow] = []
    scanned = 0
    while scanned < MOST:
        window = min(_expected(limit - len(found), len(found), scanned), MOST - scanned)
        with ctx.database.read() as connection:
            entries = case_events.ledger_entries(
                connection, actor.region, after=after, limit=window
            )
            streams = {entry.stream for entry in entries}
            concerned = subscriptions.agencies_of(connection, actor.region, streams)
            seen = [e for e in entries if actor.agency in concerned[e.stream]]
            taken = seen[: limit - len(found)]
            found += case_events.events_of(connection, actor.region, taken)
            if not entries and after:
                last = case_events.last_position(connection, actor.region)
                _check_reached(actor.region, after, last)
        if len(taken) < len(seen) or len(found) == limit:
            return [_cloud_event(row) for row in found], taken[-1].position
        after = entries[-1].position if entries else after
        scanned += window
        if len(entries) < window:
            break
    return [_cloud_event(row) for row in found], after


def _expected(wanted: int, found: int, scanned: int) -> int:
    """How many entries hold as many more as are wanted, if the next ones are like those before."""
    if not scanned:
        return wanted
    # Where none was found there may be one in twice as many.
    share = max(found, 0.5) / scanned
    return min(WINDOW, math.ceil(wanted / share))


def _check_reached(region: str, after: int, last: int) -> None:
    if after > last:
        raise NotNow(
            "position_not_reached",
            f"The ledger of region {region} ends at position {last}, before {after}: it is not the "
            "ledger that this position came from.",
            last=last,
        )


def of_case(
    ctx: Context, region: str, number: str, *, after: int, behind: int | None, limit: int
) -> Page:
    """A case behind a sequence, as it was or will be delivered: to mend a gap.

    Between the case's own events stand those of its companions that were recorded there. What the
    relay has not numbered yet comes later, and everything behind it. `behind` is the id of the last
    event of the page before.
    """
    with ctx.database.read() as connection:
        since = case_events.id_of(connection, region, number, after) if behind is None else behind
        rows = case_events.case_events(connection, region, number, after=since, limit=limit + 1)
    numbered = list(takewhile(lambda row: row.position is not None, rows))
    events = [Event.from_body(row.body) for row in numbered[:limit]]
    items = [
        cloud_event(event, row.position, row.hash)
        for event, row in zip(events, numbered, strict=False)
    ]
    return Page(items, (events[-1].id,) if len(numbered) > limit else None)


def _cloud_event(row: EventRow) -> dict[str, Any]:
    return cloud_event(Event.from_body(row.body), row.position, row.hash)
