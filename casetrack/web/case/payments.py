"""Payments by a bank's file, row by row; the list of those that fit no bill."""

import base64
import binascii

from flask import Response

from casetrack.domain.errors import Invalid, NotFound
from casetrack.usecases.case import closed_payments, payments
from casetrack.web.case.payment_models import (
    MOST_BYTES,
    ClosingIn,
    ClosingOut,
    PaymentFileIn,
    PaymentFileOut,
    PaymentPage,
)
from casetrack.web.http.call import Call, Route, as_json
from casetrack.web.http.cursors import page_response, read_cursor
from casetrack.web.http.models import PageQuery


def load_file(call: Call) -> Response:
    """POST /payments/files."""
    body = call.body(PaymentFileIn)
    try:
        content = base64.b64decode(body.file)
    except (ValueError, binascii.Error):
        raise _wrong("it is not base64") from None
    if len(content) > MOST_BYTES:
        raise _wrong("it is larger than 2 MB; load it in parts")
    try:
        answer = payments.load_file(call.ctx, call.actor, body.account, content, call.repeatable)
    except NotFound as error:
        told = [{"at": "account", "message": "the register has no such account"}]
        raise Invalid("unknown_account", error.detail, errors=told) from None
    return call.answer(answer)


def _wrong(why: str) -> Invalid:
    return Invalid("unreadable_file", f"file: {why}.", errors=[{"at": "file", "message": why}])


def find_file(call: Call) -> str:
    """Raises NotFound before the role is looked at."""
    return payments.find_file(call.ctx, call.actor.region, call.params["file"])


def read_file(call: Call) -> Response:
    """GET /payments/files/{file}."""
    payments.check_reader(call.actor, call.found)
    return as_json(payments.file_view(call.ctx, call.actor.region, call.params["file"]))


def read_file_rows(call: Call) -> Response:
    """GET /payments/files/{file}/rows."""
    payments.check_reader(call.actor, call.found)
    query, after = _page(call)
    return page_response(
        payments.file_rows(call.ctx, call.actor, call.params["file"], after, query.limit)
    )


def read_unmatched(call: Call) -> Response:
    """GET /payments/unmatched."""
    query, after = _page(call)
    return page_response(payments.list_unmatched(call.ctx, call.actor, after, query.limit))


def close_payment(call: Call) -> Response:
    """POST /payments/unmatched/closings."""
    body = call.body(ClosingIn)
    return call.answer(
        closed_payments.close(call.ctx, call.actor, body.payment, body.reason, call.repeatable)
    )


def _page(call: Call) -> tuple[PageQuery, str | None]:
    query = call.query(PageQuery)
    key = read_cursor(query.cursor, str)
    return query, key[0] if key else None


ROUTES: tuple[Route, ...] = (
    Route(
        "load_payments",
        "POST",
        "/payments/files",
        "Load a bank's file of payments",
        load_file,
        PaymentFileOut,
        body=PaymentFileIn,
        writes=True,
        largest=4 * MOST_BYTES // 3 + 100_000,
    ),
    Route(
        "list_unmatched",
        "GET",
        "/payments/unmatched",
        "Payments that fit no bill",
        read_unmatched,
        PaymentPage,
        query=PageQuery,
    ),
    Route(
        "close_payment",
        "POST",
        "/payments/unmatched/closings",
        "Take a payment that fits no bill off the list, saying what became of the money",
        close_payment,
        ClosingOut,
        body=ClosingIn,
        writes=True,
        refusals=(409,),
    ),
    Route(
        "read_payments",
        "GET",
        "/payments/files/{file}",
        "A file of payments, and how its rows stand",
        read_file,
        PaymentFileOut,
        find=find_file,
    ),
    Route(
        "list_payments",
        "GET",
        "/payments/files/{file}/rows",
        "The rows of a file of payments, each with its result",
        read_file_rows,
        PaymentPage,
        query=PageQuery,
        find=find_file,
    ),
)
