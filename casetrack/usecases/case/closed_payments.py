"""Payments that fit no bill are closed by a person, who says what became of the money."""

from dataclasses import replace

from casetrack.domain.access import Actor, require_agency
from casetrack.domain.case.bills import find_bill, makers
from casetrack.domain.case.payments import ClosingReason, Settled, closed_event, stream_of
from casetrack.domain.errors import Invalid, NotNow
from casetrack.storage.case import case_rows, payment_rows
from casetrack.storage.people import officers
from casetrack.storage.people.own_case import own_case
from casetrack.storage.unit_of_work import UnitOfWork
from casetrack.usecases import idempotency
from casetrack.usecases.context import Answer, Context
from casetrack.usecases.facts import append_fact


def close(
    ctx: Context,
    actor: Actor,
    payment: str,
    reason: ClosingReason,
    request: idempotency.Request | None = None,
) -> Answer:
    """Take a payment off the list; no bill is touched by it.

    Raises Invalid (none of this name), Forbidden (another agency's account), NotNow (also of their own
    case, or of a bill that they issued or reduced).
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
    return idempotency.written(ctx, request, lambda uow: _close(uow, actor, payment, reason))


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


def _close(uow: UnitOfWork, actor: Actor, payment: str, reason: ClosingReason) -> Answer:
    region = actor.region
    # The payment first and then its stream, as where it is settled.
    uow.lock(region, f"payment/{payment}")
    found = payment_rows.one(uow, region, payment)
    if found is None or found[1].state != "unmatched":
        state = found[1].state if found else "waiting"
        raise NotNow(
            "payment_state_forbids",
            f"Only a payment that fits no bill is closed; this one is {state}.",
            status_now=state,
        )
    told, settled = found
    if settled.number and uow.ask(*own_case(region, settled.number, actor.id)):
        raise NotNow("own_payment", "It is for a bill of your own case; a colleague closes it.")
    if _made_the_bill(uow, region, settled, actor.id):
        raise NotNow("own_payment", "You issued or reduced its bill; a colleague closes it.")
    payment_rows.settle(uow, region, payment, replace(settled, state="closed"))
    uow.lock(region, stream_of(told))
    append_fact(uow, region, stream_of(told), closed_event(told, reason), actor)
    view = {"payment": payment, "state": "closed", "reason": reason, "by": actor.id}
    return Answer(view, '"closed"')
