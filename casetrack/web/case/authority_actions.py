"""Acts about authority: conflicts of interest, late entries, what becomes of a product.

None of them sets an officer who acts, a passport or a time of recording.
"""

from collections.abc import Mapping

from flask import Response

from casetrack.domain.case.commands import LatePaper, conflict_details
from casetrack.domain.case.transitions import ConflictAction
from casetrack.usecases.case.doing import Doing
from casetrack.web.case import models
from casetrack.web.case.act import act, act_or_sign
from casetrack.web.case.authority_models import ConflictIn, LateIn, ProductActionIn
from casetrack.web.http.call import Call, Route

_CONFLICT: Mapping[str, ConflictAction] = {
    "declare": "declare_conflict",
    "report": "report_conflict",
    "lift": "lift_conflict",
    "take_over": "take_over",
}


def act_on_conflict(call: Call) -> Response:
    """POST /cases/{number}/conflicts."""
    body = call.body(ConflictIn)
    action = _CONFLICT[body.action]
    details = conflict_details(action, body.officer, body.ground, body.position, body.article)
    return act(call, Doing(action, note=body.note, as_position=body.as_position, details=details))


def admit_late(call: Call) -> Response:
    """POST /cases/{number}/late-entries."""
    body = call.body(LateIn)
    paper = LatePaper(body.step, body.occurred_at, body.reason, body.sha256)
    return act(call, Doing("admit_late", note=body.note, details=paper))


def act_on_product(call: Call) -> Response:
    """POST /cases/{number}/product/actions."""
    body = call.body(ProductActionIn)
    change = body.details(None)
    return act_or_sign(
        call, Doing(body.action, note=body.note, as_position=body.as_position, details=change)
    )


ROUTES: tuple[Route, ...] = (
    Route(
        "act_on_conflict",
        "POST",
        "/cases/{number}/conflicts",
        "Declare or report a conflict of interest; lift it or take over as the superior",
        act_on_conflict,
        models.CaseOut,
        body=ConflictIn,
        writes=True,
        conditional=True,
    ),
    Route(
        "admit_late",
        "POST",
        "/cases/{number}/late-entries",
        "Admit a paper that was signed while the system was away",
        admit_late,
        models.CaseOut,
        body=LateIn,
        writes=True,
        conditional=True,
    ),
    Route(
        "act_on_product",
        "POST",
        "/cases/{number}/product/actions",
        "Correct, annul or revoke a product after the decision",
        act_on_product,
        models.CaseOut,
        body=ProductActionIn,
        writes=True,
        conditional=True,
    ),
)
