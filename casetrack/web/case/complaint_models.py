"""What complaints look like from outside: as they come in, to officers, and to who complained."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from casetrack.domain.case.complaint_desk import ComplaintLimit
from casetrack.domain.case.complaints import (
    ClosedAs,
    ComplaintAction,
    ComplaintKind,
    ComplaintState,
    ComplaintWay,
    OutsideSystem,
)
from casetrack.web.http.models import (
    NO_NUL,
    Asked,
    Day,
    Identifier,
    Line,
    NameOut,
    Note,
    PageQuery,
    Taken,
)

Number = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=NO_NUL)]


class ComplainantIn(Taken):
    """Who complains and how they are reached; all of it may be left out."""

    name: Line | None = None
    email: Line | None = None
    phone: Line | None = None
    address: Line | None = None


class ComplaintIn(Taken):
    """A complaint: what about, and in words. Neither a name nor a case is needed."""

    kind: ComplaintKind
    text: Note
    case: Number | None = None
    case_code: Number | None = Field(
        None, description="the case's access code: who has it is its applicant; never needed"
    )
    about_agency: Identifier | None = None
    contact: ComplainantIn | None = None


class EnteredComplaintIn(Taken):
    """A complaint on paper, or said at the counter."""

    way: Literal["paper", "counter"]
    kind: ComplaintKind
    text: Note
    case: Number | None = None
    by_applicant: bool = Field(
        False, description="the clerk saw that the case's applicant complains"
    )
    about_agency: Identifier | None = None
    about_officer: Number | None = Field(None, description="login; they will not read it")
    contact: ComplainantIn | None = None
    received_on: Day | None = Field(None, description="the day on which a paper came")


class TakenInOut(BaseModel):
    """A complaint that came in. The code is told this once."""

    number: str
    access_code: str
    state: ComplaintState
    kind: ComplaintKind
    received_at: datetime
    reaction_due_at: datetime
    answer_due_at: datetime


class ComplaintActIn(Taken):
    """What is done to a complaint.

    `react` and `answer` take the text that who complained reads; `on_the_spot` makes the limit that of an
    examination on the spot. `close` takes `as`, `name_officer` `officer`, `hand_on` `agency`,
    `note_outside_number` `system` and `number`, `note_corrective_action` the Ombudsman's `number`, its
    text and, where it has one, its day `due`; `answer_corrective_action` takes its `id` and the text.
    """

    action: ComplaintAction
    text: Note | None = None
    on_the_spot: bool = False
    closed_as: Annotated[ClosedAs, Field(alias="as")] = "answered"
    officer: Number | None = None
    agency: Identifier | None = None
    system: OutsideSystem = "lapor"
    number: Number | None = None
    id: Number | None = None
    due: Day | None = None


class OutsideNumberOut(BaseModel):
    """The number that another body gave it."""

    system: OutsideSystem
    number: str


class CorrectiveOut(BaseModel):
    """A corrective action that the Ombudsman asked for."""

    id: str
    number: str
    due: str | None
    asked_at: datetime
    answered_at: datetime | None


class ComplaintOut(BaseModel):
    """How a complaint stands."""

    number: str
    version: int
    state: ComplaintState = Field(
        description="received (diterima), reacted (ditanggapi), in_work (ditindaklanjuti), answered "
        "(dijawab), closed (selesai)"
    )
    kind: ComplaintKind
    limit: ComplaintLimit = Field(description="which of the region's limits its answer has")
    way: ComplaintWay
    agency: str = Field(description="who works on it")
    case: str | None
    about_agency: str | None
    about_officer: str | None
    named: bool
    received_at: datetime
    received_by: str | None
    reaction_due_at: datetime
    answer_due_at: datetime
    reacted_at: datetime | None
    answered_at: datetime | None
    closed_at: datetime | None
    closed_as: ClosedAs | None
    told: list[str] = Field(description="limits that were noted to be near or missed")
    outside: list[OutsideNumberOut]
    corrective: list[CorrectiveOut]


class DoneOut(BaseModel):
    """One event of a complaint."""

    version: int
    type: str
    at: datetime
    by: str
    text: str | None
    said: dict[str, str]


class WholeComplaintOut(ComplaintOut):
    """A complaint with what was said; null: who complained was erased."""

    text: str | None
    contact: dict[str, str] | None
    history: list[DoneOut]


class ActedComplaintOut(BaseModel):
    """How a complaint stands after an act; `complaint` is null for who does not read it any more."""

    number: str
    version: int
    state: ComplaintState
    complaint: WholeComplaintOut | None


class ComplaintQuery(PageQuery):
    """Which complaints."""

    state: ComplaintState | None = None


class ComplaintPage(BaseModel):
    """Complaints that the caller may read, newest first."""

    items: list[ComplaintOut]
    next_cursor: str | None


class ComplaintStatusQuery(Asked):
    """The code may come here or, better, in the header X-Access-Code."""

    code: Annotated[str, StringConstraints(max_length=64)] | None = None


class ComplaintStatusOut(BaseModel):
    """How a complaint stands, for who has its code."""

    number: str
    state: ComplaintState
    label: NameOut
    kind: ComplaintKind
    agency: NameOut
    received_at: datetime
    reaction_due_at: datetime
    answer_due_at: datetime
    late: bool
    reacted_at: datetime | None
    answered_at: datetime | None
    closed_at: datetime | None
    reaction: str | None
    answer: str | None
    outside: list[OutsideNumberOut]
