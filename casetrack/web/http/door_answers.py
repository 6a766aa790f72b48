"""What a client is told before its request reaches the program: whole answers, as they are sent."""

from flask import Response
from werkzeug.http import HTTP_STATUS_CODES

from casetrack.web.http.problems import problem


def _whole(document: Response, retry_after: str | None = None) -> bytes:
    body = document.get_data()
    head = [
        f"HTTP/1.1 {document.status_code} {HTTP_STATUS_CODES[document.status_code]}",
        "Connection: close",
        f"Content-Type: {document.content_type}",
        f"Content-Length: {len(body)}",
        "Cache-Control: no-store",
        *([f"Retry-After: {retry_after}"] if retry_after else []),
    ]
    return "\r\n".join([*head, "", ""]).encode() + body


TOO_SLOW = _whole(
    problem(
        408,
        "too_slow",
        "The request did not come whole in its time; send it again, all at once.",
    )
)
TOO_LONG_HEAD = _whole(
    problem(
        431,
        "head_too_long",
        "The head of the request is longer than 32 KiB; send fewer or shorter fields.",
    )
)
TOO_MANY_CONNECTIONS = _whole(
    problem(
        429,
        "too_many_connections",
        "This address has as many connections open as it may; close some, or keep and use one.",
    ),
    retry_after="1",
)
