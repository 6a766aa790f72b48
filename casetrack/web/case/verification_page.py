"""The page /verifikasi: for a telephone that has read a QR code, without JavaScript or an account."""

import os
import re
from collections.abc import Mapping

from flask import Flask, Response, request

from casetrack.bootstrap import App
from casetrack.domain.case.numbers import LONGEST
from casetrack.domain.case.verification import asked
from casetrack.domain.errors import Refusal
from casetrack.domain.people.stored_files import too_large
from casetrack.gateways.dates import known_language
from casetrack.storage.unit_of_work import DatabaseDown
from casetrack.usecases.case.verification import Given, verify_product
from casetrack.web.http.bodies import COMPARED_MEGABYTES
from casetrack.web.http.html import as_page
from casetrack.web.http.models import DIGEST
from casetrack.web.http.problems import RETRY_AFTER, of_refusal
from casetrack.web.http.uploads import Form, is_form, read_upload
from casetrack.web.pages.verification_pages import verification_page

_LONGEST_WORD, _LONGEST_NAME, _LONGEST_HASH = 64, 200, 200
_PROBLEM_OF_CODE = {
    "too_many_guesses": "too_many_tries",
    "file_too_large": "compared_too_large",
    **dict.fromkeys(("malformed_form", "length_missing", "invalid_body"), "unreadable_form"),
}
_HASH = re.compile(DIGEST)
#: A form without a number shows the page as it is first; one with a file says which product it is of.
_FORM = Form("number", COMPARED_MEGABYTES, lambda: too_large(COMPARED_MEGABYTES), file_needed=False)


def add_verification(flask: Flask, app: App) -> None:
    """`/verifikasi`, and with a product's public id or number behind it."""

    def show(id_or_number: str = "") -> Response:
        """Name and file come by POST, so that no address and no log holds them."""
        language = known_language(request.args.get("lang"))
        typed = {"number": "", "check_word": ""}
        try:
            form = _form()
            said = form.get("number") or id_or_number
            number = said.replace("\0", "\ufffd").strip()[:LONGEST]
            if not number:
                return as_page(verification_page(None, language=language))
            typed |= {"number": asked(number).text, "check_word": _word(form) or ""}
            given = _given(form)
            if given.sha256 is not None and not _HASH.fullmatch(given.sha256):
                page = verification_page(None, language=language, problem="not_a_hash", **typed)
                return as_page(page, 422)
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


def _form() -> dict[str, str]:
    """What was typed, and the hash of a file that came with it, which is kept nowhere. Raises Invalid."""
    if request.method != "POST":
        return {**request.args}
    if not is_form(request):
        return {**request.form}
    with open(os.devnull, "wb") as nowhere:
        upload = read_upload(request, nowhere, _FORM)
    # A field of the form in which nobody chose a file comes empty and without a name.
    came = {"sha256": upload.sha256} if upload.size or upload.filename else {}
    return {**upload.fields, **came}


def _word(form: Mapping[str, str]) -> str | None:
    return (form.get("k") or request.args.get("k", ""))[:_LONGEST_WORD] or None


def _given(form: Mapping[str, str]) -> Given:
    said = (form.get("sha256") or request.args.get("sha256", ""))[:_LONGEST_HASH]
    sha256 = "".join(said.split()).lower()
    name = form.get("name", "").strip()[:_LONGEST_NAME] if request.method == "POST" else ""
    return Given(_word(form), sha256 or None, name or None)


def _waiting(page: Response, seconds: str | None) -> Response:
    if seconds is not None:
        page.headers["Retry-After"] = seconds
    return page
