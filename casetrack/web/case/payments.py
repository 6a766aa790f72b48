"""Payments by a bank's file, row by row; the list of those that fit no bill."""

import base64
import binascii
import hashlib
import json
from typing import BinaryIO

from flask import Response

from casetrack.domain.errors import Invalid, NotFound
from casetrack.domain.people.stored_files import MEGABYTE
from casetrack.usecases.case import closed_payments, payment_files, payments
from casetrack.usecases.idempotency import Request as Repeatable
from casetrack.web.case.payment_models import (
    MOST_BYTES,
    MOST_MEGABYTES,
    ClosingIn,
    ClosingOut,
    PaymentFieldsIn,
    PaymentFileForm,
    PaymentFileIn,
    PaymentFileOut,
    PaymentPage,
    UnmatchedQuery,
    UnmatchedTotalsOut,
    UnmatchedTotalsQuery,
)
from casetrack.web.http.call import Call, Route, as_json
from casetrack.web.http.cursors import page_response, read_cursor
from casetrack.web.http.models import PageQuery
from casetrack.web.http.uploads import Form, is_form, read_upload


def _too_large() -> Invalid:
    return Invalid(
        "payments_too_large",
        f"The bank's file is larger than the {MOST_MEGABYTES} MB ({MOST_MEGABYTES},000,000 bytes) that "
        "it may be; load it in parts, each with the line that names the columns.",
        megabytes=MOST_MEGABYTES,
    )


_FORM = Form("account", MOST_MEGABYTES, _too_large)


def load_file(call: Call) -> Response:
    """POST /payments/files: a form with the file, or JSON with a small one."""
    with call.ctx.files.passing() as passing:
        if is_form(call.request):
            upload = read_upload(call.request, passing, _FORM)
            account, sha256 = call.fields(PaymentFieldsIn, upload.fields).account, upload.sha256
            if upload.size > MOST_MEGABYTES * MEGABYTE:
                raise _too_large()
        else:
            account, content = _in_json(call)
            passing.write(content)
            sha256 = hashlib.sha256(content).hexdigest()
        meant = hashlib.sha256(json.dumps([account, sha256]).encode()).hexdigest()
        return _loaded(call, account, passing, sha256, call.repeatable_as(meant))


def _in_json(call: Call) -> tuple[str, bytes]:
    body = call.body(PaymentFileIn)
    try:
        content = base64.b64decode(body.file)
    except (ValueError, binascii.Error):
        raise _wrong("it is not base64") from None
    if len(content) > MOST_BYTES:
        raise _wrong("it is larger than 2 MB; send it as a form")
    return body.account, content


def _loaded(
    call: Call, account: str, content: BinaryIO, sha256: str, request: Repeatable | None
) -> Response:
    try:
        answer = payment_files.load_file(call.ctx, call.actor, account, content, sha256, request)
    except NotFound as error:
        told = [{"at": "account", "message": "the register has no such account"}]
        raise Invalid("unknown_account", error.detail, errors=told) from None
    return call.answer(answer)


def _wrong(why: str) -> Invalid:
    return Invalid("unreadable_file", f"file: {why}.", errors=[{"at": "file", "message": why}])


def find_file(call: Call) -> str:
    """Raises NotFound before the role is looked at."""
    return payment_files.find_file(call.ctx, call.actor.region, call.params["file"])


def read_file(call: Call) -> Response:
    """GET /payments/files/{file}."""
    payment_files.check_reader(call.actor, call.found)
    return as_json(payment_files.file_view(call.ctx, call.actor.region, call.params["file"]))


def read_file_rows(call: Call) -> Response:
    """GET /payments/files/{file}/rows."""
    payment_files.check_reader(call.actor, call.found)
    query, after = _page(call)
    return page_response(
        payment_files.file_rows(call.ctx, call.actor, call.params["file"], after, query.limit)
    )


def read_unmatched(call: Call) -> Response:
    """GET /payments/unmatched."""
    query = call.query(UnmatchedQuery)
    key = read_cursor(query.cursor, str)
    wanted = payments.listed_filter(
        call.actor,
        why=query.why,
        account=query.account,
        code=query.code,
        reference=query.reference,
    )
    after = key[0] if key else None
    return page_response(payments.list_unmatched(call.ctx, call.actor, wanted, after, query.limit))


def read_unmatched_totals(call: Call) -> Response:
    """GET /payments/unmatched/totals."""
    wanted = payments.listed_filter(call.actor, account=call.query(UnmatchedTotalsQuery).account)
    return as_json({"items": payments.unmatched_totals(call.ctx, call.actor, wanted)})


def close_payment(call: Call) -> Response:
    """POST /payments/unmatched/closings."""
    body = call.body(ClosingIn)
    return call.answer(
        closed_payments.close(
            call.ctx, call.actor, body.payment, body.reason, body.corrects, call.repeatable
        )
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
        form=PaymentFileForm,
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
        query=UnmatchedQuery,
    ),
    Route(
        "total_unmatched",
        "GET",
        "/payments/unmatched/totals",
        "How many payments fit no bill, by why",
        read_unmatched_totals,
        UnmatchedTotalsOut,
        query=UnmatchedTotalsQuery,
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
