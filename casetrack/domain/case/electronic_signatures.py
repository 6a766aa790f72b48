"""Electronic signatures on a product's file: what one says, by which certificate, why there is none.

A certificate proves who signed. By what right is the register's to say, and was asked before.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Literal

#: What came of asking for a signature, beside one that was made.
Failure = Literal["signer_not_registered", "certificate_expired", "rejected", "unavailable"]
#: PP 71/2019 art. 60: `certified` by a provider on the list of recognised Indonesian ones,
#: `uncertified` by a certificate of the region's own, `unknown` by one of another's that is not on it.
Certificate = Literal["uncertified", "certified", "unknown"]
#: What a product bears: `none` signed outside the system or by hand, `by_law` nobody's signature at all,
#: `waiting` a corrected text whose file is still to be signed.
Form = Literal["none", "by_law", "waiting", "uncertified", "certified", "unknown"]
#: Of one block below a text: the kind of its electronic signature on this file, or that it was given to
#: the text before a correction.
BlockForm = Literal["waiting", "uncertified", "certified", "unknown", "replaced"]
#: PAdES baseline: B-T has the time of an authority that says when, B-B only the signer's own clock.
Level = Literal["B-B", "B-T"]


@dataclass(frozen=True, slots=True)
class SignaturePlace:
    """One signature in the order of a product: its field in the file, and what it says of the signer."""

    #: From 1.
    number: int
    name: str
    #: The office in the form in which they signed, and by which passport.
    reason: str
    location: str

    @property
    def field(self) -> str:
        """How the file calls it; no other signature of the file is called so."""
        return f"tanda-tangan-{self.number}"


@dataclass(frozen=True, slots=True)
class OwnWords:
    """What a signer gives with the call to a signing service. Neither is kept, nor logged."""

    nik: str = field(repr=False)
    passphrase: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Provider:
    """A recognised Indonesian provider of certificates: on which basis, from which day until when."""

    id: str
    name: str
    basis: str
    since: date
    until: date | None = None

    def recognised_on(self, day: date) -> bool:
        """Whether it is recognised on that day, the last one included."""
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class SignedPdf:
    """A file with one more signature."""

    content: bytes = field(repr=False)
    certificate: Certificate
    #: None where the service does not say it.
    level: Level | None
    #: Who vouches for the certificate; None where nobody on the list does.
    provider: str | None = None
    #: The NIK that the certificate carries, where it does.
    nik: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Bears:
    """Which kind of signature a product bears: one value for its paper, the page and the answers."""

    form: Form
    level: Level | None = None
    #: What is over is printed anew: such a sheet is not the file that was signed.
    reprinted: bool = False


#: Seconds until the clock tries a signature again that was not available; after the last it gives up.
AGAIN = (60, 120, 300, 600, 1800, 3600, 3 * 3600, 6 * 3600, 12 * 3600, 24 * 3600, 48 * 3600)


def next_try(tries: int, now: datetime) -> datetime | None:
    """When the clock tries again after so many tries of its own; None: it has tried often enough."""
    return now + timedelta(seconds=AGAIN[tries]) if tries < len(AGAIN) else None


def certificate_of(file: Mapping[str, Any]) -> Certificate:
    """By which kind of certificate a file was signed. Before there was a list of providers, whatever a
    service returned was called certified; nobody on the list vouches for that."""
    said: Certificate = file["certificate"]
    return "unknown" if said == "certified" and not file.get("provider") else said


def bears_of(file: Mapping[str, Any], *, reprinted: bool = False) -> Bears:
    """What a signed file bears."""
    return Bears(certificate_of(file), file["level"], reprinted)


def bears(product: Mapping[str, Any], *, reprinted: bool = False) -> Bears | None:
    """What an issued product bears; None while it is not issued, or never was."""
    if product["issued_at"] is None:
        return None
    if product.get("by_law"):
        return Bears("by_law")
    file = product.get("file")
    if file is not None:
        return bears_of(file, reprinted=reprinted)
    return Bears("waiting" if product.get("signing") else "none")


_ON_FILE: Mapping[Form, BlockForm] = {
    "waiting": "waiting",
    "uncertified": "uncertified",
    "certified": "certified",
    "unknown": "unknown",
}


def block_forms(product: Mapping[str, Any], said: Bears | None) -> list[BlockForm | None]:
    """What each block bears, those of corrections behind the others: of a corrected text only the last
    signed it, and only that one's signature is on its file."""
    corrections = len(product.get("corrections", ()))
    before = len(product["signatures"]) + corrections - 1 if corrections else 0
    here: BlockForm | None = _ON_FILE.get(said.form) if said else None
    now = 1 if corrections else len(product["signatures"])
    gone: list[BlockForm | None] = ["replaced"]
    return gone * before + [here] * now


@dataclass(frozen=True, slots=True)
class CertificateDays:
    """The region's own certificate: whose it is, and from when until when."""

    subject: str
    since: datetime
    until: datetime
    self_signed: bool


class NotSigned(Exception):
    """No signature was made, or nobody knows of one. What it says holds no word of a person."""

    def __init__(self, failure: Failure, said: str, *, other_signer: bool = False) -> None:
        super().__init__(said)
        self.failure: Failure = failure
        #: Whether the NIK given, or that of the certificate, is not the officer's.
        self.other_signer = other_signer
