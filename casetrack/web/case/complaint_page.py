"""The page /pengaduan/{number}: how a complaint stands, for who has its code; without JavaScript."""

from flask import Flask, Response, request

from casetrack.bootstrap import App
from casetrack.domain.case.numbers import LONGEST
from casetrack.domain.errors import Refusal
from casetrack.gateways.dates import known_language, local_date
from casetrack.storage.unit_of_work import DatabaseDown
from casetrack.usecases.case import complaint_views
from casetrack.usecases.case.complaint_views import ComplaintStatus
from casetrack.web.http.html import as_page
from casetrack.web.http.problems import RETRY_AFTER, of_refusal
from casetrack.web.pages.citizen_pages import Tongue, render
from casetrack.web.pages.complaint_words import KINDS, OUTSIDE, STATES

_LONGEST_CODE = 200


def add_complaint_page(flask: Flask, app: App) -> None:
    """`/pengaduan/{number}`."""

    def show(number: str) -> Response:
        """The code comes by POST, so that no address and no log holds it."""
        number = number.replace("\0", "\ufffd")[:LONGEST]
        if request.method == "GET":
            return _page(number)
        code = request.form.get("code", "")[:_LONGEST_CODE]
        try:
            found = complaint_views.complaint_status(
                app.ctx, number, code, request.remote_addr or ""
            )
        except Refusal as error:
            answer = of_refusal(error)
            page = _page(number, answer.status_code, problem=error.code)
            if "Retry-After" in answer.headers:
                page.headers["Retry-After"] = answer.headers["Retry-After"]
            return page
        except DatabaseDown:
            page = _page(number, 503, problem="unavailable")
            page.headers["Retry-After"] = RETRY_AFTER
            return page
        return _page(found.state.number, found=found)

    flask.add_url_rule(
        "/pengaduan/<number>", endpoint="complaint", view_func=show, methods=["GET", "POST"]
    )


def _page(
    number: str,
    status: int = 200,
    *,
    found: ComplaintStatus | None = None,
    problem: str = "",
) -> Response:
    tongue = Tongue(known_language(request.args.get("lang")))
    days = {}
    if found is not None:
        zone = found.region.region.zone
        days = {
            name: local_date(getattr(found.state, name), zone, tongue.language)
            for name in ("received_at", "reaction_due_at", "answer_due_at")
        }
    page = render(
        "complaint.html",
        tongue,
        address="/pengaduan",
        number=number,
        found=found,
        problem=problem,
        days=days,
        states=STATES,
        kinds=KINDS,
        outside=OUTSIDE,
    )
    return as_page(page, status)
