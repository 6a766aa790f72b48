"""The handlers: parse, call a use case, answer. No rules here."""

import time
from typing import Any

from flask import Response

from casetrack.domain.errors import Invalid
from casetrack.domain.events import parse_instant
from casetrack.storage.delivery import sequencing
from casetrack.usecases.case import do, reading, trace
from casetrack.usecases.case.do import Application, Doing, Party
from casetrack.usecases.delivery import feed
from casetrack.usecases.service import catalogue
from casetrack.web.authority import pictures, questions, writes
from casetrack.web.case import models, slips
from casetrack.web.case.act import act
from casetrack.web.case.status import status_document
from casetrack.web.delivery.subscriptions import WEBHOOK_ROUTES
from casetrack.web.delivery.template_list import TEMPLATE_ROUTES
from casetrack.web.http.call import Call, Route, as_json, read_cursor, write_cursor


def open_case(call: Call) -> Response:
    """POST /cases."""
    body = call.body(models.CaseIn)
    parties = [
        Party(role=role, **party.model_dump())
        for role in ("applicant", "representative", "payer")
        if (party := getattr(body, role)) is not None
    ]
    application = Application(
        body.service, body.facts, parties, [document.model_dump() for document in body.documents]
    )
    answer = do.open_for(call.ctx, call.actor, application, call.repeatable)
    response = call.answer(answer, 201)
    response.headers["Location"] = f"/api/v1/cases/{answer.view['number']}"
    return response


def list_cases(call: Call) -> Response:
    """GET /cases."""
    query = call.query(models.CasesQuery)
    key = read_cursor(query.cursor, int)
    page = reading.list_cases(
        call.ctx,
        call.actor,
        status=query.status,
        service=query.service,
        before=key[0] if key else None,
        limit=query.limit,
    )
    return _page(page)


def find_cases(call: Call) -> Response:
    """POST /cases/find: a NIK belongs in a body, since addresses are logged."""
    body = call.body(models.FindIn)
    found = reading.find_cases(call.ctx, call.actor, body.nik)
    return as_json({"items": found, "next_cursor": None})


def read_case(call: Call) -> Response:
    """GET /cases/{number}."""
    if call.request.headers.get("If-None-Match") == call.sight.etag:
        return Response(status=304, headers={"ETag": call.sight.etag})
    response = as_json(reading.case_with_defects(call.ctx, call.sight))
    response.headers["ETag"] = call.sight.etag
    return response


def act_on_case(call: Call) -> Response:
    """POST /cases/{number}/actions."""
    body = call.body(models.CaseActionIn)
    return act(call, Doing(body.action, reason=body.reason, note=body.note))


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
    )
    return act(call, doing)


def read_events(call: Call) -> Response:
    """GET /cases/{number}/events; for an integrator as CloudEvents, as they were delivered."""
    query = call.query(models.EventsQuery)
    key = read_cursor(query.cursor, int)
    state = call.sight.state
    behind = key[0] if key else None
    read = feed.of_case if call.actor.role == "integrator" else reading.case_events
    return _page(
        read(
            call.ctx,
            state.region,
            state.number,
            after=query.after,
            behind=behind,
            limit=query.limit,
        )
    )


def read_trace(call: Call) -> Response:
    """GET /cases/{number}/trace."""
    return as_json(trace.trace(call.ctx, call.sight))


def read_slip(call: Call) -> Response:
    """GET /cases/{number}/slips/{kind}: a page for the clerk's printer."""
    query = call.query(models.SlipQuery)
    code = call.request.headers.get("X-Access-Code")
    html = slips.slip(call.ctx, call.sight, call.params["kind"], query.lang, code, call.public_url)
    response = Response(html, content_type="text/html; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    return response


def read_status(call: Call) -> Response:
    """GET /status/{number}: anybody."""
    query = call.query(models.StatusQuery)
    code = call.request.headers.get("X-Access-Code") or query.code
    found = reading.status(call.ctx, call.params["number"], code, call.request.remote_addr or "")
    return as_json(status_document(found))


def read_worklist(call: Call) -> Response:
    """GET /worklist."""
    query = call.query(models.PageQuery)
    key = read_cursor(query.cursor, str, str, str)
    after = None
    if key is not None:
        try:
            after = (parse_instant(key[0]), key[1], key[2])
        except ValueError as error:
            raise Invalid("invalid_query", "cursor: take the one that was given.") from error
        if after[0].tzinfo is None:
            raise Invalid("invalid_query", "cursor: take the one that was given.")
    return _page(reading.worklist(call.ctx, call.actor, after=after, limit=query.limit))


def read_untold(call: Call) -> Response:
    """GET /untold: whom the clerk must tell in person."""
    query = call.query(models.PageQuery)
    key = read_cursor(query.cursor, int)
    return _page(
        reading.untold(call.ctx, call.actor, after=key[0] if key else 0, limit=query.limit)
    )


def mark_told(call: Call) -> Response:
    """POST /untold: the person was told."""
    body = call.body(models.ToldIn)
    sight = do.sight(call.ctx, call.actor, body.number)
    with call.ctx.database.write() as uow:
        told = sequencing.told_in_person(
            uow, call.actor.region, sight.state.number, body.position, uow.time(None)
        )
    return as_json({"told": told})


def read_feed(call: Call) -> Response:
    """GET /events: the region's ledger as far as the caller may see it, with a long poll."""
    query = call.query(models.FeedQuery)
    events, after = feed.feed(call.ctx, call.actor, after=query.after, limit=query.limit)
    if query.wait and not events:
        events, after = _long_poll(call, query, after)
    return as_json({"events": events, "next": after})


def _long_poll(call: Call, query: models.FeedQuery, after: int) -> tuple[list[Any], int]:
    """Look again whenever the relay has numbered something, until there is an event or no time."""
    until = time.monotonic() + query.wait
    events: list[Any] = []
    with call.waiting.place() as has_place:
        while has_place and not events and (left := until - time.monotonic()) > 0:
            call.waiting.until_told(left)
            events, after = feed.feed(call.ctx, call.actor, after=after, limit=query.limit)
    return events, after


def read_catalogue(call: Call) -> Response:
    """GET /services."""
    return as_json({"items": catalogue.current(call.ctx, call.actor.region), "next_cursor": None})


def _page(page: reading.Page) -> Response:
    document: dict[str, Any] = {"items": page.items, "next_cursor": write_cursor(page.next_key)}
    return as_json(document)


ROUTE_LIST: tuple[Route, ...] = (
    *WEBHOOK_ROUTES,
    *TEMPLATE_ROUTES,
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
        "list_cases",
        "GET",
        "/cases",
        "Cases of the caller's agency, newest first",
        list_cases,
        models.CasePage,
        query=models.CasesQuery,
    ),
    Route(
        "find_cases",
        "POST",
        "/cases/find",
        "Cases of a person, by NIK",
        find_cases,
        models.CasePage,
        body=models.FindIn,
    ),
    Route(
        "read_case",
        "GET",
        "/cases/{number}",
        "One case",
        read_case,
        models.CaseOut,
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
        models.TraceOut,
    ),
    Route(
        "read_slip",
        "GET",
        "/cases/{number}/slips/{kind}",
        "A slip to print: receipt, or registration once the file is complete",
        read_slip,
        None,
        query=models.SlipQuery,
        refusals=(409,),
        content="text/html",
    ),
    Route(
        "read_status",
        "GET",
        "/status/{number}",
        "The status of a case, for anybody",
        read_status,
        models.StatusOut,
        query=models.StatusQuery,
        refusals=(400, 429),
    ),
    Route(
        "read_worklist",
        "GET",
        "/worklist",
        "Open steps of the caller's agency",
        read_worklist,
        models.WorkPage,
        query=models.PageQuery,
    ),
    Route(
        "read_untold",
        "GET",
        "/untold",
        "Notices to be told in person",
        read_untold,
        models.UntoldPage,
        query=models.PageQuery,
    ),
    Route(
        "mark_told",
        "POST",
        "/untold",
        "The person was told",
        mark_told,
        models.ToldOut,
        body=models.ToldIn,
    ),
    Route(
        "read_feed",
        "GET",
        "/events",
        "Events behind a position",
        read_feed,
        models.FeedOut,
        query=models.FeedQuery,
    ),
    Route(
        "read_catalogue",
        "GET",
        "/services",
        "What can be applied for",
        read_catalogue,
        models.ServicesOut,
    ),
    *writes.ROUTE_LIST,
    *questions.ROUTE_LIST,
    *pictures.ROUTE_LIST,
)
