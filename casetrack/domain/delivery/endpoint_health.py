"""A subscriber's endpoint: how it fares, when it rests, when it is paused. Pure numbers."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal, get_args

#: Attempts under way at once to one receiver; one that answers slowly holds one worker only.
AT_ONCE, AT_ONCE_SLOW = 4, 1
SLOW = timedelta(seconds=1)
#: After so many failures in a row the endpoint itself rests, not only the delivery that failed.
TIRED = 3
#: Seconds that it rests; the last one is how late a repaired endpoint is noticed, at most.
REST = (5, 10, 20, 40, 60)
#: So many failures in a row over so long, and the endpoint is paused and its owner told.
PAUSE_FAILURES = 10
PAUSE_AFTER = timedelta(hours=24)
#: The longest Retry-After that is honoured.
LONGEST_WAIT = timedelta(hours=24)

State = Literal["active", "paused", "ended", "removed"]
STATES: tuple[State, ...] = get_args(State)
#: How messages are signed (Standard Webhooks): a shared secret, or a key pair.
Signing = Literal["hmac", "ed25519"]
#: Deliveries are made for these; those of a paused endpoint wait.
HEARING = ("active", "paused")


@dataclass(frozen=True, slots=True)
class Health:
    """How an endpoint fares. `rests_until`: no attempt before, for any of its lanes."""

    failures: int = 0
    failing_since: datetime | None = None
    rests_until: datetime | None = None
    slow: bool = False

    def succeeded(self, took: timedelta) -> "Health":
        """After an answer 2xx."""
        return Health(slow=took > SLOW)

    def failed(
        self, now: datetime, took: timedelta, jitter: float, wait: timedelta | None
    ) -> "Health":
        """After anything else; `wait` is what a Retry-After asked for."""
        failures = self.failures + 1
        rests_until = None
        if wait is not None:
            rests_until = now + min(wait, LONGEST_WAIT)
        elif failures >= TIRED:
            rest = REST[min(failures - TIRED, len(REST) - 1)]
            rests_until = now + timedelta(seconds=rest * (0.5 + jitter / 2))
        return replace(
            self,
            failures=failures,
            failing_since=self.failing_since or now,
            rests_until=rests_until,
            slow=took > SLOW,
        )

    def hopeless(self, now: datetime) -> bool:
        """Whether it has failed so long that somebody has to look at it."""
        since = self.failing_since
        return self.failures >= PAUSE_FAILURES and since is not None and now - since >= PAUSE_AFTER
