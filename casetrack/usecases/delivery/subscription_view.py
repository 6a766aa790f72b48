"""What an integrator sees of a subscription."""

from collections.abc import Mapping
from typing import Any

from casetrack.domain.events import instant
from casetrack.storage.delivery import subscriptions
from casetrack.storage.delivery.subscriptions import Row
from casetrack.usecases.context import Context
from casetrack.usecases.delivery.webhook_attempt import opened


def etag(row: Row) -> str:
    """Strong ETag of a subscription."""
    return f'"{row.version}"'


def view(ctx: Context, row: Row) -> dict[str, Any]:
    """A subscription for its owner, without its secrets."""
    kept = opened(ctx, row)
    with ctx.database.read() as connection:
        waiting = subscriptions.waiting(connection, row.region, row.id)
    return {**plain(row, kept), "pending": waiting["pending"], "given_up": waiting["given_up"]}


def plain(row: Row, kept: Mapping[str, Any]) -> dict[str, Any]:
    """The same without counts, from the row and what was sealed with it."""
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
