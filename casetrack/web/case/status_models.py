"""The status of a case as an answer shows it to anybody with its number."""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, Field

from casetrack.domain.case.bills import BillState
from casetrack.domain.case.reviews import Remedy
from casetrack.domain.case.transitions import AnnulledBy, CaseStatus, StepStatus
from casetrack.web.case.bill_models import PayPlaceOut
from casetrack.web.case.clock_answer import ExplainedLimitOut
from casetrack.web.case.document_models import StatusDocumentOut
from casetrack.web.case.inspection_models import StatusInspectionOut
from casetrack.web.case.models import AgencyOut, OutsideOut
from casetrack.web.case.product_models import BecauseOut
from casetrack.web.http.models import NameOut, absent


class StatusStepOut(BaseModel):
    """A step as the applicant sees it."""

    id: str
    name: NameOut
    agency: AgencyOut
    status: StepStatus
    due_at: datetime | None
    ended_at: datetime | None


class StatusDefectOut(BaseModel):
    """What the applicant is asked to mend."""

    requirement: str
    name: NameOut
    text: str | None


class StatusBillOut(BaseModel):
    """What the applicant is to pay or has paid: with the official code, where the register says."""

    code: str
    amount: int
    currency: str
    due_at: datetime
    state: BillState
    label: NameOut
    basis: str
    pay_to: PayPlaceOut | None


class PowerWaitOut(BaseModel):
    """A step that nobody at its agency may take today; `until`: the day from which somebody may, null
    where no paper says so yet. `held_by`: the positions elsewhere whose holder may take it today."""

    step: str
    agency: AgencyOut
    until: date | None
    held_by: list[NameOut]
    message: NameOut


class CounterOut(OutsideOut):
    """When the counter is open: today, whether now, when next, and its week by the rule that counts.

    Null: the region's files do not say. On holidays and joint leave it is closed. It lengthens no limit.
    """

    today: str | None
    open_now: bool
    next_open_at: datetime | None
    week: dict[str, str]
    basis: str
    since: date
    until: date | None


class LimitPassedOut(BaseModel):
    """The limit of law passed without a decision: its last day, by which article, and what may be asked
    for. It never says that something was granted."""

    day: date
    article: str
    message: NameOut


class DayToldOut(BaseModel):
    """A day that matters to the applicant, and what it means."""

    day: date
    message: NameOut


class ObjectionOut(BaseModel):
    """How and until when one may object to the refusal; `remedy`: of a refused objection one appeals, of
    a refused appeal one goes to court. `reached` is the day on which a hand-over proves that it reached
    the party, `until` the last day; null: not known. A late one is taken in here, too."""

    remedy: Remedy
    where: str
    how: str
    days: int
    basis: str
    reached: date | None
    until: date | None
    over: bool = Field(description="the last day has passed")
    message: NameOut


class StatusEndedOut(BaseModel):
    """A product that was annulled or revoked: since when, by whom, and why, as it was written then.
    `because` null: a court did it, or the text is no longer kept."""

    id: str
    name: NameOut
    number: str | None
    status: Literal["annulled", "revoked"]
    on: date
    by: AnnulledBy
    because: BecauseOut | None
    message: NameOut


class StatusFileOut(BaseModel):
    """What was handed over as a file: `POST /status/{number}/files/{id}` opens it. `opened_at` is when it
    was first opened, which proves that it reached the applicant."""

    id: str
    name: NameOut
    handed_over_at: datetime
    opened_at: datetime | None


class StatusIssuedOut(BaseModel):
    """What another issued in a system of its own, as an officer noted it; it is verified there only."""

    issuer: NameOut
    number: str
    dated: date
    valid_until: date | None
    message: NameOut


class ParafOut(BaseModel):
    """The position whose paraf a draft waits for; `again`: it gave one to the text before."""

    position: str
    again: bool
    message: NameOut


class PutRightOut(BaseModel):
    """What was put right, and on which day; values are not said."""

    on: date
    message: NameOut


class SignedAnewOut(BaseModel):
    """A signature on paper that does not count: its step, the day on it, and why, in words."""

    step: str
    on: date
    message: NameOut


class StatusOut(BaseModel):
    """A case's status for anybody with its number; more with the access code."""

    number: str
    status: CaseStatus | Literal["decided"]
    label: NameOut
    agency: AgencyOut
    outside_mall: list[OutsideOut]
    held_since: datetime
    due_at: datetime | None
    waiting_for: str | None
    counter: CounterOut | None
    outcome: str = absent("with the access code")
    steps: list[StatusStepOut] = absent("with the access code")
    defects: list[StatusDefectOut] = absent("with the access code")
    documents: list[StatusDocumentOut] = absent("with the access code")
    waits: list[PowerWaitOut] = absent("with the access code")
    bills: list[StatusBillOut] = absent("with the access code")
    limits: list[ExplainedLimitOut] = absent(
        "with the access code: the limit that runs, with its days one by one"
    )
    gratis: bool = absent("with the access code: nothing is to be paid in this case")
    next_action: NameOut = absent("with the access code")
    limit_passed: LimitPassedOut = absent(
        "with the access code: unless the limit of law passed without a decision"
    )
    issued_elsewhere: StatusIssuedOut = absent(
        "with the access code: unless another issued the result in a system of its own"
    )
    corrections: list[PutRightOut] = absent(
        "with the access code: unless nothing was put right after it had been entered; oldest first"
    )
    paraf: ParafOut = absent(
        "with the access code: while a draft waits for a paraf that no step asks for"
    )
    signed_anew: list[SignedAnewOut] = absent(
        "with the access code: while a signature on paper that did not count is to be given anew"
    )
    ended: list[StatusEndedOut] = absent(
        "with the access code: what was annulled or revoked, and why"
    )
    objection: ObjectionOut = absent(
        "with the access code, of a refusal, and of what an official of this office annulled or revoked: "
        "as the letter of refusal says, or the law where there is no letter"
    )
    reviewed_by: NameOut = absent(
        "with the access code, of an objection or an appeal: which position decides it"
    )
    complete_by: DayToldOut = absent(
        "with the access code: of a file that was sent back, the last day on which what is missing is "
        "waited for; after it the case may be closed as lapsed"
    )
    check_passed: DayToldOut = absent(
        "with the access code: the check of completeness should have been finished on this day and is not"
    )
    inspections: list[StatusInspectionOut] = absent(
        "with the access code: what a step promised to look at outside, where one did"
    )
    files: list[StatusFileOut] = absent(
        "with the access code: what was handed over as a file, where something was"
    )
    continued_as: str = absent(
        "with the access code: of a closed case, the one of the same person in which it goes on"
    )
