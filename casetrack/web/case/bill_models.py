"""What is taken and told of bills."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from casetrack.domain.case.bills import BillAction, BillState, PaymentSource
from casetrack.web.http.models import (
    NO_NUL,
    PAYMENT_CODE,
    PAYMENT_REFERENCE,
    Day,
    Identifier,
    NameOut,
    Note,
    PageQuery,
    Taken,
    absent,
)

#: Of a bank or treasury, as it stands on the proof of payment; in capitals, so that one payment in other
#: letters is no other.
Reference = Annotated[str, StringConstraints(pattern=PAYMENT_REFERENCE, to_upper=True)]
Code = Annotated[str, StringConstraints(pattern=PAYMENT_CODE)]
Rupiah = Annotated[int, Field(ge=1, le=2**53 - 1, description="whole rupiah")]


class BillIn(Taken):
    """A new bill of a pay step. Where it is paid is an account of the register, never free text."""

    step: Identifier
    account: Identifier | None = Field(
        default=None, description="needed where the register has several for this service"
    )
    code: Code | None = Field(
        default=None, description="the code that its issuer gave; none where casetrack draws it"
    )
    amount: Rupiah | None = Field(
        default=None, description="where the service has no formula; then a reason is needed"
    )
    reason: Note | None = None
    number: (
        Annotated[str, StringConstraints(max_length=64, pattern=NO_NUL, min_length=1)] | None
    ) = Field(default=None, description="of another system's assessment (SKPD, SKRD)")
    dated: Day | None = Field(default=None, description="the day of that assessment")
    due_on: Day | None = Field(default=None, description="until when, as that assessment says")
    as_position: Identifier | None = None


class BillActionIn(Taken):
    """report: the applicant says that they have paid; confirm: the money is there."""

    action: BillAction
    reference: Reference | None = Field(
        default=None, description="confirm: the reference of the bank or treasury"
    )
    amount: Rupiah | None = Field(
        default=None, description="reduce: from now on; confirm: what came, refused if it differs"
    )
    reason: Note | None = Field(default=None, description="reduce, cancel, refund: why")
    as_position: Identifier | None = None


class PayPlaceOut(BaseModel):
    """An account or issuer of codes, as the register has it today."""

    id: str
    name: NameOut
    bank: str
    number: str | None
    holder: str | None


class BillOut(BaseModel):
    """A bill of a case."""

    id: str
    step: str
    state: BillState
    code: str
    amount: int
    currency: str
    basis: str
    due_at: datetime
    account: str
    issued_at: datetime
    issued_by: str
    number: str | None = Field(description="of another system's assessment")
    reported_at: datetime | None
    overdue_at: datetime | None
    reduced_at: datetime | None
    confirmed_at: datetime | None
    cancelled_at: datetime | None
    refunded_at: datetime | None
    reference: str | None
    source: PaymentSource | None
    pay_to: PayPlaceOut | None = absent("where one case is read")
    paper: str = absent("where one case is read: the path of the bill as page or PDF")


class BillsOut(BaseModel):
    """The bills of a case, in the order in which they were issued."""

    items: list[BillOut]
    gratis: bool = Field(description="nothing is to be paid in this case")


class BillsQuery(PageQuery):
    """Which bills."""

    state: BillState | None = None
    open: bool = Field(default=False, description="true: of which something is still to be paid")
    service: Identifier | None = None
    due_before: Day | None = None
    due_from: Day | None = None


class ListedBillOut(BaseModel):
    """A bill in a list."""

    number: str
    bill: str
    step: str
    agency: str
    service: str
    account: str
    code: str
    amount: int
    currency: str
    state: BillState
    issued_at: datetime
    due_at: datetime


class BillPage(BaseModel):
    """Bills, those that are due first first."""

    items: list[ListedBillOut]
    next_cursor: str | None


class BillTotalsQuery(BaseModel):
    """Of which service, and due when."""

    model_config = {"extra": "forbid"}

    service: Identifier | None = None
    due_before: Day | None = None
    due_from: Day | None = None


class BillTotalOut(BaseModel):
    """Bills of one service in one state."""

    service: str
    state: BillState
    bills: int
    amount: int


class BillTotalsOut(BaseModel):
    """How many bills there are and what they come to, in whole rupiah."""

    items: list[BillTotalOut]
    currency: str
