"""One attempt to deliver to a subscriber's endpoint, and what it says of the endpoint."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import Semaphore
from typing import Any

from casetrack.domain.access import system
from casetrack.domain.delivery.cloudevents import CONTENT_TYPE, cloud_event, event_id
from casetrack.domain.delivery.endpoint_health import HEARING, TIRED
from casetrack.domain.delivery.receivers import WEBHOOK
from casetrack.domain.events import TYPE_PREFIX, Event, NewEvent, instant
from casetrack.storage.delivery import subscriptions
from casetrack.storage.delivery.claims import Claim
from casetrack.storage.delivery.subscriptions import Row
from casetrack.storage.unit_of_work import UnitOfWork
from casetrack.usecases import traceparent
from casetrack.usecases.context import Context
from casetrack.usecases.delivery.outcomes import DELIVERED, Outcome
from casetrack.usecases.facts import append_fact

#: Answers that may say when to come again (RFC 9110 sections 10.2.3, 15.5.14; RFC 6585).
_WAITS = (413, 429, 503)
#: Attempts at endpoints known to be slow or to fail that a process makes at once, all of them
#: together: half of its threads, so that the others are served however many of these there are.
DOUBTFUL = 4


@dataclass(frozen=True, slots=True)
class ToEndpoint:
    """The carrier of webhooks."""

    ctx: Context
    jitter: Callable[[], float]
    doubtful: Semaphore = field(default_factory=lambda: Semaphore(DOUBTFUL))

    def __call__(self, claim: Claim, event: Event) -> Outcome:
        """Posts the CloudEvent. 2xx is delivered, 410 ends the subscription, all else is tried again."""
        row = claim.subscription
        if row is None or row.state in ("ended", "removed"):
            return Outcome("cancelled", "the subscription has ended")
        if not row.slow and not row.failures:
            return self._send(row, claim, event)
        if not self.doubtful.acquire(blocking=False):
            return Outcome("put_back")
        try:
            return self._send(row, claim, event)
        finally:
            self.doubtful.release()

    def _send(self, row: Row, claim: Claim, event: Event) -> Outcome:
        now = self.ctx.database.now()
        body = json.dumps(
            cloud_event(event, claim.position), ensure_ascii=False, separators=(",", ":")
        ).encode()
        began = time.monotonic()
        secrets = valid_secrets(self.ctx, row, now)
        status, error, asked = self.ctx.endpoints.send(
            row.url,
            secrets,
            event_id(event),
            now,
            CONTENT_TYPE,
            body,
            traceparent.current() or event.traceparent,
        )
        took = timedelta(seconds=time.monotonic() - began)
        if status is not None and 200 <= status < 300:
            well = row.health.succeeded(took)
            return (
                DELIVERED if well == row.health else replace(DELIVERED, also=self._fine(row, took))
            )
        error = error or f"the endpoint answered {status}"
        if status == 410:
            return Outcome("cancelled", error, also=self._gone(row))
        wait = asked if status in _WAITS else None
        return Outcome("failed", error, wait=wait, also=self._failed(row, took, wait, error))

    def _fine(self, row: Row, took: timedelta) -> Callable[..., None]:
        def note(uow: UnitOfWork, now: datetime) -> None:
            locked = subscriptions.lock(uow, row.region, row.id)
            if locked is not None:
                subscriptions.note_health(uow, row, locked.health.succeeded(took), None)
                if locked.failures >= TIRED:
                    subscriptions.wake(uow, row.region, row.id, now)

        return note

    def _failed(
        self, row: Row, took: timedelta, wait: timedelta | None, error: str
    ) -> Callable[..., None]:
        def note(uow: UnitOfWork, now: datetime) -> None:
            locked = subscriptions.lock(uow, row.region, row.id)
            if locked is None:
                return
            health = locked.health.failed(now, took, self.jitter(), wait)
            subscriptions.note_health(uow, row, health, error)
            if locked.state == "active" and health.hopeless(now):
                set_state(self.ctx, uow, locked, "paused", "failing")
                self.ctx.wake()

        return note

    def _gone(self, row: Row) -> Callable[..., None]:
        def end(uow: UnitOfWork, now: datetime) -> None:
            locked = subscriptions.lock(uow, row.region, row.id)
            if locked is not None and locked.state in HEARING:
                subscriptions.cancel(uow, row.region, row.id, now)
                set_state(self.ctx, uow, locked, "ended", "gone")

        return end


_EVENT_OF = {"paused": "paused", "ended": "ended", "active": "resumed", "removed": "removed"}


def set_state(ctx: Context, uow: UnitOfWork, locked: Row, state: str, why: str | None) -> Row:
    """The subscription's new state, and the event that tells it to its owner; the row is locked."""
    since = locked.failing_since
    data = {
        "webhook": locked.id,
        "state": state,
        "why": why,
        "failures": locked.failures,
        "failing_since": instant(since) if since else None,
    }
    now = append(ctx, uow, locked, _EVENT_OF[state], data)
    after = replace(locked, state=state, why=why, state_since=now, version=locked.version + 1)
    subscriptions.change(uow, locked, state=state, why=why, state_since=now, version=after.version)
    return after


def append(
    ctx: Context, uow: UnitOfWork, row: Row, name: str, data: Mapping[str, object]
) -> datetime:
    """A fact about a subscription, in a stream of its own; call it with the row locked."""
    new = NewEvent(f"{TYPE_PREFIX}webhook.{name}", dict(data))
    by = system(row.region, "webhooks")
    return append_fact(uow, row.region, WEBHOOK + row.id, new, by).recorded_at


# --- what is sealed -------------------------------------------------------------------------------


def sealing_context(region: str, name: str) -> str:
    """What a subscription's sealed part is bound to."""
    return f"webhook:{region}:{name}"


def opened(ctx: Context, row: Row) -> dict[str, Any]:
    """Secrets (`secrets`: newest first, each with its end) and `email`."""
    text = ctx.vault.open_secret(row.sealed, sealing_context(row.region, row.id))
    document: dict[str, Any] = json.loads(text)
    return document


def valid_secrets(ctx: Context, row: Row, now: datetime) -> list[str]:
    """Those that sign at this moment: the newest, and the one before until its end."""
    # Of one sealed part: it is sealed anew whenever a secret comes or goes.
    key = (row.region, row.id, row.sealed)
    secrets = ctx.secrets.get(key, lambda: opened(ctx, row)["secrets"])
    return [
        each["secret"]
        for each in secrets
        if each["ends_at"] is None or each["ends_at"] > instant(now)
    ]
