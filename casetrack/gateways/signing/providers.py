"""Recognised Indonesian providers of certificates, looked for behind a certificate.

A name proves nothing, for anybody can write it into a certificate of their own. So a provider stands in
the list with its issuing certificate, and counts where that one really issued what was signed with.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from cryptography import x509
from cryptography.exceptions import InvalidSignature

from casetrack.domain.case.electronic_signatures import Provider

#: So many certificates lie at most between one that signs and the one on the list.
_LONGEST_WAY = 4
#: The days of the list are days of the capital, where it is decided.
_CAPITAL = ZoneInfo("Asia/Jakarta")


@dataclass(frozen=True, slots=True)
class Listed:
    """A provider and the certificates by which it issues."""

    provider: Provider
    issuers: tuple[x509.Certificate, ...]


class Providers:
    """The list, as it was read."""

    def __init__(self, listed: Sequence[Listed] = ()) -> None:
        self._listed = tuple(listed)

    def __len__(self) -> int:
        return len(self._listed)

    def vouching(
        self, certificate: x509.Certificate, others: Iterable[x509.Certificate], now: datetime
    ) -> Provider | None:
        """Who on the list issued the certificate, over those beside it; None: nobody who is recognised
        today, or it has not begun, or has ended."""
        day, beside = now.astimezone(_CAPITAL).date(), list(others)
        listed = [each for each in self._listed if each.provider.recognised_on(day)]
        there = certificate
        for _ in range(_LONGEST_WAY):
            if not _in_time(there, now):
                return None
            for each in listed:
                if any(_issued(there, issuer, now) for issuer in each.issuers):
                    return each.provider
            above = [each for each in beside if each != there and _issued(there, each, now)]
            if not above:
                return None
            there = above[0]
        return None

    def ending(self, now: datetime, soon: timedelta) -> list[str]:
        """Which providers are recognised no more, or not for long: the list is to be looked through."""
        day = now.astimezone(_CAPITAL).date()
        ends = [each.provider for each in self._listed if each.provider.until is not None]
        return [
            f"the recognition of the provider {each.id} ends on {each.until}"
            for each in ends
            if each.until is not None and day > each.until - soon
        ]


def _in_time(certificate: x509.Certificate, now: datetime) -> bool:
    return certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc


def _issued(certificate: x509.Certificate, issuer: x509.Certificate, now: datetime) -> bool:
    """Whether this one issued it, and is one that may issue."""
    try:
        allowed = issuer.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
        if not allowed or certificate == issuer or not _in_time(issuer, now):
            return False
        certificate.verify_directly_issued_by(issuer)
    except (InvalidSignature, ValueError, TypeError, x509.ExtensionNotFound):
        return False
    return True


def certificates_in(raw: Iterable[bytes]) -> list[x509.Certificate]:
    """Certificates by their bytes; what is none is left out."""
    found = []
    for each in raw:
        try:
            found.append(x509.load_der_x509_certificate(each))
        except ValueError:
            continue
    return found
