"""The handlers of lists: cases, a person's cases, work. Parse, call a use case, answer."""

from datetime import UTC

from flask import Response

from casetrack.domain.errors import Invalid
from casetrack.domain.events import parse_instant
from casetrack.usecases.case import case_lists
from casetrack.web.case import list_models
from casetrack.web.http.call import Call, Route, as_json
from casetrack.web.http.cursors import page_response, read_cursor
from casetrack.web.http.models import PageQuery


def list_cases(call: Call) -> Response:
    """GET /cases."""
    query = call.query(list_models.CasesQuery)
    key = read_cursor(query.cursor, int)
    page = case_lists.list_cases(
        call.ctx,
        call.actor,
        status=query.status,
        service=query.service,
        before=key[0] if key else None,
        limit=query.limit,
        full=query.full,
    )
    return page_response(page)


def find_cases(call: Call) -> Response:
    """POST /cases/find: a NIK belongs in a body, since addresses are logged."""
    body = call.body(list_models.FindIn)
    found = case_lists.find_cases(call.ctx, call.actor, body.nik)
    return as_json({"items": found, "next_cursor": None})


def read_worklist(call: Call) -> Response:
    """GET /worklist."""
    query = call.query(PageQuery)
    key = read_cursor(query.cursor, str, str, str)
    after = None
    if key is not None:
        try:
            moment = parse_instant(key[0])
            after = (moment.astimezone(UTC), key[1], key[2])
        except (ValueError, OverflowError) as error:
            raise Invalid("invalid_query", "cursor: take the one that was given.") from error
        if moment.tzinfo is None:
            raise Invalid("invalid_query", "cursor: take the one that was given.")
    return page_response(case_lists.worklist(call.ctx, call.actor, after=after, limit=query.limit))


ROUTES: tuple[Route, ...] = (
    Route(
        "list_cases",
        "GET",
        "/cases",
        "Cases of the caller's agency, newest first",
        list_cases,
        list_models.CasePage,
        query=list_models.CasesQuery,
    ),
    Route(
        "find_cases",
        "POST",
        "/cases/find",
        "Cases of a person, by NIK",
        find_cases,
        list_models.CasePage,
        body=list_models.FindIn,
    ),
    Route(
        "read_worklist",
        "GET",
        "/worklist",
        "Open steps of the caller's agency",
        read_worklist,
        list_models.WorkPage,
        query=PageQuery,
    ),
)
