"""HTTP: complaints come in, are worked on, and are looked at by who complained. No rules here."""

from flask import Response

from casetrack.domain.case.complaints import ComplaintAct
from casetrack.domain.events import instant
from casetrack.domain.service.definition import Name
from casetrack.usecases.case import complaint_acts, complaint_views, complaints
from casetrack.usecases.case.complaint_acts import ComplaintSaid
from casetrack.usecases.case.complaint_sight import visible_complaint
from casetrack.usecases.case.complaint_views import ComplaintStatus
from casetrack.usecases.case.complaints import Complaining
from casetrack.web.case.complaint_models import (
    ActedComplaintOut,
    ComplaintActIn,
    ComplaintIn,
    ComplaintPage,
    ComplaintQuery,
    ComplaintStatusOut,
    ComplaintStatusQuery,
    EnteredComplaintIn,
    TakenInOut,
    WholeComplaintOut,
)
from casetrack.web.http.call import Call, Route, as_json
from casetrack.web.http.cursors import page_response, read_cursor, read_moment
from casetrack.web.pages.complaint_words import STATES


def file_complaint(call: Call) -> Response:
    """POST /regions/{region}/complaints: anybody."""
    body = call.body(ComplaintIn)
    said = Complaining(
        body.kind,
        body.text,
        "api",
        case=body.case,
        case_code=body.case_code,
        about_agency=body.about_agency,
        contact=body.contact.model_dump(exclude_none=True) if body.contact else None,
    )
    # No database holds NUL, and no region is called so.
    region, address = call.params["region"].replace("\0", "?"), call.request.remote_addr or ""
    answer = complaints.file_complaint(call.ctx, region, said, address)
    return as_json(answer.view, 201)


def enter_complaint(call: Call) -> Response:
    """POST /complaints."""
    body = call.body(EnteredComplaintIn)
    said = Complaining(
        body.kind,
        body.text,
        body.way,
        case=body.case,
        by_applicant=body.by_applicant,
        about_agency=body.about_agency,
        about_officer=body.about_officer,
        contact=body.contact.model_dump(exclude_none=True) if body.contact else None,
        received_on=body.received_on,
    )
    return call.answer(complaints.enter_complaint(call.ctx, call.actor, said, call.repeatable), 201)


def find(call: Call) -> object:
    """Raises NotFound before the role is looked at."""
    return visible_complaint(call.ctx, call.actor, call.params["complaint"])


def read(call: Call) -> Response:
    """GET /complaints/{complaint}."""
    response = as_json(complaint_views.read_complaint(call.ctx, call.actor, call.found))
    response.headers["ETag"] = f'"{call.found.state.version}"'
    return response


def list_complaints(call: Call) -> Response:
    """GET /complaints."""
    query = call.query(ComplaintQuery)
    key = read_cursor(query.cursor, str, str)
    before = (read_moment(key[0]), key[1]) if key else None
    states = (query.state,) if query.state else ()
    return page_response(
        complaint_views.complaints(call.ctx, call.actor, states, before, query.limit)
    )


def act(call: Call) -> Response:
    """POST /complaints/{complaint}/actions."""
    body = call.body(ComplaintActIn)
    doing = ComplaintAct(
        body.action,
        on_the_spot=body.on_the_spot,
        closed_as=body.closed_as,
        agency=body.agency,
        system=body.system,
        number=body.number or "",
        corrective=body.id or "",
        due=body.due.isoformat() if body.due else None,
    )
    said = ComplaintSaid(doing, body.text, body.officer)
    return call.answer(
        complaint_acts.act_on_complaint(
            call.ctx, call.actor, call.found, said, call.seen_whole, call.repeatable
        )
    )


def read_status(call: Call) -> Response:
    """GET /complaints/{complaint_number}/status: who has number and code."""
    query = call.query(ComplaintStatusQuery)
    code = call.access_code() or query.code or ""
    number, address = call.params["complaint_number"], call.request.remote_addr or ""
    return as_json(_document(complaint_views.complaint_status(call.ctx, number, code, address)))


def _document(found: ComplaintStatus) -> dict[str, object]:
    state = found.state
    agency = found.region.agencies.get(state.agency)
    name = agency.name if agency else Name(state.agency, state.agency)
    ended = ("reacted_at", "answered_at", "closed_at")
    moments = {each: getattr(state, each) for each in ended}
    return {
        "number": state.number,
        "state": state.state,
        "label": dict(zip(("id", "en"), STATES[state.state], strict=True)),
        "kind": state.kind,
        "agency": name.as_dict(),
        "received_at": instant(state.received_at),
        "reaction_due_at": instant(state.reaction_due_at),
        "answer_due_at": instant(state.answer_due_at),
        "late": found.late,
        **{each: instant(at) if at else None for each, at in moments.items()},
        "reaction": found.reaction,
        "answer": found.answer,
        "outside": [dict(each) for each in state.outside],
    }


ROUTES: tuple[Route, ...] = (
    Route(
        "file_complaint",
        "POST",
        "/regions/{region}/complaints",
        "Complain, with or without a name or a case",
        file_complaint,
        TakenInOut,
        201,
        body=ComplaintIn,
        refusals=(404, 409, 429),
    ),
    Route(
        "enter_complaint",
        "POST",
        "/complaints",
        "Enter a complaint that came on paper or was said at the counter",
        enter_complaint,
        TakenInOut,
        201,
        body=EnteredComplaintIn,
        writes=True,
        refusals=(409,),
    ),
    Route(
        "list_complaints",
        "GET",
        "/complaints",
        "Complaints that the caller may read, newest first",
        list_complaints,
        ComplaintPage,
        query=ComplaintQuery,
    ),
    Route(
        "read_complaint",
        "GET",
        "/complaints/{complaint}",
        "A complaint, with what was said and done",
        read,
        WholeComplaintOut,
        versioned=True,
        find=find,
    ),
    Route(
        "act_on_complaint",
        "POST",
        "/complaints/{complaint}/actions",
        "React to a complaint, work on it, answer it, close it",
        act,
        ActedComplaintOut,
        body=ComplaintActIn,
        writes=True,
        conditional=True,
        find=find,
        refusals=(409,),
    ),
    Route(
        "read_complaint_status",
        "GET",
        "/complaints/{complaint_number}/status",
        "How a complaint stands, for who has its code",
        read_status,
        ComplaintStatusOut,
        query=ComplaintStatusQuery,
        refusals=(400, 404, 429),
    ),
)
