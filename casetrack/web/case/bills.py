"""Bills: issued, reported, confirmed, reduced, cancelled, refunded; the treasurer's lists."""

from datetime import datetime, timedelta
from typing import Any

from flask import Response

from casetrack.domain.case.bills import (
    OPEN_BILL,
    BillChange,
    BillDetails,
    BillIssue,
    Payment,
    find_bill,
    is_gratis,
)
from casetrack.gateways.printing.letterhead import government
from casetrack.usecases.case.bill_views import (
    BillFilter,
    agency_of,
    bill_totals,
    bills_of,
    list_bills,
    printed_bill,
)
from casetrack.usecases.case.doing import Doing
from casetrack.web.case import models
from casetrack.web.case.act import act
from casetrack.web.case.bill_models import (
    BillActionIn,
    BillIn,
    BillPage,
    BillsOut,
    BillsQuery,
    BillTotalsOut,
    BillTotalsQuery,
)
from casetrack.web.http.call import Call, Route, as_json
from casetrack.web.http.cursors import page_response, read_cursor, read_moment
from casetrack.web.http.html import as_page, as_pdf
from casetrack.web.http.models import SlipQuery
from casetrack.web.pages.bill_sheets import PrintedBill, bill_sheet
from casetrack.web.pages.sheet_form import slip_page, slip_pdf


def issue_bill(call: Call) -> Response:
    """POST /cases/{number}/bills."""
    body = call.body(BillIn)
    issue = BillIssue(body.account, body.code, body.amount, body.number, body.dated, body.due_on)
    doing = Doing(
        "issue_bill",
        step=body.step,
        reason=body.reason,
        as_position=body.as_position,
        details=issue,
    )
    return act(call, doing, 201)


def read_bills(call: Call) -> Response:
    """GET /cases/{number}/bills."""
    sight = call.sight
    items = bills_of(call.ctx, sight.state)
    return as_json({"items": items, "gratis": is_gratis(sight.state, sight.definition)})


def the_bill(call: Call) -> dict[str, Any]:
    """Raises NotFound before the role is looked at."""
    return find_bill(call.sight.state, call.params["bill"])


def print_bill(call: Call) -> Response:
    """GET /cases/{number}/bills/{bill}/paper: a page for the printer, or a PDF."""
    query, sight = call.query(SlipQuery), call.sight
    printed = printed_bill(call.ctx, call.actor, sight, call.params["bill"])
    number, bill = sight.state.number, printed.bill
    sheet = bill_sheet(
        PrintedBill(
            bill,
            printed.takes_money,
            printed.pay_to,
            number,
            service=sight.definition.name,
            step=printed.step.name,
            region=government(sight.region.region.name),
            office=printed.agency.name,
            counter=printed.agency.office,
            zone=sight.region.region.zone,
            status_url=f"{call.public_url}/status?number={number}",
        ),
        language=query.lang,
    )
    if query.format == "html":
        return as_page(slip_page(sheet))
    return as_pdf(slip_pdf(sheet), f"{number}-{bill['id']}")


def act_on_bill(call: Call) -> Response:
    """POST /cases/{number}/bills/{bill}/actions."""
    body, bill = call.body(BillActionIn), call.params["bill"]
    details: BillDetails = BillChange(bill, body.amount)
    if body.action == "confirm":
        details = Payment(body.reference or "", bill, body.amount)
    doing = Doing(
        f"{body.action}_bill",
        step=call.found["step"],
        reason=body.reason,
        as_position=body.as_position,
        details=details,
    )
    return act(call, doing)


def read_open_bills(call: Call) -> Response:
    """GET /bills."""
    query = call.query(BillsQuery)
    key = read_cursor(query.cursor, str, str, str)
    after = [read_moment(key[0]), *key[1:]] if key else None
    states = (query.state,) if query.state else OPEN_BILL if query.open else ()
    wanted = _wanted(call, query, states)
    return page_response(list_bills(call.ctx, call.actor, wanted, after, query.limit))


def read_bill_totals(call: Call) -> Response:
    """GET /bills/totals."""
    query = call.query(BillTotalsQuery)
    items = bill_totals(call.ctx, call.actor, _wanted(call, query, ()))
    return as_json({"items": items, "currency": "IDR"})


def _wanted(call: Call, query: Any, states: Any) -> BillFilter:
    return BillFilter(
        agency_of(call.actor),
        states,
        query.service,
        _morning(call, query.due_before),
        _morning(call, query.due_from),
    )


def _morning(call: Call, day: Any) -> datetime | None:
    """When the day begins at the office."""
    if day is None:
        return None
    calendar = call.ctx.region(call.actor.region)[1]
    return calendar.end_of(day - timedelta(days=1)) + timedelta(seconds=1)


ROUTES: tuple[Route, ...] = (
    Route(
        "issue_bill",
        "POST",
        "/cases/{number}/bills",
        "Issue a bill at a pay step",
        issue_bill,
        models.CaseOut,
        201,
        body=BillIn,
        writes=True,
        conditional=True,
    ),
    Route(
        "list_case_bills",
        "GET",
        "/cases/{number}/bills",
        "The bills of a case",
        read_bills,
        BillsOut,
    ),
    Route(
        "print_bill",
        "GET",
        "/cases/{number}/bills/{bill}/paper",
        "A bill on paper, as page or PDF",
        print_bill,
        None,
        query=SlipQuery,
        find=the_bill,
        content="text/html",
        or_contents=("application/pdf",),
    ),
    Route(
        "act_on_bill",
        "POST",
        "/cases/{number}/bills/{bill}/actions",
        "Report, confirm, reduce, cancel or refund a bill",
        act_on_bill,
        models.CaseOut,
        body=BillActionIn,
        writes=True,
        conditional=True,
        find=the_bill,
    ),
    Route(
        "list_bills",
        "GET",
        "/bills",
        "Bills of one's agency, those that are due first first",
        read_open_bills,
        BillPage,
        query=BillsQuery,
    ),
    Route(
        "total_bills",
        "GET",
        "/bills/totals",
        "How many bills and how much, by service and state",
        read_bill_totals,
        BillTotalsOut,
        query=BillTotalsQuery,
    ),
)
