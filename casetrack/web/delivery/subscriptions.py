"""The handlers of /webhooks: subscriptions and deliveries, for integrators. No rules here."""

from datetime import datetime, timedelta
from typing import Any

from flask import Response

from casetrack.domain.errors import NotFound
from casetrack.domain.events import instant
from casetrack.usecases.delivery import resending, subscription_view, subscriptions
from casetrack.usecases.delivery.deliveries import Delivery
from casetrack.usecases.delivery.subscriptions import Wanted
from casetrack.web.delivery import models
from casetrack.web.http.call import Call, Route, as_json
from casetrack.web.http.cursors import read_cursor, write_cursor


def create(call: Call) -> Response:
    """POST /webhooks."""
    body = call.body(models.WebhookIn)
    wanted = Wanted(body.url, tuple(body.types), body.service, body.email, body.signing)
    answer = subscriptions.create(call.ctx, call.actor, wanted, call.repeatable)
    response = call.answer(answer, 201)
    response.headers["Location"] = f"/api/v1/webhooks/{answer.view['id']}"
    return response


def list_all(call: Call) -> Response:
    """GET /webhooks."""
    return as_json({"items": subscriptions.listed(call.ctx, call.actor), "next_cursor": None})


def read(call: Call) -> Response:
    """GET /webhooks/{webhook}."""
    row = subscriptions.sight(call.ctx, call.actor, call.params["webhook"])
    response = as_json(subscription_view.view(call.ctx, row))
    response.headers["ETag"] = subscription_view.etag(row)
    return response


def change(call: Call) -> Response:
    """PATCH /webhooks/{webhook}."""
    body = call.body(models.WebhookChangeIn)
    given = body.model_dump(exclude_unset=True)
    changes = {k: v for k, v in given.items() if v is not None or k in ("service", "email")}
    if "types" in changes:
        changes["types"] = tuple(changes["types"])

    def seen() -> int | None:
        return call.seen_whole() if "If-Match" in call.request.headers else None

    answer = subscriptions.change(
        call.ctx, call.actor, call.params["webhook"], changes, seen, call.repeatable
    )
    return call.answer(answer)


def remove(call: Call) -> Response:
    """DELETE /webhooks/{webhook}."""
    return call.answer(
        subscriptions.remove(call.ctx, call.actor, call.params["webhook"], call.repeatable)
    )


def rotate(call: Call) -> Response:
    """POST /webhooks/{webhook}/secret."""
    overlap = timedelta(hours=call.body(models.RotateIn).overlap_hours)
    return call.answer(
        subscriptions.rotate(call.ctx, call.actor, call.params["webhook"], overlap, call.repeatable)
    )


def test(call: Call) -> Response:
    """POST /webhooks/{webhook}/test."""
    call.body(models.NothingIn)
    return call.answer(
        subscriptions.test(call.ctx, call.actor, call.params["webhook"], call.repeatable)
    )


def resume(call: Call) -> Response:
    """POST /webhooks/{webhook}/resume."""
    call.body(models.NothingIn)
    return call.answer(
        subscriptions.resume(call.ctx, call.actor, call.params["webhook"], call.repeatable)
    )


def list_deliveries(call: Call) -> Response:
    """GET /webhooks/{webhook}/deliveries."""
    query = call.query(models.DeliveriesQuery)
    key = read_cursor(query.cursor, int)
    rows = resending.deliveries(
        call.ctx,
        call.actor,
        call.params["webhook"],
        state=query.state,
        before=key[0] if key else None,
        limit=query.limit + 1,
    )
    page = rows[: query.limit]
    following = (page[-1].position,) if len(rows) > query.limit else None
    return as_json(
        {"items": [_delivery(row) for row in page], "next_cursor": write_cursor(following)}
    )


def _delivery(row: Delivery) -> dict[str, Any]:
    return {
        "position": row.position,
        "number": row.number,
        "type": row.type,
        "state": row.state,
        "attempts": row.attempts,
        "not_before": _time(row.not_before),
        "last_error": row.last_error,
        "recorded_at": instant(row.recorded_at),
        "ended_at": _time(row.ended_at),
    }


def _time(moment: datetime | None) -> str | None:
    return instant(moment) if moment else None


def resend_one(call: Call) -> Response:
    """POST /webhooks/{webhook}/deliveries/{position}/resend."""
    body = call.body(models.ResendIn)
    return call.answer(
        resending.resend(
            call.ctx,
            call.actor,
            call.params["webhook"],
            body.reason,
            call.repeatable,
            position=call.found,
        )
    )


def resend_all(call: Call) -> Response:
    """POST /webhooks/{webhook}/resend: what was given up."""
    body = call.body(models.ResendAllIn)
    return call.answer(
        resending.resend(
            call.ctx,
            call.actor,
            call.params["webhook"],
            body.reason,
            call.repeatable,
            after=body.after,
        )
    )


def find(call: Call) -> None:
    """Raises NotFound for a webhook that is none of the caller's agency's."""
    subscriptions.sight(call.ctx, call.actor, call.params["webhook"])


def find_to_remove(call: Call) -> None:
    """The same; a removal that is sent again still gets its stored answer."""
    subscriptions.sight_or_removed(call.ctx, call.actor, call.params["webhook"], call.repeatable)


def find_delivery(call: Call) -> int:
    """The position that the path names. Raises NotFound for a webhook or a delivery."""
    find(call)
    text = call.params["position"]
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise NotFound("unknown_delivery", "A delivery is named by the position of its event.")
    resending.find_delivery(call.ctx, call.actor, call.params["webhook"], int(text))
    return int(text)


ROUTES: tuple[Route, ...] = (
    Route(
        "create_webhook",
        "POST",
        "/webhooks",
        "Subscribe a URL to events; the secret is shown here and never again",
        create,
        models.WebhookWithSecretOut,
        201,
        body=models.WebhookIn,
        writes=True,
        refusals=(409,),
    ),
    Route(
        "list_webhooks",
        "GET",
        "/webhooks",
        "The webhooks of the caller's agency",
        list_all,
        models.WebhookPage,
    ),
    Route(
        "read_webhook",
        "GET",
        "/webhooks/{webhook}",
        "One webhook and how its endpoint fares",
        read,
        models.WebhookOut,
        find=find,
        versioned=True,
    ),
    Route(
        "change_webhook",
        "PATCH",
        "/webhooks/{webhook}",
        "Change a webhook; what is not named stays. If-Match is honoured, not required",
        change,
        models.WebhookOut,
        body=models.WebhookChangeIn,
        writes=True,
        refusals=(409, 412, 428),
        find=find,
    ),
    Route(
        "remove_webhook",
        "DELETE",
        "/webhooks/{webhook}",
        "Remove a webhook; what waits is cancelled",
        remove,
        models.RemovedOut,
        writes=True,
        refusals=(409, 422),
        find=find_to_remove,
    ),
    Route(
        "rotate_webhook",
        "POST",
        "/webhooks/{webhook}/secret",
        "A new secret; the old one is valid beside it for a while",
        rotate,
        models.WebhookWithSecretOut,
        body=models.RotateIn,
        writes=True,
        refusals=(409,),
        find=find,
    ),
    Route(
        "test_webhook",
        "POST",
        "/webhooks/{webhook}/test",
        "Send a test event to this webhook alone",
        test,
        models.TestedOut,
        body=models.NothingIn,
        writes=True,
        refusals=(409,),
        find=find,
    ),
    Route(
        "resume_webhook",
        "POST",
        "/webhooks/{webhook}/resume",
        "Let a paused webhook go on with what waited",
        resume,
        models.WebhookOut,
        body=models.NothingIn,
        writes=True,
        refusals=(409,),
        find=find,
    ),
    Route(
        "list_webhook_deliveries",
        "GET",
        "/webhooks/{webhook}/deliveries",
        "What was sent to a webhook and what waits, newest first",
        list_deliveries,
        models.DeliveryPage,
        query=models.DeliveriesQuery,
        find=find,
    ),
    Route(
        "resend_delivery",
        "POST",
        "/webhooks/{webhook}/deliveries/{position}/resend",
        "Send one delivery again, under the same id",
        resend_one,
        models.ResentOut,
        body=models.ResendIn,
        writes=True,
        refusals=(409,),
        find=find_delivery,
    ),
    Route(
        "resend_webhook",
        "POST",
        "/webhooks/{webhook}/resend",
        "Send again what was given up",
        resend_all,
        models.ResentOut,
        body=models.ResendAllIn,
        writes=True,
        refusals=(409,),
        find=find,
    ),
)
