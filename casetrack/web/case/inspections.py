"""An inspection that a step promises the applicant, moves, and records. No rules here."""

from flask import Response

from casetrack.domain.case.inspection_details import InspectionSaid
from casetrack.usecases.case.doing import Doing
from casetrack.web.case import models
from casetrack.web.case.act import act
from casetrack.web.case.inspection_models import InspectionIn
from casetrack.web.http.call import Call, Route


def act_on_inspection(call: Call) -> Response:
    """POST /cases/{number}/steps/{step}/inspections."""
    body = call.body(InspectionIn)
    details: InspectionSaid = body.details()
    doing = Doing(
        f"{body.action}_inspection", step=call.params["step"], note=body.words, details=details
    )
    return act(call, doing)


ROUTES: tuple[Route, ...] = (
    Route(
        "act_on_inspection",
        "POST",
        "/cases/{number}/steps/{step}/inspections",
        "Promise an inspection, move it, or record how it went",
        act_on_inspection,
        models.CaseOut,
        body=InspectionIn,
        writes=True,
        conditional=True,
    ),
)
