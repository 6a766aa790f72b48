"""What is put right in a case, as it is taken and shown."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from casetrack.domain.case.commands import Details
from casetrack.domain.case.correction_details import (
    AskedBy,
    CorrectionReason,
    FactsCorrected,
    IssuedCorrected,
)
from casetrack.domain.case.issued_details import IssuedElsewhere
from casetrack.web.case.issued_models import IssuedElsewhereIn
from casetrack.web.http.models import Note, Taken

#: Facts as they are corrected; null takes one back that need not be given.
CorrectedFacts = Annotated[
    dict[str, Any],
    Field(
        description="the facts that are put right, judged as at the opening; null: one that need not be "
        "given is no longer given"
    ),
]


class CorrectionIn(Taken):
    """Facts, or what another issued, as they should have been entered."""

    action: Literal["correct_facts", "correct_issued"]
    facts: CorrectedFacts | None = Field(default=None)
    issued_elsewhere: IssuedElsewhereIn | None = Field(
        default=None,
        description="correct_issued: number, day and last day as they are on the result",
    )
    reason: CorrectionReason
    asked_by: AskedBy
    note: Note | None = None

    def details(self) -> Details | None:
        """As the rules take it; None where it says nothing of what its action puts right."""
        if self.action == "correct_facts":
            return FactsCorrected(self.facts, self.asked_by) if self.facts else None
        said = self.issued_elsewhere
        if said is None:
            return None
        issued = IssuedElsewhere(said.number, said.dated, said.valid_until)
        return IssuedCorrected(issued, self.asked_by)


class CorrectionOut(BaseModel):
    """Something that was put right; what it was and is stands in the case's event of this version."""

    what: Literal["facts", "issued_elsewhere"]
    facts: list[str]
    bills: list[str] = Field(
        description="bills that were to be paid, and whose amount rests on the facts as they were"
    )
    product: str | None = Field(description="the product with whose correction the facts came")
    at: datetime
    by: str
    version: int
    reason: CorrectionReason | None
    asked_by: AskedBy | None
