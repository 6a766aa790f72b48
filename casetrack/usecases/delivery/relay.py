"""Attempts on the outside: one lane after another, oldest delivery first."""

import logging
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from casetrack.domain.delivery.endpoint_health import LONGEST_WAIT
from casetrack.domain.delivery.receivers import Tried, move_on, next_attempt
from casetrack.domain.events import Event, instant
from casetrack.storage.delivery import claims, due_lanes
from casetrack.storage.delivery.claims import Claim, Freed
from casetrack.storage.unit_of_work import DatabaseDown, UnitOfWork
from casetrack.usecases.context import Context
from casetrack.usecases.pacing import FRESH

#: Seconds between tries to write down what was sent, while the database is away; a lease is longer.
AGAIN = (0.5, 1.0, 2.0, 4.0)


class Attempt(Protocol):
    """Carries one delivery to the outside."""

    def __call__(self, claim: Claim, event: Event) -> "Outcome":
        """Tries once, within the lease; never raises for what the outside does."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one attempt ended: delivered, not possible, failed (for good or not), or put back.

    `wait` is how many seconds the receiver asked to be left alone. What was put back was not tried:
    `until` says until when it is to be left, None that it is as due as before.
    """

    state: str
    error: str | None = None
    #: What the outside asked to be given before the next attempt.
    wait: timedelta | None = None
    #: What is to be written down behind it, if the lease still held. In a transaction of its own: it
    #: may touch other lanes, and who holds one lane must not wait for another.
    also: Callable[[UnitOfWork, datetime], None] | None = None
    template: str | None = None
    #: The message's name, where it left under one.
    name: str | None = None
    until: datetime | None = None
    #: Whether the outside takes nothing of ours, whoever it is for: the operator is to mend it.
    refuses_us: bool = False

    @property
    def tried(self) -> bool:
        """Whether the outside was called, or there was no need to."""
        return self.state != "put_back"


DELIVERED = Outcome("delivered")

_LOG = logging.getLogger("casetrack.deliveries")
T = TypeVar("T")


def attempt_lane(
    ctx: Context,
    region: str,
    lane: str,
    attempt: Attempt,
    jitter: Callable[[], float],
    most: int,
    *,
    late: bool = False,
) -> int:
    """Work through a lane, oldest first, until it is empty, held, or has to wait.

    Claim, attempt and result are three steps: no transaction is open while the outside is called.
    Gives how many attempts were made; `most` bounds them, so that one lane holds no worker for ever.
    One in arrears (`late`) gives way to others.
    """
    for made in range(most):
        began = time.monotonic()
        claim = claims.claim(ctx.database, region, lane, ctx.database.now())
        if claim is None:
            return made
        sent = time.monotonic()
        outcome = _carry(attempt, claim)
        back = time.monotonic()
        freed = _write_down(ctx, claim, outcome, jitter())
        if late and not ctx.arrears.go_on(sent - began + time.monotonic() - back):
            return made + 1
        if not outcome.tried:
            return made
        if freed is None or freed.due_at is None or freed.due_at > ctx.database.now():
            return made + 1
    return most


def _carry(attempt: Attempt, claim: Claim) -> Outcome:
    """One attempt. A carrier that breaks has failed, and is counted: else it would be tried for ever.

    The error's own words stay out of row and log, since they may quote an address.
    """
    try:
        return attempt(claim, Event.from_body(claim.body))
    except DatabaseDown:
        raise  # nothing could be written down either
    except Exception as error:  # whatever a carrier may raise
        kind = type(error).__name__
        *_, last = traceback.extract_tb(error.__traceback__)
        _LOG.error(
            "the carrier for %s of %s:%s broke: %s at %s:%s",
            *(claim.channel, claim.region, claim.position, kind, last.filename, last.lineno),
        )
        return Outcome("failed", f"an error of our own ({kind})")


def work_on(
    ctx: Context,
    region: str,
    lane: str,
    attempt: Attempt,
    jitter: Callable[[], float],
    most: int,
    *,
    swept: bool = False,
) -> int:
    """A lane, and then others that wait for the same outside: no ring is needed for each of them.

    `swept` says that the ring is not because something happened.
    """
    if not swept:
        ctx.arrears.something_fresh()
    made = attempt_lane(ctx, region, lane, attempt, jitter, most)
    while 0 < made < most:
        with ctx.database.read() as connection:
            beside = due_lanes.lanes_beside(connection, region, lane, ctx.database.now())
        before = made
        # From a place of chance, so that two who work on one queue seldom reach for the same lane.
        start = int(jitter() * len(beside))
        for name, due_at in beside[start:] + beside[:start]:
            if made < most:
                made += _beside(ctx, (region, name), due_at, attempt, jitter, most - made)
        if made == before:
            break
    return made


def _beside(
    ctx: Context,
    lane: tuple[str, str],
    due_at: datetime,
    attempt: Attempt,
    jitter: Callable[[], float],
    most: int,
) -> int:
    """A lane that nobody rang for now."""
    if due_at > ctx.database.now() - FRESH:
        return attempt_lane(ctx, *lane, attempt, jitter, most)
    with ctx.arrears.turn() as mine:
        return attempt_lane(ctx, *lane, attempt, jitter, most, late=True) if mine else 0


def _write_down(ctx: Context, claim: Claim, outcome: Outcome, jitter: float) -> Freed | None:
    """How it ended; None when the lane is not to be gone on with now. Raises DatabaseDown.

    What was sent and is not written down is sent again: so a database that is away is waited for. What
    the attempt says of others comes after, by itself: it must not be lost with an answer to a commit.
    """

    def end() -> Freed | None:
        with ctx.database.write() as uow:
            if not outcome.tried:
                claims.postpone(uow, claim, outcome.until)
                return None
            return _finish(uow, claim, outcome, uow.time(None), jitter)

    def tell() -> None:
        if outcome.also is not None:
            with ctx.database.write() as uow:
                outcome.also(uow, uow.time(None))

    freed = _insist(end)
    if freed is not None:
        _insist(tell)
    return freed


def _insist(do: Callable[[], T]) -> T:
    """Do it, a few times if the database is away."""
    for pause in AGAIN:
        try:
            return do()
        except DatabaseDown:
            time.sleep(pause)
    return do()


def _finish(
    uow: UnitOfWork, claim: Claim, outcome: Outcome, now: datetime, jitter: float
) -> Freed | None:
    attempts = claim.attempts + 1
    state, not_before, moved = outcome.state, None, None
    if state == "failed":
        not_before = next_attempt(attempts, now, jitter)
        state = "pending" if not_before else "given_up"
        if not_before and outcome.wait:
            not_before = max(not_before, now + min(outcome.wait, LONGEST_WAIT))
    if state in ("given_up", "not_possible"):
        failed = Tried(claim.channel, instant(now), attempts, outcome.error)
        moved = move_on(failed, claim.then, claim.tried)
    if moved is not None:
        state, not_before = "pending", None
    return claims.finish(
        uow,
        claim,
        state,
        now,
        attempts=0 if moved else attempts,
        error=None if moved else outcome.error,
        not_before=not_before,
        moved=moved,
        template=outcome.template,
    )
