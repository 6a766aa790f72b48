"""Signing with a certificate of the region's own, which no recognised provider vouches for."""

import importlib.util
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from casetrack.domain.case.electronic_signatures import (
    Certificate,
    CertificateDays,
    Level,
    NotSigned,
    OwnWords,
    SignaturePlace,
    SignedPdf,
)
from casetrack.domain.errors import BadInput
from casetrack.gateways.signing.certificates import OwnKey, file_of, files_in, nik_of, read
from casetrack.gateways.signing.providers import Providers

#: So long before its end a certificate is to be renewed.
SOON = timedelta(days=30)


def is_installed() -> bool:
    """Whether the extra `sign` is there."""
    return importlib.util.find_spec("pyhanko") is not None


def _now() -> datetime:
    return datetime.now(UTC)


class OwnCertificates:
    """A certificate of each region, read anew for each signature: it may have been replaced."""

    #: One key for the region: whoever signs gives nothing of their own.
    personal = False

    def __init__(
        self,
        place: Path,
        passphrase: str | None,
        authority: str | None = None,
        *,
        providers: Providers | None = None,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        if not is_installed():
            raise BadInput(
                "CASETRACK_SIGN_CERTIFICATE: it needs the extra: pip install 'casetrack[sign]'"
            )
        if not place.exists():
            raise BadInput(f"CASETRACK_SIGN_CERTIFICATE: there is no {place}")
        self._place, self._passphrase, self._clock = place, passphrase, clock
        self._authority, self._providers = authority, providers or Providers()
        self.level: Level | None = "B-T" if authority else "B-B"
        self.patience = 60.0 if authority else 20.0

    def signs(self, region: str) -> bool:
        """Whether the region has a certificate."""
        return file_of(self._place, region) is not None

    def kind(self, region: str) -> Certificate:
        """By which kind of certificate a file would be signed now. Raises NotSigned."""
        return "certified" if self._vouching(self._key(region)) else "uncertified"

    def reach(self) -> str:
        """Whose certificates there are and until when, in words. Raises BadInput, NotSigned."""
        found = []
        for path in files_in(self._place):
            days = read(path, self._passphrase).days
            if self._clock() > days.until:
                raise NotSigned(
                    "certificate_expired", f"{path.name} ended on {days.until:%Y-%m-%d}"
                )
            found.append(f"{path.name} until {days.until:%Y-%m-%d}")
        if not found:
            raise BadInput(f"CASETRACK_SIGN_CERTIFICATE: {self._place} holds no CODE.p12")
        return f"{', '.join(found)}; {'with' if self._authority else 'without'} a time-stamp"

    def days(self, region: str) -> CertificateDays | None:
        """Whose certificate it is and until when; None where the region has none. Raises BadInput."""
        path = file_of(self._place, region)
        return read(path, self._passphrase).days if path else None

    def ending(self) -> list[str]:
        """What is to be renewed: what ends within 30 days, has ended, or does not open."""
        said = [said for path in files_in(self._place) if (said := self._ending(path))]
        return [*said, *self._providers.ending(self._clock(), SOON)]

    def _ending(self, path: Path) -> str | None:
        try:
            until = read(path, self._passphrase).days.until
        except BadInput as error:
            return str(error)
        left = until - self._clock()
        if left > SOON:
            return None
        ends = "ends" if left > timedelta() else "ended"
        return f"the certificate for signing {path.name} {ends} on {until:%Y-%m-%d}"

    def sign(
        self, region: str, pdf: bytes, place: SignaturePlace, own: OwnWords | None
    ) -> SignedPdf:
        """The file with one more signature. Raises NotSigned."""
        # Large, and needed by no process before its first signature.
        from casetrack.gateways.signing import pades  # noqa: PLC0415

        key = self._key(region)
        now, said = self._clock(), key.days
        if now > said.until:
            raise NotSigned("certificate_expired", f"it ended on {said.until:%Y-%m-%d}")
        if now < said.since - pades.DRIFT:
            raise NotSigned("rejected", f"the certificate begins on {said.since:%Y-%m-%d}")
        content = pades.signed(pdf, key, place, self._authority)
        by = self._vouching(key)
        kind: Certificate = "certified" if by else "uncertified"
        return SignedPdf(content, kind, self.level, by, nik_of(key.certificate))

    def nik(self, region: str) -> str | None:
        """The NIK that the region's certificate carries, where it is a person's. Raises NotSigned."""
        return nik_of(self._key(region).certificate)

    def _vouching(self, key: OwnKey) -> str | None:
        """Who on the list of recognised providers issued the certificate."""
        found = self._providers.vouching(key.certificate, key.chain, self._clock())
        return found.id if found else None

    def _key(self, region: str) -> OwnKey:
        path = file_of(self._place, region)
        if path is None:
            raise NotSigned("unavailable", "the region's certificate is not there any more")
        try:
            return read(path, self._passphrase)
        except BadInput as error:
            raise NotSigned("unavailable", str(error)) from error
