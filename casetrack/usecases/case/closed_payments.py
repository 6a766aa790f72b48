"""Payments that fit no bill are closed by a person, who says what became of the money."""

from dataclasses import replace

from casetrack.domain.access import Actor, require_agency
from casetrack.domain.case.bills import find_bill, makers
from casetrack.domain.case.payments import (
    GONE,
    ClosingReason,
    Settled,
    Told,
    closed_event,
    stream_of,
)
from casetrack.domain.errors import Invalid, NotNow
from casetrack.storage.case import case_rows, payment_rows
from casetrack.storage.people import officers
from casetrack.storage.people.own_case import own_case
from casetrack.storage.unit_of_work import UnitOfWork
from casetrack.usecases import idempotency
from casetrack.usecases.case import listed_payments
from casetrack.usecases.context import Answer, Context
from casetrack.usecases.facts import append_fact


def close(
    ctx: Context,
    actor: Actor,
    payment: str,
    reason: ClosingReason,
    corrects: ClosingReason | None = None,
    request: idempotency.Request | None = None,
) -> Answer:
    """Take a payment off the list, or correct the reason by which it was; no bill is touched by it.

    `corrects` is the reason that was wrong. Raises Invalid (none of this name), Forbidden (another
    agency's account), NotNow (also of their own case, of a bill that they issued or reduced, or where a
    bill was confirmed by it and the reason says otherwise).
    """
    with ctx.database.write() as uow:
        found = payment_rows.one(uow, actor.region, payment)
    if found is None:
        raise Invalid(
            "unknown_payment",
            "No such payment was told of.",
            errors=[{"at": "payment", "message": "no such payment was told of"}],
        )
    require_agency(actor, found[0].agency)
    replayed = idempotency.replay(ctx, request)
    if replayed is not None:
        return replayed
    return idempotency.written(
        ctx, request, lambda uow: _close(uow, actor, payment, reason, corrects)
    )


def _made_the_bill(uow: UnitOfWork, region: str, settled: Settled, officer: str) -> bool:
    """Whether the person behind this account issued or reduced the bill for which the money came."""
    if settled.number is None or settled.bill is None:
        return False
    record = case_rows.lock_case(uow, region, settled.number)
    if record is None:
        return False
    made = makers(find_bill(record.state, settled.bill))
    person = dict(officers.persons(uow.connection, region))
    return person.get(officer, officer) in {person.get(each, each) for each in made}


def _close(
    uow: UnitOfWork,
    actor: Actor,
    payment: str,
    reason: ClosingReason,
    corrects: ClosingReason | None,
) -> Answer:
    region = actor.region
    told, settled = _meant(payment_rows.one(uow, region, payment), corrects)
    # The case first, as everywhere: listed_payments says why. One that is listed keeps its case.
    made_the_bill = _made_the_bill(uow, region, settled, actor.id)
    told, settled = _meant(listed_payments.hold(uow, region, told), corrects)
    if corrects is not None:
        _check_corrected(payment_rows.closing(uow, region, told)["reason"], reason, corrects)
    if settled.number and uow.ask(*own_case(region, settled.number, actor.id)):
        raise NotNow("own_payment", "It is for a bill of your own case; a colleague closes it.")
    if made_the_bill:
        raise NotNow("own_payment", "You issued or reduced its bill; a colleague closes it.")
    paid = _paid(uow, region, told, reason)
    settled = replace(settled, state="closed")
    if paid is not None:
        settled = replace(settled, number=paid[0], bill=paid[1])
    payment_rows.settle(uow, region, payment, settled)
    uow.lock(region, stream_of(told))
    append_fact(uow, region, stream_of(told), closed_event(told, reason, paid, corrects), actor)
    view = {"payment": payment, "state": "closed", "reason": reason, "by": actor.id}
    return Answer(view, '"closed"')


def _meant(
    found: tuple[Told, Settled] | None, corrects: ClosingReason | None
) -> tuple[Told, Settled]:
    """The payment, where it is one that fits no bill, or whose closing is corrected. Raises NotNow."""
    state = found[1].state if found else "waiting"
    if found is not None and state == ("closed" if corrects else "unmatched"):
        return found
    if corrects is not None:
        raise NotNow(
            "payment_state_forbids",
            f"Only a closing is corrected; this payment is {state}.",
            status_now=state,
        )
    raise NotNow(
        "payment_state_forbids",
        f"Only a payment that fits no bill is closed; this one is {state}.",
        status_now=state,
    )


def _check_corrected(stands: ClosingReason, reason: ClosingReason, corrects: ClosingReason) -> None:
    """Raises NotNow where another closing stands than the one that is corrected."""
    if stands == "matched":
        raise NotNow(
            "closing_differs",
            "What was closed as matched paid a bill; refund that where it is wrong.",
        )
    if stands != corrects or stands == reason:
        raise NotNow("closing_differs", f"This payment is closed as {stands}; correct that reason.")


def _paid(
    uow: UnitOfWork, region: str, told: Told, reason: ClosingReason
) -> tuple[str, str] | None:
    """Case and bill that were confirmed by it: by a release that left it on the list.

    Raises NotNow where the reason says otherwise.
    """
    used = listed_payments.used_bill(uow, region, told)
    bill = used if listed_payments.is_paid_by(told, used) else None
    if bill is not None and reason != "matched":
        raise NotNow(
            "closing_differs",
            f"By this payment {bill.bill} of {bill.number} is confirmed; close it as matched.",
        )
    if bill is None and reason == "matched":
        raise NotNow(
            "closing_differs", "By this payment no bill is confirmed; say what became of the money."
        )
    if bill is None and used is not None and used.state == "confirmed" and reason in GONE:
        raise NotNow(
            "closing_differs",
            f"By a payment with this reference {used.bill} of {used.number} is confirmed; close it as "
            "told_twice or confirmed_by_hand, or refund that bill first.",
        )
    return (bill.number, bill.bill) if bill is not None else None
