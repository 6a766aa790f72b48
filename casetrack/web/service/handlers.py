"""GET /services: what can be applied for."""

from flask import Response

from casetrack.usecases.service import catalogue
from casetrack.web.http.call import Call, Route, as_json
from casetrack.web.service import models


def read_catalogue(call: Call) -> Response:
    """GET /services."""
    return as_json({"items": catalogue.current(call.ctx, call.actor.region), "next_cursor": None})


ROUTES: tuple[Route, ...] = (
    Route(
        "read_catalogue",
        "GET",
        "/services",
        "What can be applied for",
        read_catalogue,
        models.ServicesOut,
    ),
)
