"""The door of an outside party: WhatsApp tells here which messages did not arrive. No rules here.

It is none of the API's routes: who calls has no token but signs, and what it sends is not ours to
describe. What is done is committed before the answer; a call that is not answered with 200 comes again.
"""

import logging
from collections import Counter

from flask import Flask, Response, abort, request

from casetrack.bootstrap import App
from casetrack.gateways.phone import delivery_reports as gateway
from casetrack.operations.log_lines import about
from casetrack.operations.metrics import Metrics
from casetrack.usecases.delivery import bounces
from casetrack.web.http import problems
from casetrack.web.http.call import as_json

PATH = "/gateways/whatsapp"
_LOG = logging.getLogger("casetrack.web")


def add_delivery_reports(flask: Flask, app: App, metrics: Metrics) -> None:
    """`/gateways/whatsapp`: not there unless it is set up."""
    secret = app.settings.texting.whatsapp_app_secret
    token = app.settings.texting.whatsapp_verify_token

    def verify() -> Response:
        if token is None:
            abort(404)
        said = gateway.challenge(token, request.args)
        if said is None:
            return problems.problem(403, "wrong_verify_token", "This is not how it was set up.")
        return Response(said, content_type="text/plain; charset=utf-8")

    def take() -> Response:
        if secret is None:
            abort(404)
        request.max_content_length = gateway.MAX_BYTES
        raw = request.get_data()
        if not gateway.is_genuine(secret, raw, request.headers.get("X-Hub-Signature-256")):
            return problems.problem(403, "wrong_signature", "Sign the body with the app's secret.")
        try:
            told = gateway.read(raw)
        except ValueError:
            return problems.problem(422, "malformed_json", "The body is not JSON.")
        return _answer(metrics, _done(app, told))

    flask.add_url_rule(PATH, endpoint="verify_whatsapp", view_func=verify, methods=["GET"])
    flask.add_url_rule(PATH, endpoint="take_whatsapp", view_func=take, methods=["POST"])


def _done(app: App, told: gateway.Told) -> Counter[str]:
    """What became of each status; each is a transaction of its own, so what was done stays done."""
    done = Counter(told.ignored)
    for each in told.failed:
        try:
            outcome = bounces.take_report(
                app.ctx,
                each.region,
                each.position,
                each.role,
                each.seal,
                code=each.code,
                at=each.at,
            )
        except bounces.TooEarly:
            outcome = "too_early"
        done[outcome or "unknown"] += 1
    return done


def _answer(metrics: Metrics, done: Counter[str]) -> Response:
    for outcome, count in done.items():
        metrics.delivery_reports(bounces.WHATSAPP, outcome, count)
    # Counts only: names of messages lead to cases, and numbers to people.
    _LOG.info("delivery reports", extra=about(channel=bounces.WHATSAPP, done=dict(done)))
    if done["too_early"]:
        answer = problems.problem(503, "too_early", "A message is still being sent; tell it again.")
        answer.headers["Retry-After"] = problems.RETRY_AFTER
        return answer
    return as_json({"ok": True})
