"""The outside of webhooks: may a URL be sent to, sign, post, and what came back."""

import os
from collections.abc import Sequence
from datetime import datetime, timedelta

from casetrack.domain.delivery.outside_addresses import Allowed
from casetrack.domain.errors import BadInput, Invalid
from casetrack.gateways.posting import Policy, PostBroken, Poster, PostRefused
from casetrack.gateways.webhooks import signatures


def to_subscribers(allowed: Allowed) -> Policy:
    """Strangers name their endpoints: the public internet only, and what the operator vouches for."""
    return Policy(
        allowed,
        deadline=10.0,
        redirects=3,
        keeps=True,
        instead_of_login="deliveries are signed instead",
        cure="the operator may allow it (CASETRACK_WEBHOOK_ALLOW)",
    )


class Endpoints:
    """Everything that a use case needs of subscribers' endpoints."""

    def __init__(self, poster: Poster) -> None:
        self._poster = poster

    def check(self, url: str) -> None:
        """Raises Invalid when nothing could be sent there, saying why."""
        try:
            self._poster.check(url)
        except (BadInput, PostRefused, PostBroken) as error:
            detail = f"url: {error}."
            raise Invalid(
                "endpoint_refused", detail, errors=[{"at": "url", "message": str(error)}]
            ) from None

    def new_secret(self, algorithm: str) -> str:
        """A new signing key, as it is kept."""
        return signatures.new_secret(algorithm, os.urandom)

    def shown(self, secret: str) -> str:
        """What the receiver verifies with."""
        return signatures.shown(secret)

    def send(
        self,
        url: str,
        secrets: Sequence[str],
        message_id: str,
        now: datetime,
        content_type: str,
        body: bytes,
        traceparent: str | None = None,
    ) -> tuple[int | None, str | None, timedelta | None]:
        """Sign, post, wait: status, or None and why there is none; and a Retry-After."""
        headers = {
            "Content-Type": content_type,
            **signatures.headers(secrets, message_id, int(now.timestamp()), body),
            **({"traceparent": traceparent} if traceparent else {}),
        }
        try:
            answer = self._poster(url, headers, body)
        except (PostRefused, PostBroken) as error:
            return None, str(error), None
        return answer.status, None, answer.retry_after
