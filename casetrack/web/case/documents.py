"""Documents that the applicant brings after the opening: each by itself, at a door of their own."""

from flask import Response

from casetrack.domain.case.transitions import RECEIVE
from casetrack.usecases.case.do import Doing
from casetrack.web.case.act import act
from casetrack.web.case.document_models import DocumentIn, DocumentOut
from casetrack.web.http.call import Call, Route


def receive_document(call: Call) -> Response:
    """POST /cases/{number}/documents."""
    body = call.body(DocumentIn)
    return act(call, Doing(RECEIVE, documents=[body.model_dump()]), 201)


ROUTES: tuple[Route, ...] = (
    Route(
        RECEIVE,
        "POST",
        "/cases/{number}/documents",
        "Take in a document that the applicant brings",
        receive_document,
        DocumentOut,
        201,
        body=DocumentIn,
        writes=True,
        conditional=True,
        front_office=True,
    ),
)
