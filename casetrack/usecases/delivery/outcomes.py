"""How an attempt to tell a receiver ends, and who makes one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from casetrack.domain.events import Event
from casetrack.storage.delivery.claims import Claim
from casetrack.storage.unit_of_work import UnitOfWork


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

    @property
    def crowded_out(self) -> bool:
        """Whether there was no room for it here: it is as due as before."""
        return not self.tried and self.until is None


DELIVERED = Outcome("delivered")


class PostFailed(Exception):
    """The message did not go out; `permanent` says that trying again would not help.

    `wait` is for how long the gateway asked to be left alone. `refuses_us` says that it takes nothing of
    ours, whoever it is for.
    """

    def __init__(
        self,
        message: str,
        *,
        permanent: bool,
        wait: timedelta | None = None,
        refuses_us: bool = False,
    ) -> None:
        super().__init__(message)
        self.permanent = permanent
        self.wait = wait
        self.refuses_us = refuses_us

    def outcome(self) -> Outcome:
        """How the attempt ended."""
        state = "given_up" if self.permanent else "failed"
        return Outcome(state, str(self), self.wait, refuses_us=self.refuses_us)
