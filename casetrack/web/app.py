"""The Flask application: routes from one list, errors from one table."""

import logging
from collections.abc import Callable
from functools import cache
from typing import Any

from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException

from casetrack.bootstrap import App
from casetrack.domain.errors import BadInput, Refusal
from casetrack.operations.backlog import Backlog
from casetrack.operations.metrics import CONTENT_TYPE, Metrics
from casetrack.operations.spans import Spans
from casetrack.storage import schema_version
from casetrack.storage.listen import LEDGER_CHANNEL, Listener
from casetrack.storage.unit_of_work import DatabaseDown
from casetrack.usecases.delivery.giving_way import GivingWay
from casetrack.usecases.people import tokens
from casetrack.web.authority.officers_page import add_officers_page
from casetrack.web.case.complaint_page import add_complaint_page
from casetrack.web.case.sent_files import add_sent_files
from casetrack.web.case.status_page import add_pages, answer_for_whom, for_whom
from casetrack.web.case.survey_page import add_survey
from casetrack.web.case.treasury_door import add_treasury
from casetrack.web.case.verification_page import add_verification
from casetrack.web.case.work_page import add_work_page
from casetrack.web.delivery.delivery_reports import add_delivery_reports
from casetrack.web.http import openapi, problems, telemetry
from casetrack.web.http.bodies import LARGEST_BODY, BoundedRequest
from casetrack.web.http.call import Call, Route, as_json
from casetrack.web.http.callers import BehindProxies
from casetrack.web.http.long_poll import Waiting
from casetrack.web.http.rates import Rates
from casetrack.web.pages import compressed_answers
from casetrack.web.people.account_page import add_account_page
from casetrack.web.people.sign_in_page import add_sign_in
from casetrack.web.routes import ROUTES

#: Where the application keeps who waits, for the server that ends it.
LONG_POLLS = "casetrack.long_polls"
#: And what it counts with.
METRICS = "casetrack.metrics"
_LOG = logging.getLogger("casetrack.web")


class _Flask(Flask):
    """An application in which nothing is a coroutine."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """As it is: to find that out again takes seven looks a request."""
        return func


def create_app(
    app: App,
    metrics: Metrics | None = None,
    spans: Spans | None = None,
    rates: Rates | None = None,
) -> Flask:
    """The web door of this program; what it counts and traces is shown in `metrics` and `spans`.

    `rates` bounds how often a token may ask; without it, as often as it likes.
    """
    metrics, rates = metrics or Metrics(), rates or Rates()
    flask = _Flask(__name__, static_folder="static", template_folder="templates")
    flask.request_class = BoundedRequest
    flask.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    flask.json.sort_keys = False  # type: ignore[attr-defined]
    waiting = Waiting(lambda: Listener(app.settings.database_url, LEDGER_CHANNEL))
    flask.extensions.update({LONG_POLLS: waiting, METRICS: metrics})
    turns = GivingWay(app.ctx, metrics.gave_way)
    for route in ROUTES:
        flask.add_url_rule(
            "/api/v1" + route.rule,
            endpoint=route.operation,
            view_func=_view(app, route, waiting, rates, turns),
            methods=[route.method],
        )
    flask.add_url_rule("/api/v1/openapi.json", endpoint="openapi", view_func=_described)
    add_pages(flask, app)
    add_sent_files(flask, app)
    add_verification(flask, app)
    add_survey(flask, app)
    add_complaint_page(flask, app)
    add_delivery_reports(flask, app, metrics)
    add_treasury(flask, app)
    add_sign_in(flask, app)
    add_account_page(flask, app)
    add_work_page(flask, app)
    add_officers_page(flask, app)
    _add_health(flask, app, metrics)
    _add_errors(flask)
    flask.after_request(lambda answer: _note_use(app, answer))
    compressed_answers.add(flask)
    telemetry.add(flask, app, metrics, spans or Spans())
    if app.settings.trusted_proxies:
        flask.wsgi_app = BehindProxies(  # type: ignore[method-assign]
            flask.wsgi_app, app.settings.trusted_proxies
        )
    return flask


@cache
def _document() -> bytes:
    # Most programs are never asked for it, and to write it takes longer than all other rules.
    return as_json(openapi.document(ROUTES)).get_data()


def _described() -> Response:
    answer = as_json({})
    answer.set_data(_document())
    return answer


def _view(
    app: App, route: Route, waiting: Waiting, rates: Rates, turns: GivingWay
) -> Callable[..., Response]:
    def view(**params: str) -> Response:
        # No name holds NUL, and PostgreSQL cannot even be asked for it. As with bytes that are no text.
        named = {name: value.replace("\x00", "\ufffd") for name, value in params.items()}
        call = Call(app.ctx, route, request, named, app.settings.public_url, waiting, rates)
        g.call = call
        call.admit()
        if not (route.writes and route.roles):
            return route.handler(call)
        with turns.turn(call.actor.region):
            return route.handler(call)

    return view


def _note_use(app: App, answer: Response) -> Response:
    """Where the token's last use is to be written down, that waits until the answer is out."""
    call: Call | None = g.get("call")
    if call is not None and (used_at := call.used_at) is not None:
        token = call.token
        answer.call_on_close(lambda: tokens.note_use(app.ctx, token, used_at))
    return answer


def _add_health(flask: Flask, app: App, counted: Metrics) -> None:
    def healthz() -> Response:
        return as_json({"ok": True})

    def readyz() -> Response:
        try:
            schema_version.require_current(app.database)
        except BadInput as error:
            answer = problems.problem(503, "not_ready", str(error))
            answer.headers["Retry-After"] = problems.RETRY_AFTER
            return answer
        # Ready all the same: what is not a signature works.
        notes = list(app.ctx.signatures.ending()) if app.ctx.signatures else []
        return as_json({"ok": True, **({"notes": notes} if notes else {})})

    def metrics() -> Response:
        return Response(counted.exposition(Backlog(app)), content_type=CONTENT_TYPE)

    flask.add_url_rule("/healthz", view_func=healthz)
    flask.add_url_rule("/readyz", view_func=readyz)
    if app.settings.metrics_public:
        flask.add_url_rule("/metrics", view_func=metrics)


def _add_errors(flask: Flask) -> None:
    flask.register_error_handler(Refusal, problems.of_refusal)
    flask.register_error_handler(DatabaseDown, problems.of_database)
    flask.register_error_handler(HTTPException, answer_for_whom)

    def unexpected(error: Exception) -> Response:
        # The rule that was applied for and the trace, never the request's content.
        _LOG.error("unexpected error at %s", request.endpoint, exc_info=error)
        document = problems.problem(500, "internal_error", "Something went wrong on our side.")
        return for_whom(document)

    flask.register_error_handler(Exception, unexpected)
