"""Whether a call from outside is genuine: a Standard Webhooks signature, and no old one again."""

import hmac
from collections.abc import Sequence

from casetrack.gateways.webhooks import signatures

#: Seconds by which the caller's clock may differ from ours.
TOLERANCE = 300


def is_genuine(
    secrets: Sequence[str],
    message_id: str | None,
    timestamp: str | None,
    signature: str | None,
    body: bytes,
    now: float,
) -> bool:
    """Whether one of these secrets signed this body, with this id, a moment ago."""
    if not message_id or not timestamp or not signature or not timestamp.isascii():
        return False
    if not timestamp.isdigit() or len(timestamp) > 12 or abs(int(timestamp) - now) > TOLERANCE:
        return False
    given = signature.split()
    fits = False
    for secret in secrets:
        made = signatures.headers([secret], message_id, int(timestamp), body)["webhook-signature"]
        for each in given[:10]:
            # Every one is compared, so that the time tells nothing.
            fits = hmac.compare_digest(made.encode(), each.encode()) or fits
    return fits
