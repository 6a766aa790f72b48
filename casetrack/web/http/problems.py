"""One table from error to HTTP status, and the RFC 9457 document that says it."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Response, has_request_context, request
from werkzeug.exceptions import HTTPException

from casetrack.domain.errors import (
    Busy,
    Forbidden,
    Invalid,
    NoAuthority,
    NotAsKept,
    NotFound,
    NotNow,
    NotOffered,
    Refusal,
    Stale,
    Unavailable,
)
from casetrack.storage.unit_of_work import DatabaseDown
from casetrack.web.http import rule_words
from casetrack.web.http.detail_words import in_indonesian
from casetrack.web.http.problem_words import said

STATUS: Mapping[type[Refusal], int] = {
    NotFound: 404,
    Forbidden: 403,
    NoAuthority: 403,
    Invalid: 422,
    Stale: 412,
    NotNow: 409,
    Busy: 409,
    Unavailable: 503,
    NotAsKept: 500,
    NotOffered: 501,
}
#: Codes whose status is not that of their class.
STATUS_OF_CODE: Mapping[str, int] = {
    "malformed_number": 400,
    "wrong_check_digit": 400,
    "malformed_if_match": 428,
    "if_match_missing": 428,
    "too_many_guesses": 429,
    "too_many_requests": 429,
    "too_many_sign_ins": 429,
    "too_many_complaints": 429,
    "unauthenticated": 401,
    "token_expired": 401,
    "sign_in_refused": 401,
    "not_json": 415,
    "file_too_large": 413,
    "payments_too_large": 413,
    "length_missing": 411,
}
#: Seconds after which a client may ask again when the database was away.
RETRY_AFTER = "5"
_OF_HTTP = {
    400: "malformed_request",
    404: "unknown_path",
    405: "method_not_allowed",
    413: "body_too_large",
    415: "not_json",
}


def problem(
    status: int, code: str, detail: str, fields: Mapping[str, object] | None = None
) -> Response:
    """A problem document; its type is `urn:casetrack:problem:CODE`."""
    message, indonesian = said(code), _asks_for_indonesian()
    if indonesian:
        faults: Any = (fields or {}).get("errors") or ()
        detail = in_indonesian(detail, message["id"] if message else None, faults)
    document = {
        **(fields or {}),
        "type": f"urn:casetrack:problem:{code}",
        "status": status,
        "title": HTTPStatus(status).phrase,
        "detail": detail,
        "code": code,
    }
    if message is not None:
        document["message"] = message
    answer = Response(
        json.dumps(document, ensure_ascii=False), status, content_type="application/problem+json"
    )
    answer.vary.add("Accept-Language")
    answer.headers["Content-Language"] = "id" if indonesian else "en"
    return answer


def _asks_for_indonesian() -> bool:
    """English for who says nothing: programs read the code, and logs were English before."""
    if not has_request_context():
        return False
    return request.accept_languages.best_match(("en", "id"), "en") == "id"


def of_refusal(error: Refusal) -> Response:
    """What a rule's no looks like from outside."""
    status = STATUS_OF_CODE.get(error.code) or next(
        STATUS[kind] for kind in type(error).__mro__ if kind in STATUS
    )
    answer = problem(status, error.code, error.detail, _said(error.fields))
    if isinstance(error, Busy):
        answer.headers["Retry-After"] = str(error.retry_after)
    if status == 401:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="casetrack"'
    return answer


def _said(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """Each fault in both languages; those of a model have their words already."""
    faults = fields.get("errors")
    if faults is None:
        return fields
    told = [
        fault if "said" in fault else {**fault, "said": rule_words.said(fault["message"])}
        for fault in faults
    ]
    return {**fields, "errors": told}


def of_http(error: HTTPException) -> Response:
    """What the framework refuses: unknown path, wrong method, body too large."""
    status = error.code or 500
    answer = problem(
        status, _OF_HTTP.get(status, "http_error"), error.description or HTTPStatus(status).phrase
    )
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            answer.headers[name] = value
    return answer


def of_database(error: DatabaseDown) -> Response:
    """The database is away: nothing was lost, ask again."""
    answer = problem(503, "database_unavailable", "The database does not answer; try again soon.")
    answer.headers["Retry-After"] = RETRY_AFTER
    return answer
