"""The handlers of /readings: who looked at personal data. For auditors."""

from datetime import datetime
from typing import Annotated, Literal

from flask import Response
from pydantic import BaseModel, Field

from casetrack.domain.access import Role
from casetrack.domain.people.readings import Kind
from casetrack.usecases.people import readings
from casetrack.web.http.call import Call, Route
from casetrack.web.http.cursors import page_response, read_cursor, read_moment
from casetrack.web.http.models import Day, Identifier, PageQuery


class ReadingsQuery(PageQuery):
    """Of which officer, on which days."""

    officer: Identifier | None = None
    first: Annotated[Day | None, Field(alias="from", description="local day, included")] = None
    last: Annotated[Day | None, Field(alias="to", description="local day, included")] = None


class ReadingOut(BaseModel):
    """One look at personal data: at a case, a page of a list, a search, a print or an export."""

    id: str
    at: datetime
    officer: str
    role: Role | Literal["system"]
    agency: str | None
    kind: Kind
    cases: list[str] = Field(description="the cases that were seen")
    query: str | None = Field(
        description="of a search: a keyed digest of what was typed; equal words have equal digests"
    )


class ReadingPage(BaseModel):
    """Looks at personal data, the newest first."""

    items: list[ReadingOut]
    next_cursor: str | None


def list_case_readings(call: Call) -> Response:
    """GET /cases/{number}/readings."""
    query = call.query(PageQuery)
    state = call.sight.state
    return page_response(
        readings.of_case(
            call.ctx,
            state.region,
            state.number,
            before=_before(query),
            limit=query.limit,
        )
    )


def list_readings(call: Call) -> Response:
    """GET /readings."""
    query = call.query(ReadingsQuery)
    return page_response(
        readings.of_region(
            call.ctx,
            call.actor.region,
            officer=query.officer,
            first=query.first,
            last=query.last,
            before=_before(query),
            limit=query.limit,
        )
    )


def _before(query: PageQuery) -> tuple[datetime, str] | None:
    key = read_cursor(query.cursor, str, str)
    return (read_moment(key[0]), key[1]) if key else None


ROUTES: tuple[Route, ...] = (
    Route(
        "list_case_readings",
        "GET",
        "/cases/{number}/readings",
        "Who looked at the personal data of a case",
        list_case_readings,
        ReadingPage,
        query=PageQuery,
    ),
    Route(
        "list_readings",
        "GET",
        "/readings",
        "Who looked at personal data",
        list_readings,
        ReadingPage,
        query=ReadingsQuery,
    ),
)
