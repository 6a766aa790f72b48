"""Links between cases: as a body names them, and as an answer shows them."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from casetrack.domain.case.transitions import LinkKind
from casetrack.domain.service.definition import ReviewKind
from casetrack.web.http.models import NO_NUL, Taken


class LinkIn(Taken):
    """Another case to which this one belongs."""

    kind: LinkKind
    number: Annotated[str, StringConstraints(max_length=64, pattern=NO_NUL)]


class LinkOut(BaseModel):
    """Another case to which this one belongs."""

    kind: LinkKind
    number: str | None = Field(description="null: a case that the caller does not see")


class LinkedFromOut(BaseModel):
    """A case that names this one, and how it belongs to it."""

    kind: LinkKind
    number: str


class ReviewedOut(BaseModel):
    """A decision to which somebody objects: the version of its event, and when it was taken."""

    version: int
    at: datetime
    scheme: str


class DecidesOut(BaseModel):
    """Which position decides an objection or an appeal, by which article.

    `same_position`: the one that made the decision, whoever sits there today, the same officer included.
    `superior_position`: the one above it, and nobody who decided before.
    """

    rule: Literal["same_position", "superior_position"]
    article: str


class CarriedOutOut(BaseModel):
    """What was decided in the first case since: the version of its event, what, when."""

    version: int
    action: str
    at: datetime


class ReviewOut(BaseModel):
    """What an objection or an appeal is about. Whether it came in time is counted, an officer judges."""

    kind: ReviewKind
    number: str | None = Field(description="null: a case that the caller does not see")
    decided: ReviewedOut | None = Field(description="null: nobody decided")
    position: str | None = Field(description="as which it was decided; null: no passport says so")
    decided_by: list[str] = Field(description="who decided before")
    reached: date | None = Field(
        description="the day on which a hand-over proves that it reached the party; null: not known"
    )
    days: int = Field(description="working days within which one may object or appeal")
    basis: str
    until: date | None = Field(description="the last of these days; null: not known")
    lodged: date
    in_time: bool | None = Field(description="null: not known")
    decides: DecidesOut
    carried_out: list[CarriedOutOut] | None = Field(
        description="null until what was granted is carried out"
    )
