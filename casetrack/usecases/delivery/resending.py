"""The deliveries of a subscription: seen by their owner, and sent again."""

from datetime import datetime

from casetrack.domain.access import Actor
from casetrack.domain.delivery.receivers import STATES as DELIVERY_STATES
from casetrack.domain.errors import NotFound, NotNow
from casetrack.domain.events import check_json
from casetrack.storage.delivery import sending_again, subscriptions
from casetrack.storage.delivery.delivery_lists import DeliveryRow
from casetrack.storage.delivery.subscriptions import Row
from casetrack.storage.unit_of_work import UnitOfWork
from casetrack.usecases.context import Answer, Context
from casetrack.usecases.delivery.subscription_view import etag
from casetrack.usecases.delivery.subscriptions import locked, once, sight
from casetrack.usecases.delivery.webhook_attempt import append
from casetrack.usecases.idempotency import Request

#: Deliveries that one call sends again.
BULK = 1000
#: What may be sent again: what has an end.
AGAIN = ("given_up", "delivered", "cancelled")


def deliveries(
    ctx: Context, actor: Actor, name: str, *, state: str | None, before: int | None, limit: int
) -> list[DeliveryRow]:
    """Its deliveries, newest first. Raises NotFound."""
    row = sight(ctx, actor, name)
    states = [state] if state else list(DELIVERY_STATES)
    with ctx.database.read() as connection:
        return subscriptions.deliveries(
            connection, row.region, row.id, states=states, before=before, limit=limit
        )


def find_delivery(ctx: Context, actor: Actor, name: str, position: int) -> None:
    """Raises NotFound for a delivery that the subscription never had."""
    found = deliveries(ctx, actor, name, state=None, before=position + 1, limit=1)
    if [row.position for row in found] != [position]:
        raise NotFound("unknown_delivery", "This webhook has no delivery of that position.")


def resend(
    ctx: Context,
    actor: Actor,
    name: str,
    reason: str,
    request: Request | None,
    *,
    position: int | None = None,
    after: int = 0,
) -> Answer:
    """Send again: one delivery that has ended, or all that were given up behind a position.

    At most `BULK` at once; `next` says where to go on. The reason is kept sealed, with who and when.
    """
    check_json(reason)
    if position is not None:
        find_delivery(ctx, actor, name, position)

    def do(uow: UnitOfWork, now: datetime) -> Answer:
        row = locked(ctx, uow, actor, name)
        if row.state == "ended":
            raise NotNow("webhook_ended", "The webhook has ended; make a new one.")
        states = AGAIN if position is not None else ("given_up",)
        picked = subscriptions.pick_again(
            uow, row.region, row.id, states=states, position=position, after=after, limit=BULK
        )
        if position is not None and not picked:
            raise NotNow("delivery_waits", "This delivery has not ended: it is on its way already.")
        if picked:
            subscriptions.send_again(uow, row.region, picked)
            now = uow.time(None)
            sending_again.wake_again(uow, row.region, {lane: row.id for lane, _ in picked}, now)
            note_resend(ctx, uow, row, len(picked), reason, actor.id)
        following = picked[-1][1] if len(picked) == BULK else None
        return Answer({"id": row.id, "count": len(picked), "next": following}, etag(row))

    return once(ctx, actor, request, do)


def note_resend(
    ctx: Context, uow: UnitOfWork, row: Row, count: int, reason: str, login: str | None
) -> None:
    """Who, when and why is kept, the reason sealed; the ledger says how many. The row is locked."""
    again = ctx.new_id()
    now = append(ctx, uow, row, "resent", {"webhook": row.id, "resend": again, "count": count})
    sealed = ctx.vault.seal_secret(reason, f"resend:{row.region}:{again}")
    subscriptions.note_resend(
        uow,
        {
            "region": row.region,
            "resend": again,
            "subscription": row.id,
            "login": login,
            "at": now,
            "sealed": sealed,
            "count": count,
        },
    )
