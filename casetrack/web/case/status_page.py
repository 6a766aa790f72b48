"""The applicant's page: /status, for a telephone, without JavaScript and without an account."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flask import Flask, Response, redirect, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from casetrack.bootstrap import App
from casetrack.domain.case.bills import is_gratis
from casetrack.domain.case.documents import by_requirement
from casetrack.domain.case.numbers import LONGEST, CaseNumber
from casetrack.domain.case.silence import article_of
from casetrack.domain.errors import Refusal
from casetrack.domain.events import parse_instant
from casetrack.domain.service.definition import Name
from casetrack.gateways.dates import in_language, known_language, local_moment, rupiah
from casetrack.storage.unit_of_work import DatabaseDown
from casetrack.usecases.case import status
from casetrack.usecases.case.explained_limits import ExplainedLimit
from casetrack.usecases.case.sent_files import sent_files
from casetrack.usecases.case.status import Status
from casetrack.web.case.status import (
    next_words,
    put_right_words,
    shown_label,
    shown_status,
    shown_waiting,
    tells_objection,
)
from casetrack.web.http.html import as_page
from casetrack.web.http.problems import RETRY_AFTER, of_http, of_refusal
from casetrack.web.pages import citizen_pages, clock_words, news_words, rights_words, wording
from casetrack.web.pages.citizen_pages import (
    BillView,
    DefectView,
    DocumentView,
    FileView,
    StatusDetails,
    StatusView,
    StepView,
)
from casetrack.web.pages.ended_words import ended_words
from casetrack.web.pages.inspection_words import inspection_sentence

#: Doors of programs: there an error is a problem document whoever asks.
_PROGRAMS = ("/api/", "/gateways/", "/healthz", "/readyz", "/metrics")
_PROBLEM_OF_CODE = {"too_many_guesses": "too_many_tries"}


def add_pages(flask: Flask, app: App) -> None:
    """`/` and `/status`."""

    def home() -> AnyResponse:
        return redirect("/status")

    def show_status() -> Response:
        """The code comes by POST, so that no address and no log holds it."""
        language = known_language(request.args.get("lang"))
        form = request.form if request.method == "POST" else request.args
        number = form.get("number", "").strip()[:LONGEST]
        code = request.form.get("code")
        if not number:
            return as_page(citizen_pages.status_page(None, language=language), 200)
        try:
            found = status.status(app.ctx, number, code, request.remote_addr or "")
        except (Refusal, DatabaseDown) as error:
            return refused_page(error, number, language)
        view = status_view(found, language)
        return as_page(
            citizen_pages.status_page(view, language=language, now=app.database.now()), 200
        )

    flask.add_url_rule("/", endpoint="home", view_func=home)
    flask.add_url_rule("/status", endpoint="status", view_func=show_status, methods=["GET", "POST"])


def refused_page(error: Refusal | DatabaseDown, number: str, language: str) -> Response:
    """The page that says what went wrong, with the form filled in again."""
    if isinstance(error, DatabaseDown):
        problem, status_code, seconds = "unavailable", 503, RETRY_AFTER
    else:
        answer = of_refusal(error)
        problem = _PROBLEM_OF_CODE.get(error.code, error.code)
        status_code, seconds = answer.status_code, answer.headers.get("Retry-After", "")
    page = citizen_pages.status_page(
        None, language=language, problem=problem, number=_tidied(number)
    )
    refused = as_page(page, status_code)
    if seconds:
        refused.headers["Retry-After"] = seconds
    return refused


def _tidied(number: str) -> str:
    """What the form is filled in with again: the number that was meant, else what was typed."""
    try:
        readings = CaseNumber.readings(number)
    except Refusal:
        return number
    return str(readings[0]) if len(readings) == 1 else number


def answer_for_whom(error: HTTPException) -> Response:
    """What the framework refuses, as a page or as a problem document."""
    return for_whom(of_http(error))


def for_whom(document: Response) -> Response:
    """Who mistypes an address in a browser gets a page; a program keeps its problem document."""
    if not _asks_for_a_page():
        return document
    status = document.status_code
    problem = "unknown_page" if status in (404, 405) else "unavailable"
    language = known_language(request.args.get("lang"))
    page = as_page(citizen_pages.status_page(None, language=language, problem=problem), status)
    for name in ("Allow", "Retry-After"):
        if name in document.headers:
            page.headers[name] = document.headers[name]
    return page


def _asks_for_a_page() -> bool:
    """Outside the programs' doors, who names HTML, as every browser does, and JSON not before it."""
    if request.path.startswith(_PROGRAMS):
        return False
    accepted = request.accept_mimetypes
    named = any(kind == "text/html" for kind in accepted.values())
    return (
        named
        and accepted["text/html"] >= accepted["application/json"]
        and bool(accepted["text/html"])
    )


def status_view(found: Status, language: str) -> StatusView:
    """What the page shows of a status."""
    state = found.state
    shown = shown_status(found)
    agency = found.region.agencies.get(state.holder)
    return StatusView(
        number=state.number,
        status=shown,
        label=shown_label(found, language),
        agency=agency.name if agency else None,
        held_since=parse_instant(state.held_since),
        due_at=parse_instant(found.due_at) if found.due_at else None,
        stalled=found.stalled,
        waiting_for=shown_waiting(found),
        zone=found.region.region.zone,
        service=found.definition.name,
        details=_details(found, language) if found.detailed else None,
        noted=found.definition.tracked_only,
        clock_started=state.declared_complete_at is not None,
        handed_over_at=_handed_over_at(found),
        outside=tuple((agency.name, agency.office) for agency in found.outside),
        counter=_counter(found, language),
    )


def _handed_over_at(found: Status) -> datetime | None:
    """None while nothing was handed over, and where the service has no step for it."""
    if found.state.status != "handed_over":
        return None
    ended = [
        found.state.steps[step.id].ended_at
        for step in found.definition.steps
        if step.kind == "hand_over"
    ]
    return max((parse_instant(at) for at in ended if at), default=None)


def _counter(found: Status, language: str) -> str:
    """When the applicant may come."""
    counter = found.counter
    if counter is None:
        return ""
    name = in_language(Name.from_dict(counter["name"]), language)
    opens = counter["next_open_at"]
    zone = found.region.region.zone
    when = local_moment(parse_instant(opens), zone, language) if opens else None
    return wording.counter_hours(
        name, counter["today"], when, language, is_open=counter["open_now"]
    )


def _days(limit: ExplainedLimit, language: str) -> tuple[str, ...]:
    said = clock_words.sentences(limit.days, limit.limit, of_case=limit.step is None)
    return tuple(in_language(each, language) for each in said)


def _said_of_waits(found: Status, language: str) -> tuple[str, ...]:
    """That the limit of law has passed, for whom the file waits, how to object to a refusal."""
    said = [
        wording.power_wait(each.step.name, each.until, language, each.held_by)
        for each in found.waits
    ]
    if found.passed_on is not None:
        article = article_of(found.definition)
        said.insert(0, rights_words.limit_passed(found.passed_on, article, language))
    if found.check_passed_on is not None:
        said.insert(0, news_words.check_passed(found.check_passed_on, language))
    if found.state.lapse is not None:
        last = date.fromisoformat(found.state.lapse["on"])
        said.insert(0, news_words.complete_by(last, language))
    if found.state.issued_elsewhere is not None:
        said.insert(0, wording.issued_elsewhere(found.state.issued_elsewhere, language))
    said += [put_right_words(each, language) for each in found.put_right]
    if found.paraf is not None:
        missing = found.paraf
        said.append(news_words.missing_paraf(missing.name, language, again=missing.again))
    said += [news_words.signed_anew(e.name, e.on, e.code, language) for e in found.anew]
    reviews = found.definition.reviews
    if reviews is not None:
        said.append(wording.reviewed_by(reviews.kind, reviews.decided_by, language))
    said += [ended_words(each, language) for each in found.ended]
    if found.objection is not None and not tells_objection(found):
        said.append(rights_words.objection_words(found.objection, language))
    return tuple(said)


def _inspections(found: Status, language: str) -> tuple[tuple[str, str], ...]:
    """A sentence on each, and where it is."""
    zone = found.region.region.zone
    said = ((inspection_sentence(e, found.definition, zone), e["place"]) for e in found.inspections)
    return tuple((in_language(sentence, language), place or "") for sentence, place in said)


def _bill(bill: Mapping[str, Any]) -> BillView:
    place = bill["pay_to"] or {}
    return BillView(
        bill["code"],
        rupiah(bill["amount"]),
        parse_instant(bill["due_at"]),
        bill["state"],
        bill["pay_to"] is not None,
        place.get("bank"),
        place.get("number"),
        place.get("holder"),
    )


def _details(found: Status, language: str) -> StatusDetails:
    state, region, limit = found.state, found.region, found.limit
    names = {requirement.id: requirement.name for requirement in found.definition.requirements}
    waits = {each.step.id for each in found.waits}
    steps = []
    for step in found.definition.steps:
        reached = state.steps[step.id]
        agency = region.agencies.get(step.agency)
        steps.append(
            StepView(
                name=step.name,
                agency=agency.name if agency else step.name,
                status=reached.status,
                due_at=parse_instant(reached.due_at)
                if reached.due_at and step.id not in waits
                else None,
            )
        )
    return StatusDetails(
        outcome=state.outcome,
        steps=tuple(steps),
        documents=tuple(
            DocumentView(
                each.requirement.name,
                each.status,
                wording.document_words(each.status, sent_back=each.sent_back),
                parse_instant(each.received_at) if each.received_at else None,
            )
            for each in by_requirement(state, found.definition)
        ),
        defects=tuple(DefectView(names[d["requirement"]], d["text"] or "") for d in found.defects),
        bills=tuple(_bill(bill) for bill in found.bills if bill["state"] != "cancelled"),
        gratis=is_gratis(state, found.definition),
        waits=_said_of_waits(found, language),
        next_action=next_words(found, language),
        continued_as=found.continued_as,
        inspections=_inspections(found, language),
        files=tuple(
            FileView(
                each.product["id"],
                found.definition.product_of(each.product["product"]).name,
                parse_instant(each.opened_at) if each.opened_at else None,
            )
            for each in sent_files(state)
        ),
        how_long=in_language(clock_words.how_long(limit.limit), language) if limit else "",
        days=_days(limit, language) if limit else (),
    )
