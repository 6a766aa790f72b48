"""What is taken and told of payments that banks and the treasury tell of."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from casetrack.domain.case.payments import ClosingReason, PaymentState, Why
from casetrack.domain.people.stored_files import MEGABYTE
from casetrack.web.case.bill_models import Reference
from casetrack.web.http.models import BASE64, NO_NUL, Asked, Identifier, PageQuery, Taken

#: Of a file in JSON, before base64; of one in a form.
MOST_BYTES = 2 * MEGABYTE
MOST_MEGABYTES = 10
Base64 = Annotated[str, StringConstraints(pattern=BASE64, min_length=4)]


class PaymentFieldsIn(Taken):
    """Into which account the payments of a file went."""

    account: Identifier = Field(description="of the register: into which the payments went")


class PaymentFileForm(PaymentFieldsIn):
    """A bank's list of payments as a form (multipart/form-data), with the file as the bank gave it."""

    file: Annotated[str, Field(json_schema_extra={"format": "binary"})] = Field(
        description="CSV with a line that names the columns (code, amount, reference, and a date if "
        "there is one); comma, semicolon, tab or bar; UTF-8, UTF-16 or Windows-1252; at most 100,000 "
        "rows and 10 MB"
    )


class PaymentFileIn(PaymentFieldsIn):
    """The same in JSON, for a small file."""

    file: Base64 = Field(
        description="the file in base64: CSV with a line that names the columns (code, amount, "
        "reference, and a date if there is one); comma, semicolon, tab or bar; UTF-8, UTF-16 or "
        "Windows-1252; at most 100,000 rows and 2 MB"
    )


class PaymentResultsOut(BaseModel):
    """How many rows stand how; who waits is settled within seconds."""

    waiting: int
    confirmed: int
    known: int
    unmatched: int
    closed: int


class PaymentFileOut(BaseModel):
    """A file that was loaded."""

    file: str = Field(description="its SHA-256")
    account: str
    loaded_by: str
    loaded_at: datetime
    lines: int
    results: PaymentResultsOut


class PaymentOut(BaseModel):
    """A payment that was told of, and what became of it."""

    payment: str
    account: str
    file: str | None
    line: int | None
    told_by: str | None
    code: str | None
    amount: int | None
    reference: str | None
    paid_on: str | None
    state: PaymentState
    why: Why | None = Field(description="unmatched: why it fits no bill")
    number: str | None
    bill: str | None
    at: datetime


class UnmatchedQuery(PageQuery):
    """Which payments that fit no bill; all of these where several are given."""

    why: Why | None = None
    account: Identifier | None = None
    code: Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=NO_NUL)] | None = (
        Field(
            default=None, description="as the payer typed it; one that is kept masked is found too"
        )
    )
    reference: Reference | None = None


class UnmatchedTotalsQuery(Asked):
    """Of which account."""

    account: Identifier | None = None


class UnmatchedTotalOut(BaseModel):
    """Payments that fit no bill for one reason."""

    why: Why
    payments: int
    amount: int = Field(description="of those that say one")


class UnmatchedTotalsOut(BaseModel):
    """How many payments fit no bill and what they come to, in whole rupiah."""

    items: list[UnmatchedTotalOut]


class ClosingIn(Taken):
    """What became of the money of a payment that fits no bill."""

    payment: Annotated[str, StringConstraints(min_length=1, max_length=224, pattern=NO_NUL)]
    reason: ClosingReason = Field(
        description="returned: the money went back; confirmed_by_hand: an officer confirmed the bill "
        "that was meant; told_twice: the same money was told of before; not_ours: it was meant for "
        "somebody else; no_payment: the row is none; matched: a bill was confirmed by just this payment "
        "(casetrack closes it so by itself when that happens)"
    )
    corrects: ClosingReason | None = Field(
        default=None,
        description="of a payment that is closed already: the reason by which it is, which was wrong",
    )


class ClosingOut(BaseModel):
    """A payment that is off the list; no bill becomes paid by that."""

    payment: str
    state: PaymentState
    reason: ClosingReason
    by: str


class PaymentPage(BaseModel):
    """Payments."""

    items: list[PaymentOut]
    next_cursor: str | None
