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
from casetrack.domain.case.payments import (
    CONFIRMS_NOTHING,
    ClosingReason,
    Settled,
    Told,
    agrees,
    closed_event,
    stream_of,
)
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
        uow.lock(region, _reference(told.reference))
    return _hold_itself(uow, region, told)


def _hold_itself(uow: UnitOfWork, region: str, told: Told) -> tuple[Told, Settled] | None:
    call = payment_rows.of_name(region, told.payment)
    (rows,) = uow.lock(region, f"payment/{told.payment}", [call])
    return payment_rows.read(rows[0]) if rows else None


def _reference(reference: str) -> str:
    # Of whichever account: who confirms by hand names none.
    return f"told/{reference}"


def used_bill(uow: UnitOfWork, region: str, told: Told) -> Any:
    """The row of the bill that its reference confirmed, or None: of its account, or by hand of another.

    Two banks may use one number in their files. Who types one says no account, and means this payment.
    """
    if told.reference is None:
        return None
    rows = uow.ask(*bill_rows.of_reference(region, told.reference))
    own = (row for row in rows if row.account == told.account)
    return next(own, None) or next((row for row in rows if row.source == "officer"), None)


def is_paid_by(told: Told, used: Any) -> bool:
    """Whether it is just the payment by which this bill was confirmed."""
    return used is not None and _is_of(told, used._asdict())


def closed_for_good(
    uow: UnitOfWork, region: str, closed: Sequence[Told]
) -> tuple[Told, ClosingReason] | None:
    """The first of these payments of which somebody said that the money is for no bill, and what. The
    caller holds their reference."""
    for told in closed:
        said = payment_rows.closing(uow, region, told)
        if said is not None and said["reason"] in CONFIRMS_NOTHING:
            return told, said["reason"]
    return None


def by_hand(uow: UnitOfWork, state: CaseState, act: Act) -> Matched | None:
    """Of a confirmation by an officer: the bill, and what of its payment stands on the list. The caller
    holds the case.

    Raises NotNow where the reference stands there for another amount, code or account alone, waits to be
    settled for such, or was closed as one that confirms nothing.
    """
    said = act.details
    if not isinstance(said, Payment):
        return None
    bill = find_bill(state, said.bill) if said.bill else open_bill(state, act.step or "")
    if bill is None:
        return None
    asked = payment_rows.with_reference(state.region, said.reference)
    (rows,) = uow.lock(state.region, _reference(said.reference), [asked])
    closed = closed_for_good(uow, state.region, _in_state("closed", rows))
    if closed is not None:
        raise _was_closed(*closed)
    waiting = [told for told in _in_state("waiting", rows) if not _is_of(told, bill)]
    if waiting:
        raise _waits(waiting[0])
    listed = _in_state("unmatched", rows)
    same = [told for told in listed if _is_of(told, bill)]
    if listed and not same:
        raise _stands_there(listed[0])
    return bill, same


def _in_state(state: str, rows: Sequence[Any]) -> list[Told]:
    return [payment_rows.read(row)[0] for row in rows if row.state == state]


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


def _waits(told: Told) -> NotNow:
    return NotNow(
        "reference_listed",
        f"A payment with this reference waits to be settled: {told.amount} rupiah with the code "
        f"{told.code} into the account {told.account}. Try again once it is settled, or give the right "
        "reference.",
        payment=told.payment,
    )


def _was_closed(told: Told, reason: ClosingReason) -> NotNow:
    return NotNow(
        "reference_closed",
        f"A payment with this reference into the account {told.account} was closed as {reason}, and "
        "confirms nothing. Give the right reference, or correct that closing first, as "
        "confirmed_by_hand, if it was wrong.",
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
    rows = uow.ask(*payment_rows.with_reference(region, told.reference or ""))
    return [each for each in _in_state("unmatched", rows) if _is_of(each, bill)]


def closed_with(uow: UnitOfWork, region: str, told: Told) -> bool:
    """Whether somebody said of its account's money with its reference that it is for no bill. The caller
    holds its reference."""
    rows = uow.ask(*payment_rows.with_reference(region, told.reference or ""))
    closed = [each for each in _in_state("closed", rows) if each.account == told.account]
    return closed_for_good(uow, region, closed) is not None
