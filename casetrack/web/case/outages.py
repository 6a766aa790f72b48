"""HTTP: an outside system is down, its cases stand still, it is back. No rules here."""

from datetime import datetime
from typing import Annotated, Literal

from flask import Response
from pydantic import BaseModel, Field, StringConstraints

from casetrack.domain.case.outages import MOST_PLACES, CaseOfOutage, OutageState
from casetrack.usecases.case import outages
from casetrack.usecases.case.outages import Begun
from casetrack.web.http.call import Call, Route, as_json
from casetrack.web.http.cursors import page_response, read_cursor, read_moment, write_cursor
from casetrack.web.http.models import NO_NUL, Identifier, PageQuery, Taken


class OutagePlaceIn(Taken):
    """A step that needs the system."""

    service: Identifier
    step: Identifier


class OutageIn(Taken):
    """Which system is down, and which steps need it."""

    system: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=NO_NUL)] = Field(
        description="what the office calls it; no person"
    )
    places: Annotated[list[OutagePlaceIn], Field(min_length=1, max_length=MOST_PLACES)]


class EndOutageIn(Taken):
    """The system is back."""

    action: Literal["end"]


class OutagePlaceOut(BaseModel):
    """A step that needs the system."""

    service: str
    step: str


class OutageCountsOut(BaseModel):
    """How many cases stand still for it, went on with its end, or had gone on or ended before."""

    paused: int
    resumed: int
    left: int


class OutageOut(BaseModel):
    """An outage, and how its cases stand."""

    id: str
    system: str
    agency: str
    places: list[OutagePlaceOut]
    state: OutageState = Field(
        description="running: cases at these steps stand still, those that come later too; ending: they "
        "go on, set by set; over"
    )
    begun_at: datetime
    begun_by: str
    ended_at: datetime | None
    ended_by: str | None
    cases: OutageCountsOut


class OutageCaseOut(BaseModel):
    """What became of one case."""

    number: str
    state: CaseOfOutage
    paused_at: datetime
    settled_at: datetime | None


class OutageCasesOut(OutageOut):
    """An outage with a page of its cases, by number."""

    items: list[OutageCaseOut]
    next_cursor: str | None


class OutagePage(BaseModel):
    """Outages, newest first."""

    items: list[OutageOut]
    next_cursor: str | None


def begin(call: Call) -> Response:
    """POST /outages."""
    body = call.body(OutageIn)
    said = Begun(body.system, [(place.service, place.step) for place in body.places])
    return call.answer(outages.begin(call.ctx, call.actor, said, call.repeatable), 201)


def find(call: Call) -> object:
    """Raises NotFound before the role is looked at."""
    return outages.known(call.ctx, call.actor, call.params["outage"])


def end(call: Call) -> Response:
    """POST /outages/{outage}/actions."""
    call.body(EndOutageIn)
    return call.answer(outages.end(call.ctx, call.actor, call.params["outage"], call.repeatable))


def read(call: Call) -> Response:
    """GET /outages/{outage}."""
    query = call.query(PageQuery)
    key = read_cursor(query.cursor, str)
    found = outages.read(call.ctx, call.actor, call.found, key[0] if key else "", query.limit)
    cursor = write_cursor(found.pop("next_key"))
    return as_json({**found, "next_cursor": cursor})


def list_outages(call: Call) -> Response:
    """GET /outages."""
    query = call.query(PageQuery)
    key = read_cursor(query.cursor, str, str)
    before = (read_moment(key[0]), key[1]) if key else None
    return page_response(outages.outages(call.ctx, call.actor, before, query.limit))


ROUTES: tuple[Route, ...] = (
    Route(
        "begin_outage",
        "POST",
        "/outages",
        "An outside system is down: the cases at these steps stand still together",
        begin,
        OutageOut,
        201,
        body=OutageIn,
        writes=True,
        refusals=(409,),
    ),
    Route(
        "list_outages",
        "GET",
        "/outages",
        "Outside systems that are or were down, newest first",
        list_outages,
        OutagePage,
        query=PageQuery,
    ),
    Route(
        "read_outage",
        "GET",
        "/outages/{outage}",
        "An outage, and what became of each of its cases",
        read,
        OutageCasesOut,
        query=PageQuery,
        find=find,
    ),
    Route(
        "end_outage",
        "POST",
        "/outages/{outage}/actions",
        "The system is back: the cases that stood still for it go on together",
        end,
        OutageOut,
        body=EndOutageIn,
        writes=True,
        find=find,
        refusals=(409,),
    ),
)
