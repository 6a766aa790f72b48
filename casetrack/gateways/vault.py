"""Keys: one master key outside the database, one key per person inside it, wrapped.

AES-256-GCM (NIST SP 800-38D) with random 96-bit nonces; HKDF (RFC 5869) and HMAC (RFC 2104), SHA-256.
"""

import base64
import binascii
import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from casetrack.domain.errors import BadInput

_NONCE = 12


def new_key_text() -> str:
    """A new 256-bit key as it stands in a setting: URL-safe base64."""
    return base64.urlsafe_b64encode(os.urandom(32)).decode()


def parse_key(text: str, setting: str) -> bytes:
    """The 32 bytes of a key in a setting. Raises BadInput without showing it."""
    try:
        key = base64.urlsafe_b64decode(text.strip())
    except (ValueError, binascii.Error):
        key = b""
    if len(key) != 32:
        raise BadInput(
            f"{setting}: this is not 32 bytes in URL-safe base64; make one with: "
            "python3 -c 'import base64,os;print(base64.urlsafe_b64encode(os.urandom(32)).decode())'"
        )
    return key


class KeyVault:
    """Wraps and unwraps subjects' keys, seals texts, makes keyed digests.

    The master key protects what must outlive a leak of the database; the secret key protects what a
    leak of the database plus the master key's backup must still not allow: guessing access codes.
    """

    def __init__(self, master_key: bytes, secret_key: bytes) -> None:
        self._fingerprints = {
            "master": _derive(master_key, "fingerprint").hex(),
            "secret": _derive(secret_key, "fingerprint").hex(),
        }
        self._wrap = AESGCM(_derive(master_key, "wrap"))
        self._index = _derive(master_key, "nik-index")
        self._search = _derive(master_key, "search")
        self._seals = _derive(master_key, "seals")
        self._secrets = AESGCM(_derive(master_key, "webhooks"))
        self._codes = _derive(secret_key, "access-code")
        self._checks = _derive(secret_key, "check-word")
        self._answers = AESGCM(_derive(secret_key, "answers"))

    def fingerprints(self) -> dict[str, str]:
        """A digest of each key, from which it cannot be found: to recognise it by."""
        return dict(self._fingerprints)

    def new_key(self, region: str, subject: str) -> tuple[bytes, bytes]:
        """A subject's new key, and the same wrapped by the master key."""
        key = os.urandom(32)
        return key, _seal(self._wrap, key, f"subject:{region}:{subject}")

    def unwrap(self, wrapped: bytes, region: str, subject: str) -> bytes:
        """The subject's key. Raises ValueError when the master key is another one."""
        return _open(self._wrap, wrapped, f"subject:{region}:{subject}")

    def seal(self, key: bytes, text: str, context: str) -> bytes:
        """The text, encrypted and bound to its context."""
        return _seal(AESGCM(key), text.encode(), context)

    def open(self, key: bytes, sealed: bytes, context: str) -> str:
        """The text that was sealed. Raises ValueError when it was tampered with."""
        return _open(AESGCM(key), sealed, context).decode()

    def digest(self, key: bytes, text: str) -> str:
        """HMAC of the text under the subject's key: what an event may hold of it."""
        return hmac.new(_derive(key, "digest"), text.encode(), hashlib.sha256).hexdigest()

    def nik_index(self, region: str, nik: str) -> str:
        """Keyed index of a NIK, per region: two regions cannot be joined on it."""
        return hmac.new(self._index, f"{region}:{nik}".encode(), hashlib.sha256).hexdigest()

    def search_word(self, region: str, word: str) -> str:
        """Half the HMAC of a word by which a person is found, per region."""
        return hmac.new(self._search, f"{region}:{word}".encode(), hashlib.sha256).hexdigest()[:32]

    def access_digest(self, number: str, code: str) -> str:
        """Keyed digest of a case's access code."""
        return hmac.new(self._codes, f"{number}:{code}".encode(), hashlib.sha256).hexdigest()

    def check_digest(self, product: str) -> str:
        """Keyed digest of a product's public id, of which its check word is made."""
        return hmac.new(self._checks, product.encode(), hashlib.sha256).hexdigest()

    def keyed_digest(self, text: str) -> str:
        """HMAC of a text under a key that is made of the master key, as 64 hexadecimal digits."""
        return hmac.new(self._seals, text.encode(), hashlib.sha256).hexdigest()

    def equal(self, given: str, stored: str) -> bool:
        """Whether two digests are equal, in constant time."""
        return hmac.compare_digest(given, stored)

    def seal_answer(self, answer: bytes, context: str) -> bytes:
        """An answer kept for a replay, encrypted."""
        return _seal(self._answers, answer, context)

    def open_answer(self, sealed: bytes, context: str) -> bytes:
        """The answer that was kept."""
        return _open(self._answers, sealed, context)

    def seal_secret(self, text: str, context: str) -> bytes:
        """A subscription's secrets, encrypted under the master key."""
        return _seal(self._secrets, text.encode(), context)

    def open_secret(self, sealed: bytes, context: str) -> str:
        """What was sealed. Raises ValueError when the master key is another one."""
        return _open(self._secrets, sealed, context).decode()


def _derive(key: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=f"casetrack/{purpose}".encode()).derive(key)


def _seal(cipher: AESGCM, plain: bytes, context: str) -> bytes:
    nonce = os.urandom(_NONCE)
    return nonce + cipher.encrypt(nonce, plain, context.encode())


def _open(cipher: AESGCM, sealed: bytes, context: str) -> bytes:
    try:
        return cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], context.encode())
    except InvalidTag as error:
        raise ValueError("sealed data do not open: another key, or they were changed") from error
