"""When a message is tried again, and when that ends: pure numbers, no clock of its own."""

from datetime import datetime, timedelta

#: A lease outlasts the longest attempt (a gateway's time limit is 15 s).
LEASE = timedelta(seconds=60)
#: Waits between attempts; after the last one the delivery is given up and stays visible.
BACKOFF = (5, 30, 120, 600, 1800, 3600, 3 * 3600, 6 * 3600, 12 * 3600, 24 * 3600)
ATTEMPTS = len(BACKOFF) + 1

STATES = ("pending", "delivered", "given_up", "not_possible", "told_in_person", "cancelled")
OPEN_STATES = ("pending",)


def next_attempt(attempts: int, now: datetime, jitter: float) -> datetime | None:
    """When to try again after so many failed attempts, or None when that was the last.

    `jitter` in [0, 1) spreads the wait over its second half, so that what failed together does not
    come back together.
    """
    if attempts >= ATTEMPTS:
        return None
    wait = BACKOFF[attempts - 1]
    return now + timedelta(seconds=wait * (0.5 + jitter / 2))


def lane(number: str, role: str) -> str:
    """The deliveries of one party about one case, in order."""
    return f"{number}/{role}"
