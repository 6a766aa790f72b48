"""What lists take and give, as models."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from casetrack.domain.case.case_people import IdentityDocument
from casetrack.domain.case.transitions import CaseStatus, ProductState, WaitingFor
from casetrack.domain.people.contact import PartyKind
from casetrack.usecases.case.work import WorkList
from casetrack.web.case.hand_over_models import WantedBackOut
from casetrack.web.case.models import AgencyOut, CaseOut, ServiceRef, StepOut
from casetrack.web.case.product_models import EndorsementOut, LastTryOut, SignedOut
from casetrack.web.http.models import (
    NO_NUL,
    Day,
    Identifier,
    NameOut,
    Nik,
    PageQuery,
    Taken,
    absent,
)

#: Which document of identity lies in front of who asks.
_COMPARED = Field(
    default=None,
    description="which identity document lies in front of the caller; until it is said, names come as "
    "initials. In full they come to who compares cards at the counter of the case",
)


class FindIn(Taken):
    """Whose cases to find."""

    nik: Nik
    identity_document: IdentityDocument | None = _COMPARED


class SearchIn(Taken):
    """What to look for: a case number, whole words of a name in any order, a NIK, a telephone number, a
    NIB or NPWP."""

    q: Annotated[str, StringConstraints(min_length=1, max_length=2048, pattern=NO_NUL)]
    identity_document: IdentityDocument | None = _COMPARED
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[str, StringConstraints(max_length=400)] | None = None


class CasesQuery(PageQuery):
    """Cases by status and service."""

    status: CaseStatus | None = None
    service: Identifier | None = None
    full: bool = Field(default=False, description="whole cases instead of rows")
    seat: bool = Field(
        default=False,
        description="true: cases of other agencies that the register lets the caller see (short pages)",
    )


class WorkQuery(PageQuery):
    """Which list of work, and what of it."""

    list: WorkList = Field(
        default="work",
        description="work: open steps of one's agency; of the counter: check (is the file complete?), "
        "send_back (returned by a step, not yet sent), lapsing (sent back, told for the last time, and "
        "nothing was heard: tell them in person), hand_over, people (a death to be settled), "
        "take_back (handed over, and counts no more), papers (originals to go back), "
        "endorse (a draft waits for a paraf that no step asks for: drawn up anew after its step), "
        "sign (something waits for a signature of the agency, at its step or after it), issue (to be "
        "issued), close (nothing of it counts any more, so it is closed as lapsed), "
        "tell (in person), overdue; seat: "
        "open steps of others for which the caller's position holds the power (short pages, no count)",
    )
    mine: bool = Field(default=False, description="true: what the caller has claimed")
    unclaimed: bool = Field(
        default=False, description="true: what nobody of the agency has claimed"
    )
    overdue: bool = Field(default=False, description="true: what is out of time")
    service: Identifier | None = None
    waiting_for: WaitingFor | None = None
    since: Day | None = Field(
        default=None, alias="from", description="opened on this day of the office or later"
    )
    until: Day | None = Field(default=None, alias="to", description="or earlier; both included")


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


class ListedProductOut(BaseModel):
    """A product of a case on a list: what it waits for, and until when."""

    id: str
    product: str
    name: NameOut
    state: ProductState
    number: str | None
    due_at: datetime | None = Field(
        description="by when it is to be handed over; null: not issued yet, handed over, or ended"
    )
    next_endorser: str | None
    endorsed_before: list[EndorsementOut] = Field(
        description="of a draft: the newest paraf of each position on a text before it, which is void"
    )
    next_signature: str | None
    begun: SignedOut | None = Field(
        description="a signature that was given and is not on the file yet"
    )
    last_try: LastTryOut | None = Field(description="of that one")
    wanted_back: list[WantedBackOut]


class WorkOut(BaseModel):
    """An open step of the caller's agency, or a case on a list of their counter."""

    number: str
    service: WorkServiceOut
    case_status: CaseStatus
    waiting_for: str | None
    case_due_at: datetime | None
    opened_at: datetime
    holder: AgencyOut
    applicant: ApplicantOut | None = Field(description="null once they were erased")
    step: StepOut | None = Field(
        description="the step that the row is about; null where the list is about the whole case"
    )
    products: list[ListedProductOut] = Field(
        description="what comes out of the case, but what came to nothing"
    )


class CountsOut(BaseModel):
    """How many rows each list has."""

    work: int
    check: int
    send_back: int
    lapsing: int
    hand_over: int
    people: int
    take_back: int
    papers: int
    endorse: int
    sign: int
    issue: int
    close: int
    tell: int
    overdue: int


class WorkPage(BaseModel):
    """A worklist, most urgent first."""

    items: list[WorkOut]
    next_cursor: str | None
    counts: CountsOut = absent("with the first page: rows of each list, sifted alike")
    at_least: list[str] = absent(
        "with the first page: the lists of which `counts` says less than there is, or may be: counting "
        "stops at a thousand rows"
    )
