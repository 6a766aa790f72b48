"""Payments that a bank's file or the treasury's system tells of: each fits one bill, or is on a list.

No payment is ever made to fit: what differs, comes twice or comes too late waits for a person.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from casetrack.domain.authority.accounts import masked_code
from casetrack.domain.case.bills import OPEN_BILL
from casetrack.domain.errors import Refusal
from casetrack.domain.events import TYPE_PREFIX, NewEvent

#: `closed`: it fits no bill, and an officer has said what became of the money. `known`: the same
#: payment was told of before, and has confirmed its bill, or stands on the list of those that fit none.
PaymentState = Literal["waiting", "confirmed", "known", "unmatched", "closed"]
#: Why a payment fits no bill.
Why = Literal[
    "unreadable",
    "unknown_code",
    "wrong_account",
    "amount_differs",
    "paid_twice",
    "cancelled",
    "refunded",
    "case_over",
    "reference_used",
    "reference_closed",
    "own_bill",
]

#: What became of money that fits no bill. Only `matched` says that a bill is paid: by this payment, later
#: than it was listed.
ClosingReason = Literal[
    "returned", "confirmed_by_hand", "told_twice", "not_ours", "no_payment", "matched"
]
#: By these the money is not there for a bill: none is confirmed by it, before or afterwards.
GONE: tuple[ClosingReason, ...] = ("returned", "not_ours", "no_payment")
#: What was closed so confirms no bill any more. What confirmed one may still have been told of twice.
CONFIRMS_NOTHING: tuple[ClosingReason, ...] = (*GONE, "told_twice")

#: What `decide` says of a confirmation → why the payment fits no bill.
_REFUSED: Mapping[str, Why] = {
    "amount_differs": "amount_differs",
    "status_forbids": "case_over",
    "own_bill": "own_bill",
}


@dataclass(frozen=True, slots=True)
class Told:
    """One payment as it was told of. `payment` is its name: where it stands in which file, or its account
    and reference."""

    payment: str
    account: str
    agency: str
    code: str | None
    amount: int | None
    reference: str | None
    paid_on: str | None = None
    file: str | None = None
    told_by: str | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of it."""

    state: PaymentState
    why: Why | None = None
    number: str | None = None
    bill: str | None = None


def is_readable(told: Told) -> bool:
    """Whether it says code, amount and reference, without which no bill is looked for."""
    return None not in (told.code, told.amount, told.reference)


#: State of a bill that takes no money → why a payment with its code fits none.
_ENDED: Mapping[str, Why] = {
    "confirmed": "paid_twice",
    "cancelled": "cancelled",
    "refunded": "refunded",
}


def fit(told: Told, bill: Mapping[str, Any], number: str) -> Settled | None:
    """What a payment is for a bill that has its code; None where it may confirm it.

    Its reference confirmed no bill before.
    """
    place = (number, bill["id"])
    if bill["account"] != told.account:
        return Settled("unmatched", "wrong_account", *place)
    if bill["state"] in OPEN_BILL:
        return None
    return Settled("unmatched", _ENDED[bill["state"]], *place)


def agrees(told: Told, bill: Mapping[str, Any]) -> bool:
    """Whether a payment says code and amount of the bill that its account and reference confirmed.

    A code that fitted no account when it was told of was masked.
    """
    codes = (bill["code"], masked_code(bill["code"]))
    return told.amount == bill["amount"] and told.code in codes


def refused(error: Refusal, number: str, bill: str) -> Settled:
    """What a payment is that the case's rules refuse. Raises the error where they never should."""
    why = _REFUSED.get(error.code)
    if why is None:
        raise error
    return Settled("unmatched", why, number, bill)


def unmatched_event(told: Told, settled: Settled) -> NewEvent:
    """`casetrack.payment.unmatched`: money came, and nobody may say that a bill is paid by it."""
    said = {
        "payment": told.payment,
        "account": told.account,
        "agency": told.agency,
        "code": told.code,
        "amount": told.amount,
        "reference": told.reference,
        "why": settled.why,
    }
    return NewEvent(
        TYPE_PREFIX + "payment.unmatched", {n: v for n, v in said.items() if v is not None}
    )


CLOSED = TYPE_PREFIX + "payment.closed"


def closed_event(
    told: Told,
    reason: ClosingReason,
    paid: tuple[str, str] | None = None,
    corrects: ClosingReason | None = None,
) -> NewEvent:
    """`casetrack.payment.closed`: what became of it; of one that is matched also case and bill, of a
    closing that is corrected the reason that was wrong."""
    said = {"payment": told.payment, "account": told.account, "agency": told.agency}
    place = {"number": paid[0], "bill": paid[1]} if paid else {}
    before = {"corrects": corrects} if corrects else {}
    return NewEvent(CLOSED, {**said, "reason": reason, **place, **before})


def loaded_event(said: Mapping[str, Any]) -> NewEvent:
    """`casetrack.payment.file_loaded`: which file, by its hash, of which account, with how many rows."""
    return NewEvent(TYPE_PREFIX + "payment.file_loaded", dict(said))


def stream_of(told: Told) -> str:
    """The stream in which it is noted that it fits no bill: its file's, or its account's."""
    return file_stream(told.file) if told.file else f"payment/account.{told.account}"


def file_stream(file: str) -> str:
    """The stream of a file of payments."""
    return f"payment/{file}"
