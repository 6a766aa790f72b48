"""The page /survei/{number}: nine questions for a telephone, without JavaScript or an account."""

from flask import Flask, Response, request

from casetrack.bootstrap import App
from casetrack.domain.case.numbers import LONGEST
from casetrack.domain.case.survey import ELEMENTS, HIGHEST, LOWEST
from casetrack.domain.errors import Refusal
from casetrack.gateways.dates import known_language
from casetrack.storage.unit_of_work import DatabaseDown
from casetrack.usecases.case import surveys
from casetrack.web.http.html import as_page
from casetrack.web.http.problems import RETRY_AFTER, of_refusal
from casetrack.web.pages.citizen_pages import Tongue, render
from casetrack.web.pages.survey_words import CHOICES, QUESTIONS

_LONGEST_TOKEN = 64


def add_survey(flask: Flask, app: App) -> None:
    """`/survei/{number}?t=TOKEN`."""

    def show(number: str) -> Response:
        number = number.replace("\0", "\ufffd")[:LONGEST]
        token = (request.form.get("t") or request.args.get("t", ""))[:_LONGEST_TOKEN]
        token = token.encode("ascii", "replace").decode()
        try:
            if request.method == "GET":
                return _page(number, token, survey=surveys.find_survey(app.ctx, number, token))
            return _answer(app, number, token)
        except Refusal as error:
            status = of_refusal(error).status_code
            return _page(number, token, status, problem=error.code)
        except DatabaseDown:
            page = _page(number, token, 503, problem="unavailable")
            page.headers["Retry-After"] = RETRY_AFTER
            return page

    flask.add_url_rule(
        "/survei/<number>", endpoint="survey", view_func=show, methods=["GET", "POST"]
    )


def _answer(app: App, number: str, token: str) -> Response:
    said = {element: request.form.get(element, "") for element in ELEMENTS}
    scores: dict[str, int] = {
        element: int(text) for element, text in said.items() if text in _SCORES
    }
    if len(scores) < len(ELEMENTS):
        found = surveys.find_survey(app.ctx, number, token)
        return _page(number, token, 422, survey=found, problem="incomplete", given=scores)
    surveys.answer(app.ctx, number, token, scores)
    return _page(number, token, thanks=True)


_SCORES = {str(score) for score in range(LOWEST, HIGHEST + 1)}


def _page(
    number: str,
    token: str,
    status: int = 200,
    *,
    survey: surveys.Survey | None = None,
    problem: str = "",
    thanks: bool = False,
    given: dict[str, int] | None = None,
) -> Response:
    tongue = Tongue(known_language(request.args.get("lang")))
    page = render(
        "survey.html",
        tongue,
        address=f"/survei/{number}",
        token=token,
        survey=survey,
        problem=problem,
        thanks=thanks,
        given=given or {},
        questions=QUESTIONS,
        choices=CHOICES,
    )
    return as_page(page, status)
