"""HTTP: what was entered in a case is put right. No rules here."""

from flask import Response

from casetrack.usecases.case.doing import Doing
from casetrack.web.case import models
from casetrack.web.case.act import act
from casetrack.web.case.correction_models import CorrectionIn
from casetrack.web.http.call import Call, Route


def correct_case(call: Call) -> Response:
    """POST /cases/{number}/corrections."""
    body = call.body(CorrectionIn)
    doing = Doing(body.action, reason=body.reason, note=body.note, details=body.details())
    return act(call, doing)


ROUTES: tuple[Route, ...] = (
    Route(
        "correct_case",
        "POST",
        "/cases/{number}/corrections",
        "Put right a fact that was entered wrongly, or what another issued",
        correct_case,
        models.CaseOut,
        body=CorrectionIn,
        writes=True,
        conditional=True,
    ),
)
