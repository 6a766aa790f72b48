"""The OpenAPI 3.1 document, made of the models that validate."""

import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from casetrack import __version__
from casetrack.domain.authority.entries import ENTRY_KINDS
from casetrack.domain.case.figure_tables import MEASURES
from casetrack.domain.service import notices
from casetrack.web.http.call import Route
from casetrack.web.http.models import ProblemOut

#: What is taken is described as it is read, what is given as it comes: a field that always comes is
#: required there, null or not.
_TAKEN: JsonSchemaMode = "validation"
_GIVEN: JsonSchemaMode = "serialization"
#: A model in one of the two senses, and the reference to its schema.
Refs = Mapping[Any, dict[str, Any]]
_KINDS = {"enum": list(ENTRY_KINDS)}
#: What a part of an address may be, where it is not any text.
_PATH_VALUES: dict[tuple[str, str], dict[str, Any]] = {
    ("/cases/{number}/slips/{kind}", "kind"): {"enum": ["receipt", "registration"]},
    ("/templates/{type}/preview", "type"): {"enum": list(notices.TOLD)},
    ("/reports/{measure}", "measure"): {"enum": list(MEASURES)},
    ("/authority/entries/{kind}/{entry}", "kind"): _KINDS,
    ("/authority/entries/{kind}/{entry}/actions", "kind"): _KINDS,
}
_WORDS = {
    400: "The number is malformed, or its check digit is wrong",
    401: "No token, or one that opens nothing",
    408: "The request did not come whole in its time",
    403: "The role, the agency or the register does not allow it",
    404: "Unknown, or none of the caller's business",
    409: "The status does not allow it, or an equal request is under way",
    411: "A form with a file came without its length",
    412: "The case has changed since the version named in If-Match",
    413: "The body is too large",
    415: "The body is not JSON",
    422: "The content cannot be taken; `errors` says where",
    428: "If-Match is missing or is not one ETag",
    429: "Too many requests of this token, connections of this address, or wrong access codes",
    500: "What was kept is not what comes out, so it is not shown",
    501: "This installation does not offer it",
    503: "The database does not answer, or what else this needs",
}


def document(routes: tuple[Route, ...]) -> dict[str, Any]:
    """The whole document."""
    refs, schemas = models_json_schema(
        sorted(_models(routes), key=lambda each: (each[0].__name__, each[1])),
        ref_template="#/components/schemas/{model}",
    )
    paths: dict[str, Any] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, refs)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "casetrack",
            "version": __version__,
            "description": "Where a case is, who holds it since when, and until when. No operation takes "
            "query parameters beside those it names: others are refused (422, invalid_query).",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/api/v1"}],
        "paths": paths,
        "components": {
            "schemas": schemas["$defs"],
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"token": []}],
    }


def _models(routes: tuple[Route, ...]) -> set[tuple[type[BaseModel], JsonSchemaMode]]:
    taken = {(body, _TAKEN) for route in routes for body in (route.body, route.form) if body}
    given = {(route.answer, _GIVEN) for route in routes if route.answer}
    return {*taken, *given, (ProblemOut, _GIVEN)}


def _operation(route: Route, refs: Refs) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": route.operation,
        "summary": route.summary,
        "description": f"Roles: {', '.join(route.roles)}." if route.roles else "For anybody.",
        "parameters": _parameters(route),
        "responses": _responses(route, refs),
        # OpenAPI has no word of its own for it.
        "x-additional-query-parameters": False,
    }
    if not route.roles:
        operation["security"] = []
    if route.body:
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": refs[route.body, _TAKEN]}},
        }
        if route.form:
            form = {"schema": refs[route.form, _TAKEN]}
            operation["requestBody"]["content"]["multipart/form-data"] = form
    return operation


def _parameters(route: Route) -> list[dict[str, Any]]:
    found = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": _PATH_VALUES.get((route.path, name), {"type": "string"}),
        }
        for name in re.findall(r"\{(\w+)\}", route.path)
    ]
    if route.query:
        schema = route.query.model_json_schema()
        for name, value in schema["properties"].items():
            required = name in schema.get("required", ())
            found.append({"name": name, "in": "query", "required": required, "schema": value})
    if route.writes:
        found.append(
            _header("Idempotency-Key", "The same key and body have one effect, for 24 hours.")
        )
    if route.conditional:
        found.append(_header("If-Match", "The ETag of the case or of the step; required."))
    if route.operation in ("read_status", "read_slip"):
        found.append(_header("X-Access-Code", "The case's access code."))
    if route.operation == "read_complaint_status":
        found.append(_header("X-Access-Code", "The complaint's access code."))
    if route.operation == "read_case":
        found.append(_header("If-None-Match", "304 when the case has still this ETag."))
    return found


def _header(name: str, description: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": "header",
        "required": False,
        "description": description,
        "schema": {"type": "string"},
    }


def _responses(route: Route, refs: Refs) -> dict[str, Any]:
    schema = refs[route.answer, _GIVEN] if route.answer else {"type": "string"}
    content: dict[str, Any] = {kind: {"schema": schema} for kind in route.files or (route.content,)}
    for kind in route.or_contents:
        content[kind] = {"schema": {"type": "string", "format": "binary"}}
    success: dict[str, Any] = {"description": route.summary, "content": content}
    if route.writes or route.versioned:
        success["headers"] = {"ETag": {"schema": {"type": "string"}}}
    responses: dict[str, Any] = {str(route.success): success}
    for status in sorted(_refusals(route)):
        if status == 304:
            responses["304"] = {"description": "Not modified"}
            continue
        responses[str(status)] = {
            "description": _WORDS[status],
            "content": {"application/problem+json": {"schema": refs[ProblemOut, _GIVEN]}},
        }
    return responses


def _refusals(route: Route) -> set[int]:
    # Every operation refuses a parameter that it has not.
    # The server itself says 408 and 429, before it knows the operation.
    statuses = {408, 422, 429, 503, *route.refusals}
    if route.roles:
        statuses |= {401, 403}
    if "{" in route.path or route.operation == "mark_told":
        statuses.add(404)
    if route.body:
        statuses |= {413, 415}
    if route.form:
        statuses |= {411, 501}
    if route.conditional:
        statuses |= {409, 412, 428}
    return statuses
