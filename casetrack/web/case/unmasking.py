"""HTTP: one party of a case in full, with a reason."""

from typing import Annotated

from flask import Response
from pydantic import Field, StringConstraints

from casetrack.domain.people.assignments import Assignment
from casetrack.usecases.case.unmasking import unmask
from casetrack.web.http.call import Call, Route, as_json
from casetrack.web.http.models import LETTER_NUMBER, NO_NUL, Day, Taken, Words
from casetrack.web.people.person_models import AnyRole, PartyFields


class AssignmentIn(Taken):
    """A letter of assignment: its number, and its last day."""

    letter: Annotated[str, StringConstraints(max_length=64, pattern=LETTER_NUMBER)] = Field(
        examples=["ST-12/2026"]
    )
    until: Day = Field(description="local day, included")


class UnmaskIn(Taken):
    """Whom to read in full, and why; who audits also says under which assignment."""

    role: AnyRole = "applicant"
    reason: Annotated[Words, StringConstraints(min_length=1, max_length=1000, pattern=NO_NUL)]
    assignment: AssignmentIn | None = None


def unmask_party(call: Call) -> Response:
    """POST /cases/{number}/unmask. Asked again it is another look, so it takes no Idempotency-Key."""
    body = call.body(UnmaskIn)
    said = body.assignment
    assignment = Assignment(said.letter, said.until) if said is not None else None
    return as_json(unmask(call.ctx, call.actor, call.sight, body.role, body.reason, assignment))


class UnmaskedOut(PartyFields):
    """A party in full."""

    role: str


ROUTES: tuple[Route, ...] = (
    Route(
        "unmask_party",
        "POST",
        "/cases/{number}/unmask",
        "One party of a case in full, with a reason that auditors read",
        unmask_party,
        UnmaskedOut,
        body=UnmaskIn,
        refusals=(404, 409),
    ),
)
