"""The handler of /cases/{number}/messages: who was told what, and how it stands."""

from datetime import datetime

from flask import Response
from pydantic import BaseModel, Field

from casetrack.domain.delivery.receivers import State
from casetrack.domain.people.contact import Channel
from casetrack.domain.people.readers import shown_to
from casetrack.usecases.delivery.case_messages import messages
from casetrack.usecases.paging import Page
from casetrack.web.delivery.message_words import stands, what
from casetrack.web.http.call import Call, Route
from casetrack.web.http.cursors import page_response, read_cursor
from casetrack.web.http.models import NameOut, PageQuery
from casetrack.web.people.person_models import AnyRole


class MessageOut(BaseModel):
    """One message to a party, known by the ledger position of the first event that it tells."""

    position: int
    party: AnyRole
    types: list[str]
    what: NameOut = Field(description="what it tells, in words")
    channel: Channel | None = Field(description="null where there is no way but in person")
    state: State
    stands: NameOut = Field(description="how it stands, in words")
    tried: list[str] = Field(description="channels by which it was tried in vain")
    at: datetime
    ended_at: datetime | None
    not_before: datetime | None = Field(description="when it is tried next, where that is fixed")


class MessagePage(BaseModel):
    """A case's messages in the order of what happened."""

    items: list[MessageOut]
    next_cursor: str | None


def read_messages(call: Call) -> Response:
    """GET /cases/{number}/messages."""
    query = call.query(PageQuery)
    key = read_cursor(query.cursor, int, str)
    state = call.sight.state
    after = (key[0], key[1]) if key else None
    shown = shown_to(call.actor, call.sight.definition.front_office)
    page = messages(call.ctx, state.region, state.number, shown, after=after, limit=query.limit)
    items = [
        {**item, "what": what(item["types"]), "stands": stands(item["state"])}
        for item in page.items
    ]
    return page_response(Page(items, page.next_key))


ROUTES: tuple[Route, ...] = (
    Route(
        "read_messages",
        "GET",
        "/cases/{number}/messages",
        "Who was told what about the case, and how it stands",
        read_messages,
        MessagePage,
        query=PageQuery,
    ),
)
