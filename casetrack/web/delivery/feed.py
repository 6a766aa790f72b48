"""GET /events: the region's ledger for its integrators, with a long poll."""

import time
from typing import Any

from flask import Response

from casetrack.usecases.delivery import feed
from casetrack.web.delivery import models
from casetrack.web.http.call import Call, Route, as_json


def read_feed(call: Call) -> Response:
    """GET /events: the region's ledger as far as the caller may see it, with a long poll."""
    query = call.query(models.FeedQuery)
    events, after = feed.feed(call.ctx, call.actor, after=query.after, limit=query.limit)
    if query.wait and not events:
        events, after = _long_poll(call, query, after)
    return as_json({"events": events, "next": after})


def _long_poll(call: Call, query: models.FeedQuery, after: int) -> tuple[list[Any], int]:
    """Look again whenever the relay has numbered something, until there is an event or no time."""
    until = time.monotonic() + query.wait
    events: list[Any] = []
    with call.waiting.place() as goes_on:
        while goes_on and not events and (left := until - time.monotonic()) > 0:
            began = time.monotonic()
            goes_on = call.waiting.until_told(left)
            call.waited += time.monotonic() - began
            events, after = feed.feed(call.ctx, call.actor, after=after, limit=query.limit)
    return events, after


ROUTES: tuple[Route, ...] = (
    Route(
        "read_feed",
        "GET",
        "/events",
        "Events behind a position",
        read_feed,
        models.FeedOut,
        query=models.FeedQuery,
        refusals=(409,),
    ),
)
