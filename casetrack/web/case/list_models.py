"""What lists take and give, as models."""

from datetime import datetime

from pydantic import BaseModel, Field

from casetrack.domain.case.transitions import CaseStatus
from casetrack.domain.people.contact import PartyKind
from casetrack.web.case.models import AgencyOut, CaseOut, ServiceRef, StepOut
from casetrack.web.http.models import Identifier, NameOut, Nik, PageQuery, Taken


class FindIn(Taken):
    """Whose cases to find."""

    nik: Nik


class CasesQuery(PageQuery):
    """Cases by status and service."""

    status: CaseStatus | None = None
    service: Identifier | None = None
    full: bool = Field(default=False, description="whole cases instead of rows")


class ApplicantOut(BaseModel):
    """Whose case it is, as a list shows them; the NIK as its first and last four digits."""

    kind: PartyKind
    name: str
    nik: str | None


class CaseRowOut(BaseModel):
    """A case on a list."""

    number: str
    service: ServiceRef
    status: CaseStatus
    outcome: str
    waiting_for: str | None
    opened_at: datetime
    due_at: datetime | None
    holder: AgencyOut
    applicant: ApplicantOut | None = Field(description="null once they were erased")


class CasePage(BaseModel):
    """Some cases: rows, or whole cases for `full=true`."""

    items: list[CaseRowOut | CaseOut]
    next_cursor: str | None


class WorkServiceOut(BaseModel):
    """A service on a worklist."""

    id: str
    name: NameOut


class WorkOut(BaseModel):
    """One open step of the caller's agency."""

    number: str
    service: WorkServiceOut
    case_status: CaseStatus
    waiting_for: str | None
    case_due_at: datetime | None
    opened_at: datetime
    holder: AgencyOut
    applicant: ApplicantOut | None = Field(description="null once they were erased")
    step: StepOut


class WorkPage(BaseModel):
    """A worklist, most urgent first."""

    items: list[WorkOut]
    next_cursor: str | None
