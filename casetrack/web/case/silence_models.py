"""What the operations about silence take and give."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from casetrack.domain.case.transitions import CheckResult, ExternalAnswer
from casetrack.domain.service.definition import DeemedGrant
from casetrack.web.http.models import Identifier, Moment, NameOut, Note, PageQuery, Taken


class ExternalIn(Taken):
    """What another register answered."""

    fact: Identifier
    answer: ExternalAnswer
    asked_at: Moment | None = Field(default=None, description="when it was asked; unless said, now")
    document: Identifier | None = Field(
        default=None, description="the document of the case that shows the answer, such as doc-3"
    )
    note: Note | None = None


class ExternalOut(BaseModel):
    """The newest answer of a register about one fact, who entered it, and the document that shows it."""

    fact: str
    name: NameOut
    source: NameOut
    answer: ExternalAnswer
    asked_at: datetime
    entered_at: datetime
    by: str
    document: str | None


class DeemedCheckIn(Taken):
    """What a check of a grant by law found."""

    result: CheckResult
    note: Note | None = None


class HolderOut(BaseModel):
    """Who had the file when the limit passed, since when, and how many days their agency had."""

    agency: str
    step: str
    officer: str | None
    since: datetime | None
    days: int


class CheckOut(BaseModel):
    """A check afterwards."""

    by: str
    at: datetime
    result: CheckResult


class DeemedOut(BaseModel):
    """What the law granted because nobody decided in time."""

    article: str
    due_at: datetime
    at: datetime
    version: int
    holders: list[HolderOut]
    check: CheckOut | None


class GrantByLawOut(DeemedOut):
    """A grant by law as the list shows it; `applicant` is the same id for the same person."""

    number: str
    service: str
    applicant: str


class GrantsByLawOut(BaseModel):
    """A page of the list."""

    items: list[GrantByLawOut]
    next_cursor: str | None


class GrantsByLawQuery(PageQuery):
    """Which grants by law."""

    officer: Annotated[str, Field(max_length=64)] | None = None
    applicant: Annotated[str, Field(max_length=64)] | None = None
    checked: bool | None = None


class SetUpIn(Taken):
    """Two officers set up that a service issues by itself."""

    action: Literal["propose", "confirm", "end"]


class SetUpOut(BaseModel):
    """How far the set-up of a service's current version is."""

    service: str
    version: int
    deemed_grant: DeemedGrant
    article: str | None
    state: Literal["none", "proposed", "confirmed", "ended"]
    proposed_by: str | None
    confirmed_by: str | None
    at: datetime | None
