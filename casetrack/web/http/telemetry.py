"""What is seen of each request from outside: its trace, its log line, its place in the metrics."""

import logging
import time
from contextlib import ExitStack
from dataclasses import dataclass

from flask import Flask, Response, g, request
from opentelemetry.trace import SpanKind

from casetrack.bootstrap import App
from casetrack.domain import traceparent
from casetrack.domain.case.numbers import CaseNumber
from casetrack.domain.errors import Refusal
from casetrack.operations.log_lines import about
from casetrack.operations.metrics import Metrics
from casetrack.operations.spans import Spans

#: Asked every few seconds by machines: no news, and no traces of their own.
_PROBES = ("healthz", "readyz", "metrics", "static")
_LOG = logging.getLogger("casetrack.web")


def add(flask: Flask, app: App, metrics: Metrics, spans: Spans) -> None:
    """Watch every request of this application."""
    watch = _Watch(app, metrics, spans)
    flask.before_request(watch.begin)
    flask.after_request(watch.end)
    flask.teardown_request(watch.close)


@dataclass(frozen=True)
class _Watch:
    app: App
    metrics: Metrics
    spans: Spans

    def begin(self) -> None:
        g.began = time.perf_counter()
        g.watched = watched = ExitStack()
        # The operation and not the address: an address may hold an access code.
        g.span = watched.enter_context(
            self.spans.span(
                f"{request.method} {_operation()}",
                SpanKind.SERVER,
                {"http.request.method": request.method, "http.route": _rule()},
                parent=traceparent.read(request.headers.get("traceparent")),
            )
        )

    def end(self, response: Response) -> Response:
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "no-referrer")
        if "began" in g:
            self._tell(response)
        return response

    def _tell(self, response: Response) -> None:
        waited = getattr(g.get("call"), "waited", 0.0)
        took, status = time.perf_counter() - g.began - waited, response.status_code
        region, number = _region(), _case_number(response)
        seen = {
            "http.response.status_code": status,
            "casetrack.region": region,
            "casetrack.case": number,
        }
        for name, value in seen.items():
            if value is not None:
                g.span.set_attribute(name, value)
        self.metrics.request(_operation(), status, took, self.app.database.in_use())
        ms = round(took * 1000, 1)
        fields = about(
            operation=_operation(),
            status=status,
            ms=ms,
            waited_ms=round(waited * 1000, 1) if waited else None,
            region=region,
            case=number,
        )
        _LOG.log(_level(status), "request", extra=fields)

    def close(self, _error: BaseException | None) -> None:
        watched: ExitStack | None = g.pop("watched", None)
        if watched is not None:
            watched.close()


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
            readings = CaseNumber.readings(text) if text else ()
        except Refusal:
            continue
        # Letters typed without anything between them may be parted in several ways.
        return str(readings[0]) if len(readings) == 1 else None
    return None
