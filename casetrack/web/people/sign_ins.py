"""GET /sign-ins: who signed in to pages and who tried to. No rules here."""

from datetime import datetime

from flask import Response
from pydantic import BaseModel, Field

from casetrack.domain.people.sign_ins import Outcome
from casetrack.usecases.people.sign_ins import past_sign_ins
from casetrack.web.http.call import Call, Route
from casetrack.web.http.cursors import page_response, read_cursor, read_moment
from casetrack.web.http.models import Day, PageQuery


class SignInsQuery(PageQuery):
    """Local days, both included; open where they are left out."""

    since: Day | None = None
    until: Day | None = None


class SignInOut(BaseModel):
    """A try to sign in as an officer that there is."""

    at: datetime
    login: str
    outcome: Outcome
    address: str
    agent: str = Field(description="browser and system, as far as they are known")


class SignInPage(BaseModel):
    """A page of tries, the newest first."""

    items: list[SignInOut]
    next_cursor: str | None


def list_sign_ins(call: Call) -> Response:
    """GET /sign-ins."""
    query = call.query(SignInsQuery)
    key = read_cursor(query.cursor, str, str)
    return page_response(
        past_sign_ins(
            call.ctx,
            call.actor.region,
            since=query.since,
            until=query.until,
            before=(read_moment(key[0]), key[1]) if key else None,
            limit=query.limit,
        )
    )


ROUTES: tuple[Route, ...] = (
    Route(
        "list_sign_ins",
        "GET",
        "/sign-ins",
        "Who signed in to pages and who tried to, the newest first",
        list_sign_ins,
        SignInPage,
        query=SignInsQuery,
    ),
)
