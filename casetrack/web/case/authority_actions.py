"""Acts about authority: conflicts of interest, late entries, what becomes of a product.

None of them sets an officer who acts, a passport or a time of recording.
"""

from typing import Any

from flask import Response

from casetrack.domain.case.commands import find_step
from casetrack.domain.errors import Invalid
from casetrack.usecases.case.do import Doing
from casetrack.web.case import models
from casetrack.web.case.act import act
from casetrack.web.http.call import Call, Route

_CONFLICT = {"declare": "declare_conflict", "lift": "lift_conflict", "take_over": "take_over"}


def act_on_conflict(call: Call) -> Response:
    """POST /cases/{number}/conflicts."""
    body = call.body(models.ConflictIn)
    if body.action == "declare" and body.ground is None:
        raise _missing("ground", "declaring a conflict names its ground")
    if body.action != "declare" and body.officer is None:
        raise _missing("officer", "say whose conflict it is")
    said = {"officer": body.officer, "ground": body.ground, "position": body.position}
    doing = Doing(
        _CONFLICT[body.action],
        note=body.note,
        as_position=body.as_position,
        details={name: value for name, value in said.items() if value is not None},
    )
    return act(call, doing)


def admit_late(call: Call) -> Response:
    """POST /cases/{number}/late-entries."""
    body = call.body(models.LateIn)
    find_step(call.sight.definition, body.step)
    details = body.model_dump(exclude={"note"})
    return act(call, Doing("admit_late", note=body.note, details=details))


def act_on_product(call: Call) -> Response:
    """POST /cases/{number}/product/actions."""
    body = call.body(models.ProductActionIn)
    if body.by == "court" and body.instrument.issuer is None:
        raise _missing("instrument.issuer", "say which court it was")
    details: dict[str, Any] = {
        "ground": body.ground,
        "by": body.by,
        "instrument": body.instrument.model_dump(mode="json", exclude_none=True),
        "found_on": body.found_on.isoformat(),
    }
    return act(
        call, Doing(body.action, note=body.note, as_position=body.as_position, details=details)
    )


def _missing(field: str, why: str) -> Invalid:
    return Invalid(
        "invalid_body", f"{field}: {why}.", errors=[{"at": field, "message": f"is missing: {why}"}]
    )


ROUTES: tuple[Route, ...] = (
    Route(
        "act_on_conflict",
        "POST",
        "/cases/{number}/conflicts",
        "Declare a conflict of interest; lift it or take over as the superior",
        act_on_conflict,
        models.CaseOut,
        body=models.ConflictIn,
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
        body=models.LateIn,
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
        body=models.ProductActionIn,
        writes=True,
        conditional=True,
    ),
)
