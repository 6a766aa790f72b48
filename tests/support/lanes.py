"""One lane by itself, where the product works on whole queues; and queues that were rung for."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select

from casetrack.storage import schema
from casetrack.storage.delivery import claims, due_lanes, results, subscriptions
from casetrack.storage.delivery.claims import Claim
from casetrack.storage.delivery.results import Ended
from casetrack.storage.unit_of_work import Database, UnitOfWork
from casetrack.usecases.context import Context
from casetrack.usecases.delivery import sets
from casetrack.usecases.delivery.outcomes import Attempt


def claim_lane(database: Database, region: str, lane: str, now: datetime) -> Claim | None:
    """What the product's claim takes of this lane, were its queue to have no other."""
    lanes = schema.lanes
    with database.write() as uow:
        locked = uow.execute(
            select(lanes.c.queue, lanes.c.lane, lanes.c.fence, lanes.c.claimed)
            .where(
                lanes.c.region == region,
                lanes.c.lane == lane,
                lanes.c.due_at <= now + claims.SKEW,
                due_lanes.free(lanes, now),
            )
            .with_for_update(skip_locked=True)
        ).all()
        if not locked:
            return None
        queue = locked[0].queue
        endpoint = subscriptions.find(uow.connection, region, queue)
        taken = claims.take(uow, region, queue, locked, now, endpoint)
    return taken[0] if taken else None


def attempt_lane(
    ctx: Context,
    region: str,
    lane: str,
    attempt: Attempt,
    jitter: Callable[[], float],
    most: int,
) -> int:
    """Work through a lane until it is empty, held, or has to wait; gives how many attempts were made."""
    made = 0
    while made < most:
        claim = claim_lane(ctx.database, region, lane, ctx.database.now())
        if claim is None:
            break
        done = sets.attempt_set(ctx, [claim], attempt, jitter)
        made += done.made
        if not done.made:
            break
    return made


def finish(
    uow: UnitOfWork, claim: Claim, state: str, now: datetime, *, attempts: int, **more: Any
) -> bool:
    """Write down how an attempt ended; False when the lease was lost."""
    ended = Ended(claim, state, attempts, **more)
    return claim.lane in results.write_down(uow, [ended], now)


def work(
    ctx: Context, rung: Iterable[tuple[str, str]], attempt: Attempt, jitter: float = 0.5
) -> int:
    """Work on these queues and on what is rung for meanwhile; gives how many attempts were made."""
    made, waiting = 0, [*dict.fromkeys(rung)]
    while waiting:
        region, queue = waiting.pop(0)

        def ring(name: str, region: str = region) -> None:
            waiting.append((region, name))

        made += sets.work_on(ctx, region, queue, attempt, lambda: jitter, 1000, ring=ring).made
    return made
