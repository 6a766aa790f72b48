"""The applicant's page: /status, for a telephone, without JavaScript and without an account."""

from flask import Flask, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from casetrack.bootstrap import App
from casetrack.domain.case.public import running_limit
from casetrack.domain.errors import Refusal
from casetrack.domain.events import parse_instant
from casetrack.gateways.dates import known_language
from casetrack.storage.unit_of_work import DatabaseDown
from casetrack.usecases.case import status
from casetrack.usecases.case.status import Status
from casetrack.web.case.status import shown_status
from casetrack.web.http.problems import RETRY_AFTER, of_refusal
from casetrack.web.pages import citizen_pages, wording
from casetrack.web.pages.citizen_pages import DefectView, StatusDetails, StatusView, StepView

_PROBLEM_OF_CODE = {"too_many_guesses": "too_many_tries"}


def add_pages(flask: Flask, app: App) -> None:
    """`/` and `/status`."""

    def home() -> AnyResponse:
        return redirect("/status")

    def show_status() -> Response:
        """The code comes by POST, so that no address and no log holds it."""
        language = known_language(request.args.get("lang"))
        form = request.form if request.method == "POST" else request.args
        number = form.get("number", "").strip()[:64]
        code = (request.form.get("code") or "").strip()[:64] or None
        if not number:
            return _html(citizen_pages.status_page(None, language=language), 200)
        try:
            found = status.status(app.ctx, number, code, request.remote_addr or "")
        except Refusal as error:
            problem = _PROBLEM_OF_CODE.get(error.code, error.code)
            page = citizen_pages.status_page(
                None, language=language, problem=problem, number=number
            )
            return _html(page, of_refusal(error).status_code)
        except DatabaseDown:
            page = citizen_pages.status_page(
                None, language=language, problem="unavailable", number=number
            )
            unavailable = _html(page, 503)
            unavailable.headers["Retry-After"] = RETRY_AFTER
            return unavailable
        view = status_view(found, language)
        return _html(
            citizen_pages.status_page(view, language=language, now=app.database.now()), 200
        )

    flask.add_url_rule("/", endpoint="home", view_func=home)
    flask.add_url_rule("/status", endpoint="status", view_func=show_status, methods=["GET", "POST"])


def _html(page: str, status: int) -> Response:
    response = Response(page, status, content_type="text/html; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    return response


def status_view(found: Status, language: str) -> StatusView:
    """What the page shows of a status."""
    state = found.state
    shown = shown_status(found)
    agency = found.region.agencies.get(state.holder)
    due_at = running_limit(found.state, found.definition)
    return StatusView(
        number=state.number,
        status=shown,
        label=wording.label("status", shown, language),
        agency=agency.name if agency else None,
        held_since=parse_instant(state.held_since),
        due_at=parse_instant(due_at) if due_at else None,
        waiting_for=state.waiting_for,
        zone=found.region.region.zone,
        service=found.definition.name,
        details=_details(found, language) if found.detailed else None,
        clock_started=state.declared_complete_at is not None,
    )


def _details(found: Status, language: str) -> StatusDetails:
    state, region = found.state, found.region
    names = {requirement.id: requirement.name for requirement in found.definition.requirements}
    steps = []
    for step in found.definition.steps:
        reached = state.steps[step.id]
        agency = region.agencies.get(step.agency)
        steps.append(
            StepView(
                name=step.name,
                agency=agency.name if agency else step.name,
                status=reached.status,
                due_at=parse_instant(reached.due_at) if reached.due_at else None,
            )
        )
    return StatusDetails(
        outcome=state.outcome,
        steps=tuple(steps),
        defects=tuple(DefectView(names[d["requirement"]], d["text"] or "") for d in found.defects),
        next_action=wording.next_action(state.status, state.outcome, state.waiting_for, language),
    )
