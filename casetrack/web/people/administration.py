"""GET /administration: what was done to accounts, tokens and the region's files. No rules here."""

from datetime import datetime
from typing import Any, Literal

from flask import Response
from pydantic import BaseModel, Field

from casetrack.usecases.questions.past_administration import past_administration
from casetrack.web.http.call import Call, Route
from casetrack.web.http.cursors import page_response, read_cursor
from casetrack.web.http.models import Day, PageQuery


class AdministrationQuery(PageQuery):
    """Local days, both included; open where they are left out."""

    since: Day | None = None
    until: Day | None = None


class ByOut(BaseModel):
    """Who did it, by their name on the machine where commands run."""

    kind: Literal["operator"]
    id: str


class FactOut(BaseModel):
    """An event of the trace; `position` is null until the relay has numbered it."""

    id: int
    type: str
    stream: str
    version: int
    position: int | None
    occurred_at: datetime
    recorded_at: datetime
    hash: str
    actor: ByOut
    data: dict[str, Any] = Field(description="what was before and is after, as docs/api.md has it")


class AdministrationPage(BaseModel):
    """A page of the trace, the newest first."""

    items: list[FactOut]
    next_cursor: str | None


def list_administration(call: Call) -> Response:
    """GET /administration."""
    query = call.query(AdministrationQuery)
    key = read_cursor(query.cursor, int)
    return page_response(
        past_administration(
            call.ctx,
            call.actor.region,
            since=query.since,
            until=query.until,
            before=key[0] if key else None,
            limit=query.limit,
        )
    )


ROUTES: tuple[Route, ...] = (
    Route(
        "list_administration",
        "GET",
        "/administration",
        "What was done to accounts, tokens and the region's files, the newest first",
        list_administration,
        AdministrationPage,
        query=AdministrationQuery,
    ),
)
