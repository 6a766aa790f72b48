"""The page /verifikasi: for a telephone that has read a QR code, without JavaScript or an account."""

from flask import Flask, Response, request

from casetrack.bootstrap import App
from casetrack.domain.case.numbers import LONGEST
from casetrack.domain.case.verification import asked
from casetrack.domain.errors import Refusal
from casetrack.gateways.dates import known_language
from casetrack.storage.unit_of_work import DatabaseDown
from casetrack.usecases.case.verification import Given, verify_product
from casetrack.web.http.html import as_page
from casetrack.web.http.problems import RETRY_AFTER, of_refusal
from casetrack.web.pages.verification_pages import verification_page

_LONGEST_WORD, _LONGEST_NAME = 64, 200
_PROBLEM_OF_CODE = {"too_many_guesses": "too_many_tries"}


def add_verification(flask: Flask, app: App) -> None:
    """`/verifikasi`, and with a product's public id or number behind it."""

    def show(id_or_number: str = "") -> Response:
        """The name comes by POST, so that no address and no log holds it."""
        language = known_language(request.args.get("lang"))
        form = request.form if request.method == "POST" else request.args
        number = (form.get("number") or id_or_number).replace("\0", "\ufffd").strip()[:LONGEST]
        given = _given()
        if not number:
            return as_page(verification_page(None, language=language))
        typed = {"number": asked(number).text, "check_word": given.check_word or ""}
        try:
            found = verify_product(app.ctx, number, given, request.remote_addr or "")
        except Refusal as error:
            answer, problem = of_refusal(error), _PROBLEM_OF_CODE.get(error.code, error.code)
            page = verification_page(None, language=language, problem=problem, **typed)
            return _waiting(as_page(page, answer.status_code), answer.headers.get("Retry-After"))
        except DatabaseDown:
            page = verification_page(None, language=language, problem="unavailable", **typed)
            return _waiting(as_page(page, 503), RETRY_AFTER)
        return as_page(verification_page(found, language=language, **typed))

    for rule in ("/verifikasi", "/verifikasi/<path:id_or_number>"):
        flask.add_url_rule(rule, endpoint="verification", view_func=show, methods=["GET", "POST"])


def _given() -> Given:
    word = (request.form.get("k") or request.args.get("k", ""))[:_LONGEST_WORD]
    name = request.form.get("name", "").strip()[:_LONGEST_NAME]
    return Given(word or None, request.args.get("sha256") or None, name or None)


def _waiting(page: Response, seconds: str | None) -> Response:
    if seconds is not None:
        page.headers["Retry-After"] = seconds
    return page
