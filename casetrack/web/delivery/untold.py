"""The handlers of /untold: whom the clerk must tell in person."""

from flask import Response

from casetrack.usecases.delivery import untold
from casetrack.web.delivery import models
from casetrack.web.http.call import Call, Route, as_json
from casetrack.web.http.cursors import page_response, read_cursor
from casetrack.web.http.models import PageQuery


def read_untold(call: Call) -> Response:
    """GET /untold: whom the clerk must tell in person."""
    query = call.query(PageQuery)
    key = read_cursor(query.cursor, int)
    return page_response(
        untold.untold(call.ctx, call.actor, after=key[0] if key else 0, limit=query.limit)
    )


def mark_told(call: Call) -> Response:
    """POST /untold: the person was told."""
    body = call.body(models.ToldIn)
    told = untold.mark_told(call.ctx, call.actor, body.number, body.position)
    return as_json({"told": told})


ROUTES: tuple[Route, ...] = (
    Route(
        "read_untold",
        "GET",
        "/untold",
        "Cases of which somebody is to be told in person",
        read_untold,
        models.UntoldPage,
        query=PageQuery,
    ),
    Route(
        "mark_told",
        "POST",
        "/untold",
        "The person was told",
        mark_told,
        models.ToldOut,
        body=models.ToldIn,
    ),
)
