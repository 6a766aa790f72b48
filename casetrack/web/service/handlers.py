"""GET /services and one of them: what can be applied for."""

from typing import Any

from flask import Response

from casetrack.usecases.service import catalogue
from casetrack.web.http.call import Call, Route, as_json
from casetrack.web.service import models


def read_catalogue(call: Call) -> Response:
    """GET /services."""
    return as_json({"items": catalogue.current(call.ctx, call.actor.region), "next_cursor": None})


def find_service(call: Call) -> dict[str, Any]:
    """The service of the path. Raises NotFound before the role is looked at."""
    return catalogue.current_one(call.ctx, call.actor.region, call.params["service"])


def read_service(call: Call) -> Response:
    """GET /services/{service}."""
    return as_json(call.found)


ROUTES: tuple[Route, ...] = (
    Route(
        "read_catalogue",
        "GET",
        "/services",
        "What can be applied for",
        read_catalogue,
        models.ServicesOut,
    ),
    Route(
        "read_service",
        "GET",
        "/services/{service}",
        "The current version of one service",
        read_service,
        models.ServiceOut,
        find=find_service,
    ),
)
