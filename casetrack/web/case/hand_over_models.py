"""What is taken and told of what goes over the counter."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from casetrack.domain.case.case_people import IdentityDocument, Signature, Standing
from casetrack.domain.case.counter_details import BackBecause, Bringer, Handing, Lack, Means
from casetrack.domain.case.party_change import Present
from casetrack.web.case.power_models import PresentIn
from casetrack.web.http.models import Identifier, absent

PapersIn = Annotated[list[Identifier], Field(max_length=200)]
PAPERS: PapersIn = Field(
    default=[],
    description="hand_over, return_papers: the ids of documents whose originals go back",
)
MEANS: Means | None = Field(
    default=None,
    description="hand_over: at the counter where nothing is said; otherwise only as the service says",
)


def handing(
    present: PresentIn | None,
    means: Means | None,
    papers: Sequence[str],
    product: str | None = None,
    because: BackBecause | None = None,
    brought_by: Bringer | None = None,
    misplaced: tuple[str, ...] = (),
) -> Handing:
    """As the rules take it."""
    there = Present(**present.model_dump()) if present else None
    return Handing(there, means, product, tuple(papers), because, brought_by, misplaced=misplaced)


class PresentOut(BaseModel):
    """Who stood at the counter, which kind of document was seen, and how they signed."""

    party: Standing
    document: IdentityDocument
    signature: Signature | None
    proof: str | None = Field(description="the document that shows the signature")


class HandedOut(BaseModel):
    """A product of a record, in the edition that it was."""

    id: str
    edition: int
    opened_at: datetime = absent("of a file: when the applicant first opened it")


class HandOverOut(BaseModel):
    """Something that went over the counter: `out`, `back`, or originals (`papers`)."""

    kind: Literal["out", "back", "papers"]
    at: datetime
    by: str
    products: list[HandedOut]
    means: Means | None
    present: PresentOut | None
    papers: list[str] = Field(description="the documents whose originals went back")
    second: str | None = Field(description="the second clerk, where the service asks for one")
    confirmed_at: datetime | None
    waits: bool = Field(description="a second clerk is to confirm it today; nothing is out before")
    because: BackBecause | None = Field(description="of `back`: why it came")
    brought_by: Bringer | None
    late: str | None = Field(
        description="the admitted paper, where it was typed in after a time without the system"
    )
    lacks: list[Lack] = Field(description="what nobody wrote down: a finding")


class WantedBackOut(BaseModel):
    """A paper that was handed over and counts no more."""

    edition: int
    since: datetime
