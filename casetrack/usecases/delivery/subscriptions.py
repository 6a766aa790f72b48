"""An integrator's subscriptions: make, read, change, rotate, test, resume, remove.

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
from casetrack.domain.errors import Invalid, NotFound, NotNow, Stale
from casetrack.domain.events import instant
from casetrack.storage.delivery import subscriptions
from casetrack.storage.delivery.subscriptions import Row
from casetrack.storage.unit_of_work import UnitOfWork
from casetrack.usecases import idempotency
from casetrack.usecases.context import Answer, Context
from casetrack.usecases.delivery.subscription_view import etag, plain, view
from casetrack.usecases.delivery.webhook_attempt import append, opened, sealing_context, set_state
from casetrack.usecases.idempotency import Request
from casetrack.usecases.people import tidying

#: Subscriptions that an agency may have.
MOST = 20


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
    return replayed or once(ctx, actor, request, do)


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
        row = locked(ctx, uow, actor, name, version)
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
    return once(ctx, actor, request, do)


def rotate(
    ctx: Context, actor: Actor, name: str, overlap: timedelta, request: Request | None
) -> Answer:
    """A new secret; the one before signs beside it until the overlap ends, an older one no more."""

    def do(uow: UnitOfWork, now: datetime) -> Answer:
        row = locked(ctx, uow, actor, name)
        kept = opened(ctx, row)
        newest = kept["secrets"][0]["secret"]
        secret = ctx.endpoints.new_secret("ed25519" if newest.startswith("whsk_") else "hmac")
        secrets = [(secret, None), (newest, instant(now + overlap))]
        sealed = _sealed(ctx, row.region, row.id, secrets, kept["email"])
        answer = _changed(ctx, uow, row, {"sealed": sealed})
        return replace(answer, view={**answer.view, "secret": ctx.endpoints.shown(secret)})

    return once(ctx, actor, request, do)


def resume(ctx: Context, actor: Actor, name: str, request: Request | None) -> Answer:
    """A paused endpoint hears again, beginning with what waited. Raises NotNow."""

    def do(uow: UnitOfWork, now: datetime) -> Answer:
        return _answer(ctx, resumed(ctx, uow, locked(ctx, uow, actor, name)))

    return once(ctx, actor, request, do)


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
        row = removed(ctx, uow, locked(ctx, uow, actor, name))
        return Answer({"id": row.id, "state": row.state}, etag(row))

    return once(ctx, actor, request, do)


def removed(ctx: Context, uow: UnitOfWork, row: Row) -> Row:
    """The same for an operator; the row is locked."""
    subscriptions.cancel(uow, row.region, row.id, uow.time(None))
    subscriptions.change(uow, row, sealed=_sealed(ctx, row.region, row.id, [], None), mail=False)
    return set_state(ctx, uow, row, "removed", None)


def test(ctx: Context, actor: Actor, name: str, request: Request | None) -> Answer:
    """An event for this endpoint alone, on the way that all events go. Raises NotNow."""

    def do(uow: UnitOfWork, now: datetime) -> Answer:
        row = locked(ctx, uow, actor, name)
        if row.state != "active":
            raise NotNow("not_active", f"The webhook is {row.state}; resume it first.")
        append(ctx, uow, row, "tested", {"webhook": row.id})
        return Answer({"id": row.id, "type": "casetrack.webhook.tested"}, etag(row))

    return once(ctx, actor, request, do)


def _answer(ctx: Context, row: Row, **more: Any) -> Answer:
    return Answer({**plain(row, opened(ctx, row)), **more}, etag(row))


def _changed(ctx: Context, uow: UnitOfWork, row: Row, values: dict[str, Any]) -> Answer:
    after = replace(row, **values, version=row.version + 1)
    subscriptions.change(uow, row, **values, version=after.version)
    return _answer(ctx, after)


def locked(
    ctx: Context, uow: UnitOfWork, actor: Actor, name: str, version: int | None = None
) -> Row:
    """The subscription under its lock, if it is the actor's agency's. Raises NotFound, Stale."""
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


def once(
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
    return idempotency.written(ctx, request, lambda uow: do(uow, uow.time(None)))
