"""One POST of JSON to a gateway, and the JSON that it answers."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from casetrack.domain.delivery.outside_addresses import ANYWHERE, is_this_machine
from casetrack.domain.errors import BadInput
from casetrack.gateways.failure import DeliveryFailed
from casetrack.gateways.posting import Policy, PostBroken, Poster, PostRefused

#: The operator names the gateway, so it may be anywhere, also inside. A redirect is not followed: it
#: would carry the token and the number elsewhere. WhatsApp knows no idempotency key, so an answer is
#: waited for longer than a subscriber's.
GATEWAY = Policy(ANYWHERE, deadline=20.0, instead_of_login="put the token into its own setting")


@dataclass(frozen=True, slots=True)
class Reply:
    """What a gateway answered: status, the JSON object in it ({} when there is none), Retry-After."""

    status: int
    document: Mapping[str, Any]
    wait: timedelta | None


class JsonPost:
    """POSTs to one address. Raises BadInput, which names the setting, for one that cannot be."""

    def __init__(self, setting: str, url: str, *, policy: Policy = GATEWAY) -> None:
        self._url, self._post = url, Poster(policy)
        try:
            parts = self._post.parse(url)
        except BadInput as error:
            raise BadInput(f"{setting}: {error}") from None
        if parts.fragment:
            raise BadInput(f"{setting}: what follows # would not be sent; leave it out")
        if parts.scheme == "http" and not is_this_machine(parts.hostname or ""):
            raise BadInput(f"{setting}: telephone numbers would travel in the clear; use https://")

    def __call__(self, headers: Mapping[str, str], document: Mapping[str, Any]) -> Reply:
        """The gateway's answer, whatever its status. Raises DeliveryFailed when there is none."""
        sent = {"Content-Type": "application/json", "Accept": "application/json", **headers}
        body = json.dumps(document, ensure_ascii=False).encode()
        try:
            answer = self._post(self._url, sent, body)
        except (PostRefused, PostBroken) as trouble:
            raise DeliveryFailed(f"no talk with the gateway: {trouble}", permanent=False) from None
        if answer.body is None:
            raise DeliveryFailed("the gateway broke off its answer", permanent=False)
        return Reply(answer.status, _object(answer.body), answer.retry_after)

    def reach(self) -> None:
        """Connect and post nothing. Raises DeliveryFailed."""
        try:
            self._post.reach(self._url)
        except (PostRefused, PostBroken) as trouble:
            raise DeliveryFailed(f"no talk with the gateway: {trouble}", permanent=False) from None


def _object(raw: bytes) -> Mapping[str, Any]:
    try:
        document = json.loads(raw)
    except (ValueError, RecursionError):
        document = None
    return document if isinstance(document, dict) else {}
