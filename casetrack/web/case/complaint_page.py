"""The pages of complaints: /pengaduan to file one, /pengaduan/{number} to see how it stands.

Without JavaScript, account or name.
"""

import hashlib
import json
import secrets

from flask import Flask, Response, request

from casetrack.bootstrap import App
from casetrack.domain.case.numbers import LONGEST
from casetrack.domain.errors import Refusal
from casetrack.gateways.dates import known_language, local_date
from casetrack.storage.unit_of_work import DatabaseDown
from casetrack.usecases import idempotency
from casetrack.usecases.case import complaint_views, complaints
from casetrack.usecases.case.complaint_views import ComplaintStatus
from casetrack.usecases.case.complaints import Complaining
from casetrack.usecases.context import Answer
from casetrack.web.case.complaint_models import ComplaintIn
from casetrack.web.http.call import read_fields
from casetrack.web.http.html import as_page
from casetrack.web.http.problems import RETRY_AFTER, of_refusal
from casetrack.web.pages.citizen_pages import Tongue, render
from casetrack.web.pages.complaint_sheets import ComplaintSlip, complaint_page
from casetrack.web.pages.complaint_words import FIELDS, KINDS, OUTSIDE, STATES

_LONGEST_CODE = 200


#: What of a form is written back into it; never a code.
_KEPT = ("region", "kind", "text", "case", "name", "phone", "email")
_CONTACT = ("name", "phone", "email")
#: Of what makes one sending of a form: letters of a digest.
_LONGEST_ONCE = 64


def add_complaint_page(flask: Flask, app: App) -> None:
    """`/pengaduan` and `/pengaduan/{number}`."""

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
        "/pengaduan", endpoint="complain", view_func=lambda: _file(app), methods=["GET", "POST"]
    )
    flask.add_url_rule(
        "/pengaduan/<number>", endpoint="complaint", view_func=show, methods=["GET", "POST"]
    )


def _file(app: App) -> Response:
    """Everything comes by POST, so that no address and no log holds it."""
    try:
        return _form(app) if request.method == "GET" else _filed(app)
    except Refusal as error:
        return _refused(app, error)
    except DatabaseDown:
        tongue = Tongue(known_language(request.args.get("lang")))
        page = as_page(render("complaint_away.html", tongue), 503)
        page.headers["Retry-After"] = RETRY_AFTER
        return page


def _form(app: App, status: int = 200, *, problem: dict[str, object] | None = None) -> Response:
    """The form, with what was typed; `problem` is what a program would be told."""
    tongue = Tongue(known_language(request.args.get("lang")))
    page = render(
        "complain.html",
        tongue,
        regions=[record.region for record in complaints.taking_regions(app.ctx)],
        kinds=KINDS,
        fields=FIELDS,
        problem=problem,
        typed={name: request.form.get(name, "") for name in _KEPT},
        once=secrets.token_hex(16),
    )
    return as_page(page, status)


def _refused(app: App, error: Refusal) -> Response:
    answer = of_refusal(error)
    page = _form(app, answer.status_code, problem=json.loads(answer.get_data()))
    if "Retry-After" in answer.headers:
        page.headers["Retry-After"] = answer.headers["Retry-After"]
    return page


def _filed(app: App) -> Response:
    """Takes the complaint in and gives its slip; sent again, as a browser does, only its number."""
    form = {name: text.strip() for name, text in request.form.items()}
    contact = {name: form[name] for name in _CONTACT if form.get(name)}
    given = {name: form.get(name, "") for name in ("kind", "text", "case", "case_code")}
    body = read_fields(ComplaintIn, {**given, "contact": contact})
    # A number says of itself which region it is of.
    region = (body.case and complaints.region_of_number(app.ctx, body.case)) or _region(app, form)
    said = Complaining(
        body.kind,
        body.text,
        "page",
        case=body.case,
        case_code=body.case_code,
        contact=body.contact.model_dump(exclude_none=True) if body.contact else None,
    )
    once = _once(region, form)
    answer = complaints.file_complaint(app.ctx, region, said, request.remote_addr or "", once)
    return _slip(app, region, answer)


def _region(app: App, form: dict[str, str]) -> str:
    """The one that was chosen, or the only one; empty, as none is called, where nobody takes any in."""
    taking = [record.region.code for record in complaints.taking_regions(app.ctx)]
    chosen = form.get("region", "").replace("\0", "?")
    return chosen or (taking[0] if taking else "")


def _once(region: str, form: dict[str, str]) -> idempotency.Request | None:
    """What makes two sendings of one form the same; None where the form does not say."""
    once = form.get("once", "")
    if not once:
        return None
    digest = hashlib.sha256(json.dumps(sorted(form.items())).encode()).hexdigest()
    # Written anew and sent again it is another complaint.
    key = hashlib.sha256(f"{once[:_LONGEST_ONCE]}:{digest}".encode()).hexdigest()
    return idempotency.Request(region, "page", "POST", "/pengaduan", key, digest)


def _slip(app: App, region: str, answer: Answer) -> Response:
    record = app.ctx.region(region)[0]
    language = known_language(request.args.get("lang"))
    outside = [text for text in record.region.slip_texts if text.about == "complain_outside"]
    slip = ComplaintSlip(
        answer.view,
        region=record.region.name,
        zone=record.region.zone,
        outside=tuple(text.words for text in outside),
        status_url=f"{app.settings.public_url}/pengaduan/{answer.view['number']}",
        # Whoever comes by this browser later is not told it again.
        code=None if answer.replayed else answer.view["access_code"],
    )
    return as_page(complaint_page(slip, language=language), 200 if answer.replayed else 201)


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
