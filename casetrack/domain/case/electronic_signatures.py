"""Electronic signatures on a product's file: what one says, by which certificate, why there is none.

A certificate proves who signed. By what right is the register's to say, and was asked before.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

#: What came of asking for a signature, beside one that was made.
Failure = Literal["signer_not_registered", "certificate_expired", "rejected", "unavailable"]
#: PP 71/2019 art. 60: `certified` by a recognised Indonesian provider, `uncertified` by a certificate of
#: the region's own.
Certificate = Literal["uncertified", "certified"]
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
class SignedPdf:
    """A file with one more signature."""

    content: bytes = field(repr=False)
    certificate: Certificate
    #: None where the service does not say it.
    level: Level | None


@dataclass(frozen=True, slots=True)
class CertificateDays:
    """The region's own certificate: whose it is, and from when until when."""

    subject: str
    since: datetime
    until: datetime
    self_signed: bool


class NotSigned(Exception):
    """No signature was made, or nobody knows of one. What it says holds no word of a person."""

    def __init__(self, failure: Failure, said: str) -> None:
        super().__init__(said)
        self.failure: Failure = failure
