"""HTTP: how the region numbers its products, and a change that waits. No rules here."""

from datetime import date, datetime
from typing import Literal

from flask import Response
from pydantic import BaseModel, Field

from casetrack.usecases.region import numbering
from casetrack.web.http.call import Call, Route, as_json
from casetrack.web.http.models import Digest, Taken


class PatternOut(BaseModel):
    """A pattern with its legal basis, in force from a day on."""

    id: str
    pattern: str
    basis: str
    since: date


class ProposalOut(BaseModel):
    """Patterns that a load says and that wait for a second hand."""

    patterns: list[PatternOut]
    sha256: str = Field(description="names exactly these; the decision says it again")
    by: str = Field(description="who loaded them")
    at: datetime


class NumberingOut(BaseModel):
    """How products are numbered: all patterns, and those that would take their place."""

    patterns: list[PatternOut]
    proposal: ProposalOut | None


class NumberingIn(Taken):
    """What becomes of the patterns that wait."""

    action: Literal["confirm", "refuse"]
    sha256: Digest = Field(description="of the patterns that were seen")


def read_numbering(call: Call) -> Response:
    """GET /numbering."""
    return as_json(numbering.shown(call.ctx, call.actor.region))


def decide_numbering(call: Call) -> Response:
    """POST /numbering."""
    body = call.body(NumberingIn)
    return call.answer(
        numbering.decide(call.ctx, call.actor, body.action, body.sha256, call.repeatable)
    )


ROUTES: tuple[Route, ...] = (
    Route(
        "read_numbering",
        "GET",
        "/numbering",
        "How products are numbered, and a change that waits",
        read_numbering,
        NumberingOut,
    ),
    Route(
        "decide_numbering",
        "POST",
        "/numbering",
        "Confirm or refuse another way of numbering products",
        decide_numbering,
        NumberingOut,
        body=NumberingIn,
        writes=True,
        refusals=(409,),
    ),
)
