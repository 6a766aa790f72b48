"""The handlers of lists: cases, a person's cases, work. Parse, call a use case, answer."""

from collections.abc import Sequence
from typing import Any

from flask import Response

from casetrack.domain.errors import Invalid
from casetrack.usecases.case import case_lists
from casetrack.usecases.case.by_seat import cases_by_seat
from casetrack.usecases.case.case_lists import CaseFilter
from casetrack.usecases.case.search import search
from casetrack.usecases.case.work import Wanted, WorkList, work_list
from casetrack.usecases.paging import LARGEST_PAGE
from casetrack.web.case import list_models
from casetrack.web.http.call import Call, Route
from casetrack.web.http.cursors import page_response, read_cursor, read_moment

#: No place in a list has so many.
_DIGITS = 19


def list_cases(call: Call) -> Response:
    """GET /cases."""
    query = call.query(list_models.CasesQuery)
    key = read_cursor(query.cursor, int)
    read = cases_by_seat if query.seat else case_lists.list_cases
    before = key[0] if key else None
    wanted = CaseFilter(query.status, query.service, before, query.limit, query.full)
    return page_response(read(call.ctx, call.actor, wanted))


def find_cases(call: Call) -> Response:
    """POST /cases/find: a NIK belongs in a body, since addresses are logged."""
    body = call.body(list_models.FindIn)
    compared = body.identity_document is not None
    return page_response(
        search(call.ctx, call.actor, body.nik, compared=compared, before=None, limit=LARGEST_PAGE)
    )


def search_cases(call: Call) -> Response:
    """POST /cases/search: what somebody looks for belongs in a body, since addresses are logged."""
    body = call.body(list_models.SearchIn)
    key = read_cursor(body.cursor, int)
    page = search(
        call.ctx,
        call.actor,
        body.q,
        compared=body.identity_document is not None,
        before=key[0] if key else None,
        limit=body.limit,
    )
    return page_response(page)


def read_worklist(call: Call) -> Response:
    """GET /worklist."""
    query = call.query(list_models.WorkQuery)
    wanted = Wanted(
        query.list,
        mine=query.mine,
        unclaimed=query.unclaimed,
        overdue=query.overdue,
        service=query.service,
        waiting_for=query.waiting_for,
        since=query.since,
        until=query.until,
    )
    after = _after(query.list, read_cursor(query.cursor, str, str, str, str))
    page, counts = work_list(call.ctx, call.actor, wanted, after=after, limit=query.limit)
    if counts is None:
        return page_response(page)
    return page_response(page, counts=counts.rows, at_least=counts.at_least)


def _after(name: WorkList, key: Sequence[str] | None) -> tuple[Any, ...] | int | None:
    """The key of a list in a cursor that we gave out for it. Raises Invalid."""
    if key is None:
        return None
    listed, first, *rest = key
    if listed == name:
        if name in ("work", "seat"):
            return (read_moment(first), *rest)
        if name == "overdue":
            return read_moment(first), rest[0]
        if first.isascii() and first.isdigit() and len(first) < _DIGITS:
            return int(first)
    raise Invalid("invalid_query", "cursor: take the one that this list gave as next_cursor.")


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
        "search_cases",
        "POST",
        "/cases/search",
        "Cases by number, name, NIK, telephone or company number",
        search_cases,
        list_models.CasePage,
        body=list_models.SearchIn,
    ),
    Route(
        "read_worklist",
        "GET",
        "/worklist",
        "Open steps of the caller's agency, and the lists of their counter",
        read_worklist,
        list_models.WorkPage,
        query=list_models.WorkQuery,
    ),
)
