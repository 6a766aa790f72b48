"""HTTP: numbers are set aside before an outage, printed, and accounted for afterwards. No rules here."""

from flask import Response

from casetrack.usecases.case import number_blocks
from casetrack.usecases.case.number_blocks import Closing
from casetrack.web.case.late_models import (
    CloseNumbersIn,
    NumberBlockIn,
    NumberBlockPage,
    WholeNumberBlockOut,
)
from casetrack.web.case.reserved_slips import reserved_sheets
from casetrack.web.http.call import Call, Route, as_json
from casetrack.web.http.cursors import page_response, read_cursor, read_moment
from casetrack.web.http.html import as_page
from casetrack.web.http.models import LanguageQuery, PageQuery
from casetrack.web.pages.reserved_sheets import reserved_page


def reserve(call: Call) -> Response:
    """POST /number-blocks."""
    body = call.body(NumberBlockIn)
    answer = number_blocks.reserve(call.ctx, call.actor, body.service, body.count, call.repeatable)
    return call.answer(answer, 201)


def find(call: Call) -> object:
    """Raises NotFound before the role is looked at."""
    return number_blocks.known(call.ctx, call.actor, call.params["block"])


def close(call: Call) -> Response:
    """POST /number-blocks/{block}/actions."""
    body = call.body(CloseNumbersIn)
    said = Closing(body.reason, tuple(body.numbers) if body.numbers is not None else None)
    block = call.params["block"]
    return call.answer(number_blocks.close(call.ctx, call.actor, block, said, call.repeatable))


def read(call: Call) -> Response:
    """GET /number-blocks/{block}."""
    return as_json(number_blocks.read(call.ctx, call.found, call.actor.region))


def print_slips(call: Call) -> Response:
    """GET /number-blocks/{block}/slips: a page for the clerk's printer, a sheet for each free number."""
    query = call.query(LanguageQuery)
    sheets = reserved_sheets(call.ctx, call.actor.region, call.found, call.public_url)
    return as_page(reserved_page(sheets, language=query.lang))


def list_blocks(call: Call) -> Response:
    """GET /number-blocks."""
    query = call.query(PageQuery)
    key = read_cursor(query.cursor, str, str)
    before = (read_moment(key[0]), key[1]) if key else None
    return page_response(number_blocks.blocks(call.ctx, call.actor, before, query.limit))


ROUTES: tuple[Route, ...] = (
    Route(
        "reserve_numbers",
        "POST",
        "/number-blocks",
        "Set case numbers aside for intake on paper",
        reserve,
        WholeNumberBlockOut,
        201,
        body=NumberBlockIn,
        writes=True,
    ),
    Route(
        "list_number_blocks",
        "GET",
        "/number-blocks",
        "Blocks of numbers that were set aside, newest first",
        list_blocks,
        NumberBlockPage,
        query=PageQuery,
    ),
    Route(
        "read_number_block",
        "GET",
        "/number-blocks/{block}",
        "A block, and what became of each of its numbers",
        read,
        WholeNumberBlockOut,
        find=find,
    ),
    Route(
        "close_numbers",
        "POST",
        "/number-blocks/{block}/actions",
        "Close numbers of which no case comes, with a reason",
        close,
        WholeNumberBlockOut,
        body=CloseNumbersIn,
        writes=True,
        find=find,
        refusals=(409,),
    ),
    Route(
        "print_numbers",
        "GET",
        "/number-blocks/{block}/slips",
        "Receipts to be filled in by hand, a sheet for each number that is free",
        print_slips,
        None,
        query=LanguageQuery,
        find=find,
        content="text/html",
    ),
)
