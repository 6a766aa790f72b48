"""An integrator's subscriptions: make, read, change, rotate, test, resume, remove, send again.

They belong to an agency (or to the region itself), not to a person: whoever is its integrator now
has them all, so that an officer who leaves takes nothing away.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from casetrack.domain.access import OPERATION_ROLES, Actor, require_role
from casetrack.domain.delivery.receivers import STATES as DELIVERY_STATES
from casetrack.domain.errors import Invalid, NotFound, NotNow, Refusal, Stale
from casetrack.domain.events import check_json, instant
from casetrack.storage.delivery import sequencing, subscriptions
from casetrack.storage.delivery.delivery_lists import DeliveryRow
from casetrack.storage.delivery.subscriptions import Row
from casetrack.storage.unit_of_work import Conflict, UnitOfWork
from casetrack.usecases import idempotency
from casetrack.usecases.context import Answer, Context
from casetrack.usecases.delivery.webhook_attempt import append, opened, sealing_context, set_state
from casetrack.usecases.idempotency import Request
from casetrack.usecases.people import tidying

#: Subscriptions that an agency may have.
MOST = 20
#: Deliveries that one call sends again.
BULK = 1000
#: What may be sent again: what has an end.
AGAIN = ("given_up", "delivered", "cancelled")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a subscription is to hear, and where."""

    url: str
    types: tuple[str, ...]
    service: str | None = None
    email: str | None = None
    signing: str = "hmac"


def sight(ctx: Context, actor: Actor, name: str) -> Row:
    """The subscription, if it is the actor's agency's. Raises NotFound."""
    with ctx.database.read() as connection:
        row = subscriptions.find(connection, actor.region, name)
    return _seen(actor, row)


def _seen(actor: Actor, row: Row | None) -> Row:
    if row is None or row.agency != actor.agency or row.state == "removed":
        raise NotFound("unknown_webhook", "There is no such webhook among those of your agency.")
    return row


def sight_or_removed(ctx: Context, actor: Actor, name: str, request: Request | None) -> None:
    """As `sight`; who removed the subscription by an equal request is let through to its answer."""
    with ctx.database.read() as connection:
        row = subscriptions.find(connection, actor.region, name)
    if row is not None and row.state == "removed" and row.agency == actor.agency:
        with suppress(Invalid):
            if idempotency.replay(ctx, request) is not None:
                return
    _seen(actor, row)


def listed(ctx: Context, actor: Actor) -> list[dict[str, Any]]:
    """All of the actor's agency, oldest first."""
    with ctx.database.read() as connection:
        rows = subscriptions.all_of(connection, region=actor.region)
    return [view(ctx, row) for row in rows if row.agency == actor.agency]


def create(ctx: Context, actor: Actor, wanted: Wanted, request: Request | None) -> Answer:
    """A new subscription; its secret is in this answer and in no other. Raises Forbidden, Invalid."""
    require_role(actor, OPERATION_ROLES["create_webhook"])
    email = _mail(wanted.email)

    def do(uow: UnitOfWork, now: datetime) -> Answer:
        rows = subscriptions.all_of(uow.connection, region=actor.region)
        if sum(row.agency == actor.agency for row in rows) >= MOST:
            raise NotNow("too_many_webhooks", f"An agency has at most {MOST} webhooks; remove one.")
        name = f"wh_{ctx.random(6).hex()}"
        secret = ctx.endpoints.new_secret(wanted.signing)
        sealed = _sealed(ctx, actor.region, name, [(secret, None)], email)
        row = Row(
            region=actor.region,
            id=name,
            agency=actor.agency,
            created_by=actor.id,
            created_at=now,
            types=wanted.types,
            service=wanted.service,
            url=wanted.url,
            sealed=sealed,
            mail=email is not None,
            state="active",
            why=None,
            state_since=now,
            failures=0,
            failing_since=None,
            rests_until=None,
            slow=False,
            last_error=None,
            version=1,
        )
        subscriptions.put(uow, row)
        return _answer(ctx, row, secret=ctx.endpoints.shown(secret))

    replayed = _replayed(ctx, actor, request, wanted.url, wanted.service)
    return replayed or _once(ctx, actor, request, do)


def change(
    ctx: Context,
    actor: Actor,
    name: str,
    changes: Mapping[str, Any],
    seen: Callable[[], int | None],
    request: Request | None,
) -> Answer:
    """Change url, types, service or e-mail; what is not named stays. Raises Forbidden, Invalid, Stale.

    `seen` gives the version that an If-Match named, if there was one.
    """
    require_role(actor, OPERATION_ROLES["change_webhook"])
    fields = dict(changes)
    if "email" in fields:
        fields["email"] = _mail(fields["email"])

    def do(uow: UnitOfWork, now: datetime) -> Answer:
        row = _locked(ctx, uow, actor, name, version)
        values: dict[str, Any] = {
            key: fields[key] for key in ("url", "types", "service") if key in fields
        }
        if "email" in fields:
            secrets = [(s["secret"], s["ends_at"]) for s in opened(ctx, row)["secrets"]]
            values["sealed"] = _sealed(ctx, row.region, row.id, secrets, fields["email"])
            values["mail"] = fields["email"] is not None
        if "url" in fields and fields["url"] != row.url:
            # Another endpoint: what is known of the old one does not count against it.
            values |= {"failures": 0, "failing_since": None, "rests_until": None, "slow": False}
            values |= {"last_error": None}
        return _changed(ctx, uow, row, values)

    replayed = _replayed(ctx, actor, request, fields.get("url"), fields.get("service"))
    if replayed is not None:
        return replayed
    version = seen()
    return _once(ctx, actor, request, do)


def rotate(
    ctx: Context, actor: Actor, name: str, overlap: timedelta, request: Request | None
) -> Answer:
    """A new secret; the one before signs beside it until the overlap ends, an older one no more."""

    def do(uow: UnitOfWork, now: datetime) -> Answer:
        row = _locked(ctx, uow, actor, name)
        kept = opened(ctx, row)
        newest = kept["secrets"][0]["secret"]
        secret = ctx.endpoints.new_secret("ed25519" if newest.startswith("whsk_") else "hmac")
        secrets = [(secret, None), (newest, instant(now + overlap))]
        sealed = _sealed(ctx, row.region, row.id, secrets, kept["email"])
        answer = _changed(ctx, uow, row, {"sealed": sealed})
        return replace(answer, view={**answer.view, "secret": ctx.endpoints.shown(secret)})

    return _once(ctx, actor, request, do)


def resume(ctx: Context, actor: Actor, name: str, request: Request | None) -> Answer:
    """A paused endpoint hears again, beginning with what waited. Raises NotNow."""

    def do(uow: UnitOfWork, now: datetime) -> Answer:
        return _answer(ctx, resumed(ctx, uow, _locked(ctx, uow, actor, name)))

    return _once(ctx, actor, request, do)


def resumed(ctx: Context, uow: UnitOfWork, row: Row) -> Row:
    """The same for an operator; the row is locked. Raises NotNow."""
    if row.state != "paused":
        raise NotNow("not_paused", f"The webhook is {row.state}, not paused.")
    fresh = replace(row, failures=0, failing_since=None, rests_until=None)
    subscriptions.note_health(uow, row, fresh.health, None)
    subscriptions.wake(uow, row.region, row.id, uow.time(None))
    return set_state(ctx, uow, fresh, "active", None)


def remove(ctx: Context, actor: Actor, name: str, request: Request | None) -> Answer:
    """It hears nothing more; what waited is cancelled and its secrets are gone."""

    def do(uow: UnitOfWork, now: datetime) -> Answer:
        row = removed(ctx, uow, _locked(ctx, uow, actor, name))
        return Answer({"id": row.id, "state": row.state}, etag(row))

    return _once(ctx, actor, request, do)


def removed(ctx: Context, uow: UnitOfWork, row: Row) -> Row:
    """The same for an operator; the row is locked."""
    subscriptions.cancel(uow, row.region, row.id, uow.time(None))
    subscriptions.change(uow, row, sealed=_sealed(ctx, row.region, row.id, [], None), mail=False)
    return set_state(ctx, uow, row, "removed", None)


def test(ctx: Context, actor: Actor, name: str, request: Request | None) -> Answer:
    """An event for this endpoint alone, on the way that all events go. Raises NotNow."""

    def do(uow: UnitOfWork, now: datetime) -> Answer:
        row = _locked(ctx, uow, actor, name)
        if row.state != "active":
            raise NotNow("not_active", f"The webhook is {row.state}; resume it first.")
        append(ctx, uow, row, "tested", {"webhook": row.id})
        return Answer({"id": row.id, "type": "casetrack.webhook.tested"}, etag(row))

    return _once(ctx, actor, request, do)


# --- its deliveries -------------------------------------------------------------------------------


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
        row = _locked(ctx, uow, actor, name)
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
            sequencing.wake_again(uow, row.region, {lane: row.id for lane, _ in picked}, now)
            note_resend(ctx, uow, row, len(picked), reason, actor.id)
        following = picked[-1][1] if len(picked) == BULK else None
        return Answer({"id": row.id, "count": len(picked), "next": following}, etag(row))

    return _once(ctx, actor, request, do)


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


# --- shared ---------------------------------------------------------------------------------------


def etag(row: Row) -> str:
    """Strong ETag of a subscription."""
    return f'"{row.version}"'


def view(ctx: Context, row: Row) -> dict[str, Any]:
    """A subscription for its owner, without its secrets."""
    kept = opened(ctx, row)
    with ctx.database.read() as connection:
        waiting = subscriptions.waiting(connection, row.region, row.id)
    return {**_plain(row, kept), "pending": waiting["pending"], "given_up": waiting["given_up"]}


def _plain(row: Row, kept: Mapping[str, Any]) -> dict[str, Any]:
    newest = kept["secrets"][0]["secret"] if kept["secrets"] else ""
    return {
        "id": row.id,
        "url": row.url,
        "types": list(row.types),
        "service": row.service,
        "agency": row.agency,
        "email": kept["email"],
        "signing": "ed25519" if newest.startswith("whsk_") else "hmac",
        "old_secret_until": kept["secrets"][1]["ends_at"] if len(kept["secrets"]) > 1 else None,
        "state": row.state,
        "why": row.why,
        "state_since": instant(row.state_since),
        "failures": row.failures,
        "failing_since": instant(row.failing_since) if row.failing_since else None,
        "rests_until": instant(row.rests_until) if row.rests_until else None,
        "last_error": row.last_error,
        "created_at": instant(row.created_at),
        "created_by": row.created_by,
    }


def _answer(ctx: Context, row: Row, **more: Any) -> Answer:
    return Answer({**_plain(row, opened(ctx, row)), **more}, etag(row))


def _changed(ctx: Context, uow: UnitOfWork, row: Row, values: dict[str, Any]) -> Answer:
    after = replace(row, **values, version=row.version + 1)
    subscriptions.change(uow, row, **values, version=after.version)
    return _answer(ctx, after)


def _locked(
    ctx: Context, uow: UnitOfWork, actor: Actor, name: str, version: int | None = None
) -> Row:
    row = _seen(actor, subscriptions.lock(uow, actor.region, name))
    if version is not None and version != row.version:
        raise Stale("stale", "The webhook has changed since; read it again.")
    return row


def _sealed(
    ctx: Context,
    region: str,
    name: str,
    secrets: Sequence[tuple[str, str | None]],
    email: str | None,
) -> bytes:
    document = {
        "secrets": [{"secret": secret, "ends_at": end} for secret, end in secrets],
        "email": email,
    }
    return ctx.vault.seal_secret(json.dumps(document), sealing_context(region, name))


def _mail(given: str | None) -> str | None:
    """The owner's address as it is kept. Raises Invalid, which does not repeat it."""
    if given is None:
        return None
    try:
        return tidying.mail(given)
    except ValueError as error:
        errors = [{"at": "email", "message": str(error)}]
        raise Invalid("invalid_body", f"email: {error}.", errors=errors) from None


def _check_service(ctx: Context, service: str, region: str) -> None:
    try:
        ctx.current_definition(region, service)
    except Invalid as error:
        raise Invalid(
            "unknown_service",
            f"There is no service {service!r} here; GET /services lists them.",
            errors=[{"at": "service", "message": "unknown service"}],
        ) from error


def _replayed(
    ctx: Context, actor: Actor, request: Request | None, url: str | None, service: str | None
) -> Answer | None:
    """The content is checked, then the stored answer of an equal request. Raises Invalid.

    The address of an equal request was looked up then: that a look-up fails now does not hide its answer.
    """
    if service is not None:
        _check_service(ctx, service, actor.region)
    try:
        replayed = idempotency.replay(ctx, request)
    except Invalid:
        if url is not None:
            ctx.endpoints.check(url)
        raise
    if replayed is None and url is not None:
        ctx.endpoints.check(url)
    return replayed


def _once(
    ctx: Context,
    actor: Actor,
    request: Request | None,
    do: Callable[[UnitOfWork, datetime], Answer],
) -> Answer:
    """One effect for equal requests, and the relay told afterwards. Raises Forbidden."""
    require_role(actor, OPERATION_ROLES["change_webhook"])
    replayed = idempotency.replay(ctx, request)
    if replayed is not None:
        return replayed
    try:
        with ctx.database.write() as uow:
            answer = do(uow, uow.time(None))
            idempotency.remember(ctx, uow, request, answer)
    except Conflict:
        return idempotency.after_conflict(ctx, request)
    except Refusal as error:
        return idempotency.after_refusal(ctx, request, error)
    ctx.wake()
    return answer
