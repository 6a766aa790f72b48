"""Deliveries by the set: claimed together, attempted one after the other, written down together.

No transaction is open while the outside is called. A set lasts about as long as one attempt to a slow
receiver would: its lanes share a lease, and a slow set would keep others from them.
"""

import logging
import time
import traceback
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import TypeVar

from casetrack.domain.delivery.endpoint_health import LONGEST_WAIT
from casetrack.domain.delivery.receivers import Tried, move_on, next_attempt
from casetrack.domain.events import Event, instant
from casetrack.domain.people.former_roles import is_former
from casetrack.storage.delivery import claims, results
from casetrack.storage.delivery.claims import Claim
from casetrack.storage.delivery.results import Ended, PutBack
from casetrack.storage.unit_of_work import DatabaseDown
from casetrack.usecases.context import Context, Talks
from casetrack.usecases.delivery.outcomes import Attempt, Outcome, PostFailed

#: Deliveries of a set, at most, and at first, while it is not known how long one takes.
LARGEST, FIRST = 32, 8
#: Seconds that a set is made to last, by how long attempts at its queue took before.
LASTS = 0.25
#: Seconds after which a set begins no further attempt. With the longest attempt (30 s) and a database
#: that is away (`AGAIN`) it is still well below a lease.
BEGINS = 1.0
#: Seconds for which what was attempted is kept in hand, so that a killed worker repeats no more.
IN_HAND = 0.25
#: Seconds for which one ring is worked on before others get their turn.
TURN = 5.0
#: Seconds between tries to write down what was sent, while the database is away; a lease is longer.
AGAIN = (0.5, 1.0, 2.0, 4.0)

_LOG = logging.getLogger("casetrack.deliveries")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Worked:
    """What one ring led to: attempts made, and whether there may be more to be done at once."""

    made: int
    more: bool = False


def work_on(
    ctx: Context,
    region: str,
    queue: str,
    attempt: Attempt,
    jitter: Callable[[], float],
    most: int,
    *,
    newest: bool = False,
    ring: Callable[[str], object] = lambda queue: None,
) -> Worked:
    """Claim sets of a queue and attempt them until nothing is due, or it is the turn of others.

    With `newest` the first set is of what became due last: what happens now does not wait behind
    arrears. `ring` is called with this queue, once, if there is more than one can do at once, and with
    every queue by which something goes on.
    """
    until = time.monotonic() + TURN
    made, alone = 0, True
    while made < most and time.monotonic() < until:
        size = min(_size(ctx, region, queue), most - made)
        held = claims.claim(
            ctx.database, region, queue, ctx.database.now(), most=size, newest=newest
        )
        newest = False
        if not held:
            return Worked(made)
        if alone and len(held) == size:
            ring(queue)
            alone = False
        done = attempt_set(ctx, held, attempt, jitter)
        for other in sorted(done.elsewhere):
            ring(other)
        made += done.made
        if done.crowded_out:
            return Worked(made)
        if done.made:
            ctx.took[region, queue] = done.took / done.made
        if not (done.goes_on or _leaves_some(held, size)):
            # There was no more. What has come since was rung for, or stands in a lane of these.
            return Worked(made)
    return Worked(made, more=True)


def _leaves_some(held: Sequence[Claim], size: int) -> bool:
    """Whether more may have been due than was taken, or a ring may have been let go meanwhile.

    Of an endpoint that is slow or fails one lane is taken. Whoever is rung for one that has as many at
    work as it may have lets the ring go: one of those who are at work looks again.
    """
    first, endpoint = held[0], held[0].subscription
    if endpoint is not None and (first.beside or endpoint.slow or endpoint.failures):
        return True
    return len(held) >= size


def _size(ctx: Context, region: str, queue: str) -> int:
    took = ctx.took.get((region, queue))
    return FIRST if took is None else max(1, min(LARGEST, int(LASTS / max(took, 1e-6))))


@dataclass(frozen=True, slots=True)
class SetDone:
    """How many attempts a set made, in how many seconds, and whether there was room for no more.

    `elsewhere` are the queues by which something goes on; `goes_on`: also in this one.
    """

    made: int
    took: float
    crowded_out: bool
    elsewhere: frozenset[str] = frozenset()
    goes_on: bool = False


def attempt_set(
    ctx: Context, held: Sequence[Claim], attempt: Attempt, jitter: Callable[[], float]
) -> SetDone:
    """Attempt these one after the other and write down how each ended. Raises DatabaseDown.

    What says something of the receiver ends the set, and so does time: the rest is put back.
    """
    began, made, crowded_out, left = time.monotonic(), 0, False, deque(held)
    with ctx.talks() as talks:
        book = _Book(ctx, talks, jitter)
        try:
            while left and not crowded_out and (not made or time.monotonic() - began < BEGINS):
                claim = left.popleft()
                book.before(claim)
                outcome = _carry(attempt, claim)
                book.add(claim, outcome)
                made += outcome.tried
                crowded_out = outcome.crowded_out
                if outcome.also is not None:
                    # It may change how many the endpoint may have, and so which rings were let go.
                    book.goes_on = True
                    break
        except DatabaseDown:
            book.write()  # what was sent before
            raise
        took = time.monotonic() - began
        for claim in left:
            book.add(claim, Outcome("put_back"))
        book.write()
    goes_on = book.goes_on or made < len(held)
    return SetDone(made, took, crowded_out, frozenset(book.elsewhere), goes_on)


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


class _Book:
    """What of a set was attempted, until it is written down."""

    def __init__(self, ctx: Context, talks: Talks, jitter: Callable[[], float]) -> None:
        self._ctx, self._talks, self._jitter = ctx, talks, jitter
        self._open: list[tuple[Claim, Outcome]] = []
        self._since = 0.0
        #: Queues by which something goes on.
        self.elsewhere: set[str] = set()
        #: Whether a lane that was freed has something to deliver now.
        self.goes_on = False

    def before(self, claim: Claim) -> None:
        """Before an attempt: what has been in hand for long is written down, and what it may ask for."""
        late = time.monotonic() - self._since > IN_HAND
        # Whether another party of the case was told is read from its row.
        if self._open and (late or any(done.number == claim.number for done, _ in self._open)):
            self.write()

    def add(self, claim: Claim, outcome: Outcome) -> None:
        """How an attempt ended."""
        if not self._open:
            self._since = time.monotonic()
        self._open.append((claim, outcome))

    def write(self) -> None:
        """Write it down. Raises DatabaseDown.

        What was sent and is not written down is sent again: so a database that is away is waited for.
        What the attempts say of others comes after, by itself: it must not be lost with an answer to a
        commit.
        """
        done, self._open = self._settled(), []
        if not done:
            return
        jitter = self._jitter()

        def end() -> set[str]:
            with self._ctx.database.write() as uow:
                now = uow.time(None)
                written = [_result(claim, outcome, now, jitter) for claim, outcome in done]
                self.elsewhere |= {each.queue for each in written if each.queue is not None}
                return results.write_down(uow, written, now, self._note_more)

        held = _insist(end)
        for claim, outcome in done:
            if outcome.also is not None and claim.lane in held:
                _insist(partial(self._tell, outcome.also))

    def _note_more(self) -> None:
        self.goes_on = True

    def _settled(self) -> list[tuple[Claim, Outcome]]:
        """What is in hand, with what was only written into files now safe there, or failed."""
        try:
            self._talks.settle()
        except PostFailed as error:
            return [
                (claim, error.outcome() if outcome.state == "delivered" else outcome)
                for claim, outcome in self._open
            ]
        return self._open

    def _tell(self, also: Callable[..., None]) -> None:
        with self._ctx.database.write() as uow:
            also(uow, uow.time(None))


def _insist(do: Callable[[], T]) -> T:
    """Do it, a few times if the database is away."""
    for pause in AGAIN:
        try:
            return do()
        except DatabaseDown:
            time.sleep(pause)
    return do()


def _result(claim: Claim, outcome: Outcome, now: datetime, jitter: float) -> Ended | PutBack:
    if not outcome.tried:
        return PutBack(claim, outcome.until)
    attempts = claim.attempts + 1
    state, not_before = outcome.state, None
    if state == "failed":
        not_before = next_attempt(attempts, now, jitter)
        state = "pending" if not_before else "given_up"
        if not_before and outcome.wait:
            not_before = max(not_before, now + min(outcome.wait, LONGEST_WAIT))
    ended = Ended(claim, state, attempts, outcome.error, not_before, template=outcome.template)
    if state not in ("given_up", "not_possible"):
        return ended
    failed = Tried(claim.channel, instant(now), attempts, outcome.error)
    moved = move_on(failed, claim.then, claim.tried)
    if moved is None and is_former(claim.role):
        return replace(ended, state="cancelled")  # nobody at the counter could tell them
    if moved is None:
        return ended
    return replace(ended, state="pending", attempts=0, error=None, not_before=None, moved=moved)
