"""The handlers: parse, call a use case, answer. No rules here."""

from typing import Any

from flask import Response

from casetrack.domain.case.bills import Payment
from casetrack.domain.case.issued_details import IssuedElsewhere
from casetrack.domain.case.late_intake import LateIntake
from casetrack.domain.case.party_change import Present
from casetrack.domain.case.product_details import Refusal
from casetrack.domain.case.verification import tidy_number
from casetrack.domain.errors import Invalid
from casetrack.usecases.case import reading, status, trace
from casetrack.usecases.case.doing import Doing
from casetrack.usecases.case.one_person import decide_identity
from casetrack.usecases.case.opening import Application, open_at_counter
from casetrack.usecases.case.sealed_parties import Party
from casetrack.usecases.case.whole_case import whole_case
from casetrack.usecases.delivery import feed
from casetrack.usecases.people import readings
from casetrack.web.case import models, slips
from casetrack.web.case.act import act, act_or_sign
from casetrack.web.case.hand_over_models import handing
from casetrack.web.case.identity_models import IdentityIn
from casetrack.web.case.status import StatusQuery, status_document
from casetrack.web.case.status_models import StatusOut
from casetrack.web.case.trace_answer import TraceOut
from casetrack.web.http.call import Call, Route, as_json
from casetrack.web.http.cursors import page_response, read_cursor
from casetrack.web.http.html import as_page, as_pdf
from casetrack.web.http.models import SlipQuery
from casetrack.web.pages.sheet_form import slip_page, slip_pdf


def open_case(call: Call) -> Response:
    """POST /cases."""
    body = call.body(models.CaseIn)
    parties = [
        Party(role=role, **party.model_dump())
        for role in ("applicant", "representative", "payer")
        if (party := getattr(body, role)) is not None
    ]
    application = Application(
        body.service,
        body.facts,
        parties,
        [document.model_dump() for document in body.documents],
        [link.model_dump() for link in body.links],
        body.counter,
        body.queue,
        LateIntake(**body.late.model_dump()) if body.late else None,
    )
    answer = open_at_counter(call.ctx, call.actor, application, call.repeatable)
    response = call.answer(answer, 201)
    response.headers["Location"] = f"/api/v1/cases/{answer.view['number']}"
    return response


def read_case(call: Call) -> Response:
    """GET /cases/{number}. A 304 shows nothing, so it is no look at personal data."""
    if call.request.headers.get("If-None-Match") == call.sight.etag:
        return Response(status=304, headers={"ETag": call.sight.etag})
    response = as_json(whole_case(call.ctx, call.actor, call.sight))
    response.headers["ETag"] = call.sight.etag
    return response


_COUNTER = ("hand_over", "confirm_hand_over", "return_papers")


def act_on_case(call: Call) -> Response:
    """POST /cases/{number}/actions."""
    body = call.body(models.CaseActionIn)
    documents = [document.model_dump() for document in body.documents]
    links = [link.model_dump() for link in body.links]
    given = (body.present, body.means, body.papers)
    at_the_counter = body.action in _COUNTER or bool(body.means or body.papers)
    present = Present(**body.present.model_dump()) if body.present else None
    doing = Doing(
        body.action,
        reason=body.reason,
        note=body.note,
        documents=documents,
        links=links,
        late=body.late,
        details=handing(*given) if at_the_counter else present,
    )
    return act(call, doing)


def act_on_step(call: Call) -> Response:
    """POST /cases/{number}/steps/{step}/actions."""
    body = call.body(models.StepActionIn)
    doing = Doing(
        body.action,
        step=call.params["step"],
        reason=body.reason,
        note=body.note,
        result=body.result,
        defects=[defect.model_dump() for defect in body.defects],
        assignee=body.officer,
        as_position=body.as_position,
        late=body.late,
        details=_details(body),
        after_limit=body.after_limit,
        as_codes=body.as_codes,
    )
    return act_or_sign(call, doing, body)


def _details(body: models.StepActionIn) -> Refusal | Payment | IssuedElsewhere | None:
    """What is written in a refusal, what another issued, or by which reference a bill was paid."""
    if body.issued_elsewhere is not None:
        noted = body.issued_elsewhere
        return IssuedElsewhere(tidy_number(noted.number), noted.dated, noted.valid_until)
    if body.written:
        return Refusal(body.written.written())
    return Payment(body.reference) if body.reference else None


def settle_identity(call: Call) -> Response:
    """POST /cases/{number}/identity."""
    body = call.body(IdentityIn)
    answer = decide_identity(
        call.ctx, call.actor, call.sight, body.action, body.reason, call.repeatable
    )
    return call.answer(answer)


def read_events(call: Call) -> Response:
    """GET /cases/{number}/events; for an integrator as CloudEvents, as they were delivered."""
    query = call.query(models.EventsQuery)
    key = read_cursor(query.cursor, int)
    state = call.sight.state
    behind = key[0] if key else None
    asked: Any = {"after": query.after, "behind": behind, "limit": query.limit}
    if call.actor.has_role(("integrator",)):
        return page_response(feed.of_case(call.ctx, state.region, state.number, **asked))
    return page_response(reading.events_of_case(call.ctx, call.actor, call.sight, **asked))


def read_trace(call: Call) -> Response:
    """GET /cases/{number}/trace."""
    return as_json(trace.trace(call.ctx, call.sight))


def find_slip(call: Call) -> None:
    """Raises NotFound before the role is looked at."""
    slips.check_kind(call.params["kind"])


def read_slip(call: Call) -> Response:
    """GET /cases/{number}/slips/{kind}: a page for the clerk's printer, or a PDF."""
    query = call.query(SlipQuery)
    code = call.access_code()
    by = slips.Printing(call.actor, call.public_url)
    sheet, numbers = slips.slip(call.ctx, call.sight, call.params["kind"], query.lang, code, by)
    readings.record(call.ctx, call.actor, "print", numbers)
    if query.format == "html":
        return as_page(slip_page(sheet))
    return as_pdf(slip_pdf(sheet), f"{sheet.number}-{call.params['kind']}")


def read_status(call: Call) -> Response:
    """GET /status/{number}: anybody."""
    number, address = call.params["number"], call.request.remote_addr or ""
    try:
        query = call.query(StatusQuery)
    except Invalid:
        status.status(call.ctx, number, None, address)  # what is wrong with the number comes first
        raise
    code = call.access_code() or query.code
    found = status.status(call.ctx, number, code, address)
    return as_json(status_document(found))


ROUTES: tuple[Route, ...] = (
    Route(
        "open_case",
        "POST",
        "/cases",
        "Take in an application",
        open_case,
        models.CaseOut,
        201,
        body=models.CaseIn,
        writes=True,
        refusals=(409,),
    ),
    Route(
        "read_case",
        "GET",
        "/cases/{number}",
        "One case",
        read_case,
        models.CaseOut,
        versioned=True,
        refusals=(304,),
    ),
    Route(
        "act_on_case",
        "POST",
        "/cases/{number}/actions",
        "Do something to a case",
        act_on_case,
        models.CaseOut,
        body=models.CaseActionIn,
        writes=True,
        conditional=True,
        front_office=True,
    ),
    Route(
        "act_on_step",
        "POST",
        "/cases/{number}/steps/{step}/actions",
        "Do something to one step of a case",
        act_on_step,
        models.CaseOut,
        body=models.StepActionIn,
        writes=True,
        conditional=True,
    ),
    Route(
        "decide_identity",
        "POST",
        "/cases/{number}/identity",
        "Join the case to the person known by its NIK, or separate it",
        settle_identity,
        models.CaseOut,
        body=IdentityIn,
        writes=True,
        front_office=True,
        refusals=(409,),
    ),
    Route(
        "read_events",
        "GET",
        "/cases/{number}/events",
        "The events of a case",
        read_events,
        models.EventPage,
        query=models.EventsQuery,
    ),
    Route(
        "read_trace",
        "GET",
        "/cases/{number}/trace",
        "The path of a case",
        read_trace,
        TraceOut,
    ),
    Route(
        "read_slip",
        "GET",
        "/cases/{number}/slips/{kind}",
        "A slip as page or PDF: receipt, visit, registration, clock, hand-over, returned-papers, ended",
        read_slip,
        None,
        query=SlipQuery,
        find=find_slip,
        refusals=(409, 429),
        content="text/html",
        or_contents=("application/pdf",),
    ),
    Route(
        "read_status",
        "GET",
        "/status/{number}",
        "The status of a case, for anybody",
        read_status,
        StatusOut,
        query=StatusQuery,
        refusals=(400, 429),
    ),
)
