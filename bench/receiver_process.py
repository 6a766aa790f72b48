"""A receiver as a process of its own: `python -m bench.receiver_process mail|webhook`.

The webhook one checks each signature (docs/webhooks.md) and refuses what is not signed.
"""

import base64
import hashlib
import hmac
import sys
from collections.abc import Mapping
from typing import Any

from bench.recorders import Receipt, Receiver, mails, webhooks
from bench.side_process import SideProcess, serve


class ReceiverProcess(SideProcess):
    """The receiver, as the measurement sees it."""

    def __init__(self, kind: str) -> None:
        super().__init__("bench.receiver_process", kind)
        self.name = kind

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.ask("port"))

    def trust(self, secret: str) -> None:
        """From now on only what is signed by this is taken."""
        self.ask("trust", secret=secret)

    @property
    def count(self) -> int:
        """How many messages came."""
        return int(self.ask("count"))

    def receipts(self) -> list[Receipt]:
        """All of them, in the order in which they came; of each body its hash."""
        return [Receipt(id_, bytes.fromhex(body), at) for id_, body, at in self.ask("receipts")]


def signed(secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    """Whether one of the signatures is this secret's, over id, timestamp and body (Standard Webhooks)."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    said = f"{headers.get('webhook-id')}.{headers.get('webhook-timestamp')}.".encode() + body
    mine = base64.b64encode(hmac.new(key, said, hashlib.sha256).digest()).decode()
    given = headers.get("webhook-signature", "").split()
    return any(hmac.compare_digest(f"v1,{mine}", each) for each in given)


class _Here:
    def __init__(self, kind: str) -> None:
        self._receiver = Receiver(kind, mails if kind == "mail" else webhooks)
        self._receiver.come()

    def port(self) -> int:
        return self._receiver.port

    def trust(self, secret: str) -> None:
        self._receiver.check = lambda headers, body: signed(secret, headers, body)

    def count(self) -> int:
        return len(self._receiver.receipts)

    def receipts(self) -> list[tuple[str, str, float]]:
        return [
            (each.id, hashlib.sha256(each.body).hexdigest(), each.at)
            for each in self._receiver.receipts
        ]

    def actions(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("port", "trust", "count", "receipts")}


if __name__ == "__main__":
    serve(_Here(sys.argv[1]).actions())
