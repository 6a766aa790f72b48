"""Signing by the national signing service (BSrE's e-sign client): POST api/sign/pdf, as its clients do.

The signer's NIK and passphrase come with the call and go to the service, and nowhere else. It knows no
key for a repeat, so a file that is sent twice is signed twice there; which of the two is kept is decided
here.
"""

import base64
import importlib.util
import json
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509

from casetrack.domain.case.electronic_signatures import (
    Certificate,
    Failure,
    Level,
    NotSigned,
    OwnWords,
    SignaturePlace,
    SignedPdf,
)
from casetrack.domain.delivery.outside_addresses import ANYWHERE, is_this_machine
from casetrack.domain.errors import BadInput
from casetrack.gateways.posting import Policy, PostBroken, Poster, PostRefused
from casetrack.gateways.signing.certificates import nik_of
from casetrack.gateways.signing.providers import Providers, certificates_in

#: Bytes of a file that is sent there, and that comes back.
_LARGEST = 8 * 1024 * 1024
#: The operator names the service, so it may be anywhere, also inside. A redirect is not followed: it
#: would carry the passphrase elsewhere.
SERVICE = Policy(
    ANYWHERE,
    deadline=40.0,
    instead_of_login="put user and password into CASETRACK_SIGN_SERVICE_USER and …_PASSWORD",
    largest_body=_LARGEST,
    largest_answer=_LARGEST,
)
_SETTING = "CASETRACK_SIGN_SERVICE"
#: What its answers say in words, whatever their number; the first that fits counts.
_WORDS: tuple[tuple[str, Failure], ...] = (
    ("tidak terdaftar", "signer_not_registered"),
    ("belum terdaftar", "signer_not_registered"),
    ("not registered", "signer_not_registered"),
    ("belum memiliki sertifikat", "signer_not_registered"),
    ("kedaluwarsa", "certificate_expired"),
    ("kadaluarsa", "certificate_expired"),
    ("masa berlaku", "certificate_expired"),
    ("expired", "certificate_expired"),
)
_SAID: Mapping[Failure, str] = {
    "signer_not_registered": "the service knows no signer of this NIK",
    "certificate_expired": "the signer's certificate at the service has ended",
    "rejected": "the service refused",
    "unavailable": "the service could not sign now",
}


def _now() -> datetime:
    return datetime.now(UTC)


class NationalService:
    """The service at an address, with the login that it gave to this installation."""

    #: Whoever signs gives their own NIK and passphrase.
    personal = True
    #: Longer than an answer is waited for.
    patience = 60.0
    #: It does not say whether an authority gave the time.
    level: Level | None = None

    def __init__(
        self,
        url: str,
        user: str,
        password: str,
        *,
        providers: Providers | None = None,
        policy: Policy = SERVICE,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        self._providers, self._clock = providers or Providers(), clock
        if importlib.util.find_spec("pyhanko") is None:
            raise BadInput(
                f"{_SETTING}: what comes back is checked by the extra: pip install 'casetrack[sign]'"
            )
        self._url, self._post = f"{url.rstrip('/')}/api/sign/pdf", Poster(policy)
        try:
            parts = self._post.parse(self._url)
        except BadInput as error:
            raise BadInput(f"{_SETTING}: {error}") from None
        if parts.scheme == "http" and not is_this_machine(parts.hostname or ""):
            raise BadInput(f"{_SETTING}: passphrases would travel in the clear; use https://")
        login = base64.b64encode(f"{user}:{password}".encode()).decode()
        self._headers = {"Authorization": f"Basic {login}", "Accept": "application/pdf"}

    def signs(self, region: str) -> bool:
        """It signs for every region."""
        return True

    def kind(self, region: str) -> Certificate:
        """What its signatures must be: where there is a list, of somebody who stands on it."""
        return "certified" if self._providers else "unknown"

    def ending(self) -> list[str]:
        """Each signer has a certificate of their own, which the service looks after."""
        return self._providers.ending(self._clock(), timedelta(days=30))

    def reach(self) -> str:
        """Whether it can be connected to, in words. Raises NotSigned."""
        try:
            self._post.reach(self._url)
        except (PostRefused, PostBroken) as trouble:
            raise NotSigned("unavailable", f"no talk with the service: {trouble}") from None
        return "the national signing service answers"

    def sign(
        self, region: str, pdf: bytes, place: SignaturePlace, own: OwnWords | None
    ) -> SignedPdf:
        """The file with one more signature. Raises NotSigned."""
        if own is None:
            raise NotSigned("rejected", "the signer gave no NIK and passphrase")
        parts = {
            "nik": own.nik,
            "passphrase": own.passphrase,
            "tampilan": "invisible",
            "reason": place.reason,
            "location": place.location,
        }
        boundary, body = _form(parts, pdf)
        form = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        try:
            answer = self._post(self._url, {**self._headers, **form}, body)
        except (PostRefused, PostBroken) as trouble:
            raise NotSigned("unavailable", f"no talk with the service: {trouble}") from None
        if answer.body is None:
            raise NotSigned("unavailable", "the service broke off its answer")
        if answer.status != 200:
            raise _failed(answer.status, answer.body)
        signer, others = _checked(answer.body, pdf, place)
        found = self._providers.vouching(signer, others, self._clock())
        by = found.id if found else None
        kind: Certificate = "certified" if by else "unknown"
        return SignedPdf(answer.body, kind, self.level, by, nik_of(signer))

    def nik(self, region: str) -> str | None:
        """Each signer has a certificate of their own; what it carries is seen once it has signed."""
        return None


def _checked(
    came: bytes, sent: bytes, place: SignaturePlace
) -> tuple[x509.Certificate, list[x509.Certificate]]:
    """The certificate of the signature that was added, and those beside it.

    A service is believed in nothing: the file must show what was sent, and the signature be whole over
    all of it. Raises NotSigned.
    """
    # Large, and needed by no process before its first signature.
    from casetrack.gateways.signing import pades, same_paper  # noqa: PLC0415

    # Over a signature that is there it is a revision: all that was sent stands before it.
    kept = place.number == 1 or came.startswith(sent)
    if not kept or not same_paper.has_one_more(came, sent):
        raise NotSigned("rejected", "what came is not the file that was sent, with a signature")
    signer = pades.newest_signer(came)
    mine = certificates_in([signer[0]]) if signer else []
    if signer is None or not mine:
        raise NotSigned("rejected", "the signature that came does not fit the file")
    return mine[0], certificates_in(signer[1])


def _form(parts: Mapping[str, str], pdf: bytes) -> tuple[str, bytes]:
    """The boundary and the form, whose file is called by nothing that says whose it is."""
    boundary = secrets.token_hex(16)
    pieces = []
    for name, value in parts.items():
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'
        pieces.append(head.encode() + value.encode() + b"\r\n")
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="naskah.pdf"\r\n'
        "Content-Type: application/pdf\r\n\r\n"
    )
    pieces.append(head.encode() + pdf + f"\r\n--{boundary}--\r\n".encode())
    return boundary, b"".join(pieces)


def _failed(status: int, body: bytes) -> NotSigned:
    """What an answer means. Its words are not passed on: they may quote what was sent."""
    try:
        document: Any = json.loads(body)
    except (ValueError, RecursionError):
        document = None
    found = document if isinstance(document, dict) else {}
    words = str(found.get("error") or found.get("message") or "").lower()
    code = found.get("status_code")
    failure: Failure = "rejected" if 400 <= status < 500 and found else "unavailable"
    if found:
        failure = next((kind for said, kind in _WORDS if said in words), failure)
    shown = f", code {code}" if isinstance(code, int) else ""
    return NotSigned(failure, f"{_SAID[failure]} (HTTP {status}{shown})")
