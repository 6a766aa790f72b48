"""What is taken and told of a time without the system: papers, and numbers that are set aside."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from casetrack.domain.case.late_intake import MOST_NUMBERS, CloseNumber, NumberState
from casetrack.domain.case.transitions import LateReason
from casetrack.web.http.models import NO_NUL, Digest, Identifier, Moment, Taken

_Number = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=NO_NUL)]


class LateIntakeIn(Taken):
    """The paper: its number, when the file was taken in, why that was not entered then, its scan."""

    number: _Number
    occurred_at: Moment
    reason: LateReason
    sha256: Digest


class PaperOut(BaseModel):
    """A paper that was signed while the system was away."""

    id: str
    occurred_at: datetime
    reason: LateReason
    sha256: str
    admitted_by: str


class AdmittedOut(PaperOut):
    """A paper admitted for a step, or for the hand-over of the case; it is used once."""

    step: str | None
    used: bool


class NumberBlockIn(Taken):
    """So many numbers of a service, of this local year."""

    service: Identifier
    count: Annotated[int, Field(ge=1, le=MOST_NUMBERS)]


class CloseNumbersIn(Taken):
    """Of which numbers no case comes, and why."""

    action: Literal["close"]
    reason: CloseNumber
    numbers: Annotated[list[_Number], Field(min_length=1, max_length=MOST_NUMBERS)] | None = Field(
        default=None, description="null: all that are free"
    )


class NumberCountsOut(BaseModel):
    """How many are free, have a case, or were closed."""

    reserved: int
    used: int
    closed: int


class NumberBlockOut(BaseModel):
    """A block of numbers."""

    id: str
    service: str
    year: int
    agency: str
    reserved_at: datetime
    reserved_by: str
    counts: NumberCountsOut


class ReservedNumberOut(BaseModel):
    """One number: a case came of it, or somebody said why none did."""

    number: str
    state: NumberState
    reason: CloseNumber | None
    settled_at: datetime | None
    settled_by: str | None


class WholeNumberBlockOut(NumberBlockOut):
    """A block with each of its numbers."""

    numbers: list[ReservedNumberOut]


class NumberBlockPage(BaseModel):
    """Blocks, newest first."""

    items: list[NumberBlockOut]
    next_cursor: str | None
