"""What is seen of each request from outside: its trace, its log line, its place in the metrics."""

import logging
import time
from contextlib import ExitStack

from flask import Flask, Response, g, request
from opentelemetry.trace import SpanKind

from casetrack.bootstrap import App
from casetrack.domain import trace
from casetrack.domain.errors import Refusal
from casetrack.domain.numbers import CaseNumber
from casetrack.operations.logs import about
from casetrack.operations.metrics import Metrics
from casetrack.operations.spans import Spans

#: Asked every few seconds by machines: no news, and no traces of their own.
_PROBES = ("healthz", "readyz", "metrics", "static")
_LOG = logging.getLogger("casetrack.web")


def add(flask: Flask, app: App, metrics: Metrics, spans: Spans) -> None:
    """Watch every request of this application."""

    def begin() -> None:
        g.began = time.perf_counter()
        g.watched = watched = ExitStack()
        # The operation and not the address: an address may hold an access code.
        g.span = watched.enter_context(
            spans.span(
                f"{request.method} {_operation()}",
                SpanKind.SERVER,
                parent=trace.read(request.headers.get("traceparent")),
                **{"http.request.method": request.method, "http.route": _rule()},
            )
        )

    def end(response: Response) -> Response:
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "no-referrer")
        if "began" in g:
            _tell(response)
        return response

    def _tell(response: Response) -> None:
        took, status = time.perf_counter() - g.began, response.status_code
        region, number = _region(), _case_number(response)
        g.span.set_attribute("http.response.status_code", status)
        for name, value in (("casetrack.region", region), ("casetrack.case", number)):
            if value is not None:
                g.span.set_attribute(name, value)
        metrics.request(_operation(), status, took, app.database.in_use())
        _LOG.log(
            _level(status),
            "request",
            extra=about(
                operation=_operation(),
                status=status,
                ms=round(took * 1000, 1),
                region=region,
                case=number,
            ),
        )

    def close(_error: BaseException | None) -> None:
        watched: ExitStack | None = g.pop("watched", None)
        if watched is not None:
            watched.close()

    flask.before_request(begin)
    flask.after_request(end)
    flask.teardown_request(close)


def _operation() -> str:
    return request.endpoint or "unknown"


def _rule() -> str | None:
    return request.url_rule.rule if request.url_rule else None


def _level(status: int) -> int:
    if status >= 500:
        return logging.WARNING
    return logging.DEBUG if _operation() in _PROBES else logging.INFO


def _region() -> str | None:
    actor = getattr(g.get("call"), "actor", None)
    return actor.region if actor else None


def _case_number(response: Response) -> str | None:
    """The case that it was about. Only a well-formed number: else it may be anything, also a NIK."""
    place = response.headers.get("Location", "").rpartition("/")[2]
    for text in ((request.view_args or {}).get("number"), place):
        try:
            return str(CaseNumber.parse(text)) if text else None
        except Refusal:
            continue
    return None
