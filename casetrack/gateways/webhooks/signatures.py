"""Standard Webhooks signatures: what is signed, by which key, and how keys are written.

https://github.com/standard-webhooks/standard-webhooks (specification 1.0): `v1` is HMAC-SHA256 under a
`whsec_` key, `v1a` Ed25519 (RFC 8032) under a `whsk_` key whose public half is written `whpk_`.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable, Sequence

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ED25519 = "ed25519"
_SYMMETRIC, _PRIVATE, _PUBLIC = "whsec_", "whsk_", "whpk_"
_BYTES = 32


def new_secret(algorithm: str, random: Callable[[int], bytes]) -> str:
    """A new signing key as it is written: 256 bits in base64 behind its prefix."""
    prefix = _PRIVATE if algorithm == ED25519 else _SYMMETRIC
    return prefix + base64.b64encode(random(_BYTES)).decode()


def shown(secret: str) -> str:
    """What its receiver verifies with: the shared secret itself, or the public key."""
    if not secret.startswith(_PRIVATE):
        return secret
    public = _private(secret).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return _PUBLIC + base64.b64encode(public).decode()


def headers(secrets: Sequence[str], message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The three headers; a signature by every secret that is valid, parted by spaces."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(_signature(secret, signed) for secret in secrets),
    }


def _signature(secret: str, signed: bytes) -> str:
    if secret.startswith(_PRIVATE):
        return "v1a," + base64.b64encode(_private(secret).sign(signed)).decode()
    key = base64.b64decode(secret.removeprefix(_SYMMETRIC))
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def _private(secret: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(base64.b64decode(secret.removeprefix(_PRIVATE)))
