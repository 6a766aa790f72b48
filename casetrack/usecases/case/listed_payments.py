"""Payments on the list of those that fit no bill: held, and closed once a bill is confirmed by them.

The order of locks of money, everywhere: the case (with its register), then the reference, then the
payment, then the streams by their names. A case comes first because everything that is done to one
begins with its lock, a confirmation by hand too, and only behind it is it known which payments are
meant. Whoever begins with a payment therefore looks up its case without a lock, and looks again behind.
"""

from collections.abc import Sequence
from typing import Any

from casetrack.domain.access import Actor
from casetrack.domain.case.bills import Payment, find_bill, open_bill
from casetrack.domain.case.commands import Act
from casetrack.domain.case.payments import Settled, Told, agrees, closed_event, stream_of
from casetrack.domain.case.state import CaseState, Document
from casetrack.domain.errors import NotNow
from casetrack.storage.case import bill_rows, payment_rows
from casetrack.storage.unit_of_work import UnitOfWork
from casetrack.usecases.facts import append_fact

#: A bill, and the payments on the list that are the one by which it is confirmed.
Matched = tuple[Document, Sequence[Told]]


def hold(uow: UnitOfWork, region: str, told: Told) -> tuple[Told, Settled] | None:
    """The payment as it stands behind its locks: one after the other for its reference and for itself,
    whoever tells of it and wherever it is settled or closed. The caller holds its case."""
    if told.reference is not None:
        uow.lock(region, _reference(told.account, told.reference))
    return _hold_itself(uow, region, told)


def _hold_itself(uow: UnitOfWork, region: str, told: Told) -> tuple[Told, Settled] | None:
    call = payment_rows.of_name(region, told.payment)
    (rows,) = uow.lock(region, f"payment/{told.payment}", [call])
    return payment_rows.read(rows[0]) if rows else None


def _reference(account: str, reference: str) -> str:
    return f"told/{account}/{reference}"


def paid_bill(uow: UnitOfWork, region: str, told: Told) -> Any:
    """The row of the bill that was confirmed by just this payment, or None."""
    if told.reference is None:
        return None
    rows = uow.ask(*bill_rows.of_payment(region, told.account, told.reference))
    return next((row for row in rows if agrees(told, row._asdict())), None)


def by_hand(uow: UnitOfWork, state: CaseState, act: Act) -> Matched | None:
    """Of a confirmation by an officer: the bill, and what of its payment stands on the list. The caller
    holds the case.

    Raises NotNow where the reference stands there for another amount, code or account alone.
    """
    said = act.details
    if not isinstance(said, Payment):
        return None
    bill = find_bill(state, said.bill) if said.bill else open_bill(state, act.step or "")
    if bill is None:
        return None
    name = _reference(bill["account"], said.reference)
    (rows,) = uow.lock(state.region, name, [payment_rows.on_list(state.region, said.reference)])
    listed = [payment_rows.read(row)[0] for row in rows]
    same = [told for told in listed if _is_of(told, bill)]
    if listed and not same:
        raise _stands_there(listed[0])
    return bill, same


def _is_of(told: Told, bill: Document) -> bool:
    return told.account == bill["account"] and agrees(told, bill)


def _stands_there(told: Told) -> NotNow:
    return NotNow(
        "reference_listed",
        f"A payment with this reference is on the list of those that fit no bill: {told.amount} rupiah "
        f"with the code {told.code} into the account {told.account}. Give the right reference, or close "
        "that payment first, saying what became of it.",
        payment=told.payment,
    )


def close_matched(uow: UnitOfWork, state: CaseState, matched: Matched | None, actor: Actor) -> None:
    """Take payments off the list by which this bill was confirmed. The caller holds their reference."""
    if matched is None:
        return
    bill, told = matched
    region, paid = state.region, (state.number, bill["id"])
    held = [_hold_itself(uow, region, each) for each in sorted(told, key=stream_of)]
    listed = [each for each in held if each is not None and each[1].state == "unmatched"]
    for each, settled in listed:
        settled = Settled("closed", settled.why, *paid)
        payment_rows.settle(uow, region, each.payment, settled)
        uow.lock(region, stream_of(each))
        append_fact(uow, region, stream_of(each), closed_event(each, "matched", paid), actor)


def listed_with(uow: UnitOfWork, region: str, told: Told, bill: Document) -> list[Told]:
    """What stands on the list of the payment that confirms this bill. The caller holds its reference."""
    rows = uow.ask(*payment_rows.on_list(region, told.reference or ""))
    return [each for each in (payment_rows.read(row)[0] for row in rows) if _is_of(each, bill)]
