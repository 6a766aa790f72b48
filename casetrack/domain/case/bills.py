"""The bills of a case: how each stands, what may be done to it, and what is said when it is done.

A bill is known by its place among those of its case, so none is ever taken out. Only a confirmed one
lets what waits for the payment go on.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from casetrack.domain.case.state import CaseState, Document
from casetrack.domain.case.transitions import CaseStatus
from casetrack.domain.errors import NotFound
from casetrack.domain.service.definition import (
    BILL_POWERS,
    ServiceDefinition,
    StepDefinition,
)
from casetrack.domain.service.tariff import amount_of

BillState = Literal["issued", "reported", "overdue", "confirmed", "cancelled", "refunded"]
#: Of these something is still to be paid.
OPEN_BILL: tuple[BillState, ...] = ("issued", "reported", "overdue")
#: In a case that ended without a grant nothing is paid any more: what comes is on the list.
PAYS: tuple[CaseStatus, ...] = ("in_progress", "returned", "granted", "handed_over")
#: Every event that brings one carries the whole list, so it does not grow without end.
MOST_BILLS = 50

#: What people do to a bill that is there.
BillAction = Literal["report", "confirm", "reduce", "cancel", "refund"]
#: What is done with bills, as acts of a case: in which state, and to which it goes.
BILL_ACTS: Mapping[str, Mapping[BillState, BillState]] = {
    "issue_bill": {},
    "report_bill": {"issued": "reported", "overdue": "reported"},
    "confirm_bill": {"issued": "confirmed", "reported": "confirmed", "overdue": "confirmed"},
    "reduce_bill": {"issued": "issued", "reported": "reported", "overdue": "overdue"},
    "cancel_bill": {"issued": "cancelled", "reported": "cancelled", "overdue": "cancelled"},
    "refund_bill": {"confirmed": "refunded"},
    "expire_bill": {"issued": "overdue", "reported": "overdue"},
}
#: Decisions: each takes a power of its own, or is another system's.
BILL_DECISIONS: tuple[str, ...] = BILL_POWERS
#: Who told of a payment: an officer who saw it, a bank's file, the treasury's system.
PaymentSource = Literal["officer", "file", "call"]


@dataclass(frozen=True, slots=True)
class BillIssue:
    """Of `issue_bill`: where it is paid, and what the definition does not say.

    `code` where its issuer gives it, or as it was drawn; `number` and `dated` of another system's
    assessment; `due_on` where that says it.
    """

    account: str | None = None
    code: str | None = None
    amount: int | None = None
    number: str | None = None
    dated: date | None = None
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class BillChange:
    """Of what is done to one bill: which, and of `reduce_bill` the amount from now on."""

    bill: str
    amount: int | None = None


@dataclass(frozen=True, slots=True)
class Payment:
    """Of `confirm_bill`: the reference of the bank or treasury, and who told of it.

    `bill` is None at a pay step, where the open one is meant. `told_by` is the officer who loaded the
    file, None of a call.
    """

    reference: str
    bill: str | None = None
    amount: int | None = None
    source: PaymentSource = "officer"
    told_by: str | None = None


BillDetails = BillIssue | BillChange | Payment


def bill_id(place: int) -> str:
    """What the bill at this place of the case's list is called."""
    return f"bill-{place + 1}"


def find_bill(state: CaseState, bill: str) -> Document:
    """The bill of this id. Raises NotFound."""
    for place, each in enumerate(state.bills):
        if bill_id(place) == bill:
            return each
    raise NotFound("unknown_bill", "This case has no such bill.")


def takes_money(state: CaseState, bill: Document) -> bool:
    """Whether something is still to be paid by it: only then anybody is told where."""
    return bill["state"] in OPEN_BILL and state.status in PAYS


def makers(bill: Document) -> set[str]:
    """Who issued it, and who reduced it: they say of no payment what became of it."""
    return {bill["issued_by"], *bill.get("reduced_by", ())}


def open_bill(state: CaseState, step: str) -> Document | None:
    """What is still to be paid at a pay step; at most one is."""
    return next((b for b in state.bills if b["step"] == step and b["state"] in OPEN_BILL), None)


def paid_bill(state: CaseState, step: str) -> Document | None:
    """What was paid at a pay step and not given back."""
    return next((b for b in state.bills if b["step"] == step and b["state"] == "confirmed"), None)


def is_free(step: StepDefinition, facts: Mapping[str, Any]) -> bool:
    """Whether the formula of a pay step says that nothing is to be paid with these facts."""
    if step.bill is None or step.bill.formula is None:
        return False
    try:
        return amount_of(step.bill.formula, facts) == 0
    except ValueError:
        return False


def is_gratis(state: CaseState, definition: ServiceDefinition) -> bool:
    """Whether nothing is to be paid in this case: every pay step was left out, and there is no fee."""
    if definition.fee is not None and definition.fee.amount:
        return False
    pay = [step.id for step in definition.steps if step.kind == "pay"]
    return not state.bills and all(state.steps[name].status == "skipped" for name in pay)


def payable(state: CaseState) -> Iterator[Document]:
    """The bills of which something is still to be paid."""
    return (bill for bill in state.bills if bill["state"] in OPEN_BILL)
