"""Every answer is held against what its route promises: status, kind of content, and its model.

The models say all that comes: a field that a model does not name is an error here, although outside
adding a field is no breach of the contract.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.test import TestResponse

from casetrack.web.http import openapi
from casetrack.web.http.call import Route
from casetrack.web.http.models import ProblemOut
from casetrack.web.routes import ROUTES

API = "/api/v1"
PROBLEM, JSON = "application/problem+json", "application/json"
_BY_OPERATION: Mapping[str, Route] = {route.operation: route for route in ROUTES}
_MAP = Map(
    [
        Rule(
            API + route.rule,
            endpoint=route.operation,
            methods=[route.method],
        )
        for route in ROUTES
    ]
)
_PLACES = _MAP.bind("localhost")
#: The OpenAPI document, which takes half a second to make.
DOCUMENT = openapi.document(ROUTES)
#: What it names for each operation beside its success.
_NAMED = {
    operation["operationId"]: {int(status) for status in operation["responses"]}
    for methods in DOCUMENT["paths"].values()
    for operation in methods.values()
}


class OkOut(BaseModel):
    """What the doors outside the API say in JSON when all is well."""

    ok: bool
    #: What works, and will not for ever.
    notes: list[str] = []


#: Doors outside the API that answer in JSON.
_OUTSIDE = ("/healthz", "/readyz", "/gateways/whatsapp")


@dataclass(frozen=True)
class Answer:
    """A response, whatever client it came to."""

    method: str
    path: str
    status: int
    content_type: str
    body: bytes


def of(response: TestResponse) -> Answer:
    """A response of the test client."""
    request = response.request
    kind = response.headers.get("Content-Type", "")
    return Answer(request.method, request.path, response.status_code, kind, response.data)


class Broken(AssertionError):
    """An answer is not what its route promises."""


def route_of(method: str, path: str) -> Route | None:
    """The route that takes this request; none for a door outside and for what is not there."""
    try:
        operation, _ = _PLACES.match(path, method="GET" if method == "HEAD" else method)
    except HTTPException:
        return None
    return _BY_OPERATION[operation]


def check(answer: Answer) -> Route | None:
    """Raises Broken; gives the route that answered."""
    route = route_of(answer.method, answer.path)
    kind = answer.content_type.partition(";")[0]
    if kind == PROBLEM:
        _model(answer, ProblemOut)
        # What breaks on our side is a problem document as well, and promised nowhere.
        if route is not None and answer.status not in {*_NAMED[route.operation], 500}:
            raise Broken(f"{_said(answer)}: the document names no {answer.status} here")
    elif route is not None:
        _success(answer, route, kind)
    elif kind == JSON and answer.path in _OUTSIDE:
        _model(answer, OkOut)
    return route


def _success(answer: Answer, route: Route, kind: str) -> None:
    if answer.status == 304 and 304 in route.refusals:
        return
    promised = route.files or (route.content, *route.or_contents)
    if answer.status != route.success or kind not in promised:
        raise Broken(f"{_said(answer)}: {route.success} {route.content} was promised, not {kind}")
    if route.answer is not None and kind not in route.or_contents:
        _model(answer, route.answer)


def _model(answer: Answer, model: type[BaseModel]) -> None:
    try:
        model.model_validate_json(answer.body, strict=True, extra="forbid")
    except ValidationError as error:
        raise Broken(f"{_said(answer)} is no {model.__name__}: {error}") from error


def _said(answer: Answer) -> str:
    return f"{answer.status} of {answer.method} {answer.path}"
