"""HTTP: several services in one visit. No rules here."""

from typing import Annotated, Any

from flask import Response
from pydantic import BaseModel, Field

from casetrack.usecases.case.sealed_parties import Party
from casetrack.usecases.case.visits import Visit, open_visit
from casetrack.web.case import models
from casetrack.web.case.visit_models import AtCounterIn
from casetrack.web.http.call import Call, Route
from casetrack.web.http.models import Identifier, Taken


class WantedIn(Taken):
    """One of the services for which somebody came, with what it asks."""

    service: Identifier
    facts: dict[str, Any] = Field(default_factory=dict, description="as with POST /cases")


class VisitIn(AtCounterIn):
    """Several applications of one person, with one set of papers."""

    services: Annotated[list[WantedIn], Field(min_length=1, max_length=10)] = Field(
        description="one service may stand there several times, with other facts"
    )
    applicant: models.PartyIn
    representative: models.RepresentativeIn | None = None
    payer: models.PartyIn | None = None
    documents: models.DocumentsIn = Field(
        default=[], description="each goes to every service that asks for it"
    )


class VisitOpenedOut(BaseModel):
    """The cases of a visit, in the order of its services."""

    visit: str = Field(description="the id of the visit")
    access_code: str = Field(description="of all its cases; only here")
    counter: str | None
    queue: str | None
    cases: list[models.CaseOut]


def take_visit(call: Call) -> Response:
    """POST /visits."""
    body = call.body(VisitIn)
    parties = [
        Party(role=role, **party.model_dump())
        for role in ("applicant", "representative", "payer")
        if (party := getattr(body, role)) is not None
    ]
    visit = Visit(
        [(each.service, each.facts) for each in body.services],
        parties,
        [document.model_dump() for document in body.documents],
        body.counter,
        body.queue,
    )
    return call.answer(open_visit(call.ctx, call.actor, visit, call.repeatable), 201)


ROUTES: tuple[Route, ...] = (
    Route(
        "open_visit",
        "POST",
        "/visits",
        "Take in several applications of one person at once",
        take_visit,
        VisitOpenedOut,
        201,
        body=VisitIn,
        writes=True,
        refusals=(409,),
    ),
)
