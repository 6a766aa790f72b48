"""What was handed over as a file is opened: by a program, and on the applicant's page."""

from typing import Annotated

from flask import Flask, Response, request
from pydantic import StringConstraints

from casetrack.bootstrap import App
from casetrack.domain.case.numbers import LONGEST
from casetrack.domain.errors import Refusal
from casetrack.gateways.dates import known_language
from casetrack.storage.unit_of_work import DatabaseDown
from casetrack.usecases.case.sent_files import open_sent_file
from casetrack.web.case.status_page import refused_page
from casetrack.web.http.call import Call, Route
from casetrack.web.http.html import as_pdf
from casetrack.web.http.models import NO_NUL, Taken

_LONGEST = 64


class AccessIn(Taken):
    """The case's access code."""

    code: Annotated[str, StringConstraints(min_length=1, max_length=_LONGEST, pattern=NO_NUL)]


def open_file(call: Call) -> Response:
    """POST /status/{status_number}/files/{sent_file}: anybody with the access code."""
    number, product = call.params["status_number"], call.params["sent_file"]
    address = call.request.remote_addr or ""
    body = call.body(AccessIn)
    return as_pdf(open_sent_file(call.ctx, number, body.code, product, address), product)


def add_sent_files(flask: Flask, app: App) -> None:
    """`/status/berkas`, where the page's form goes; the code comes by POST, so no address holds it."""

    def show() -> Response:
        language = known_language(request.args.get("lang"))
        number = request.form.get("number", "").strip()[:LONGEST]
        product = request.form.get("product", "")[:_LONGEST]
        code = request.form.get("code", "")[:_LONGEST]
        try:
            content = open_sent_file(app.ctx, number, code, product, request.remote_addr or "")
        except (Refusal, DatabaseDown) as error:
            return refused_page(error, number, language)
        return as_pdf(content, product)

    flask.add_url_rule("/status/berkas", endpoint="sent_file", view_func=show, methods=["POST"])


ROUTES: tuple[Route, ...] = (
    Route(
        "open_sent_file",
        "POST",
        "/status/{status_number}/files/{sent_file}",
        "Open what was handed over as a file; the first time proves that it was received",
        open_file,
        None,
        body=AccessIn,
        refusals=(400, 404, 429),
        content="application/pdf",
    ),
)
