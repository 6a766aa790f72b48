"""Recognised Indonesian providers of certificates: read from a list, and looked for behind a certificate.

A name proves nothing, for anybody can write it into a certificate of their own. So a provider stands in
the list with its issuing certificate, and counts where that one really issued what was signed with.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from cryptography import x509
from cryptography.exceptions import InvalidSignature

from casetrack.domain.case.electronic_signatures import Provider
from casetrack.domain.errors import BadInput
from casetrack.gateways.region.yaml_files import YamlFile, refuse
from casetrack.gateways.region.yaml_values import list_of, read_day, read_text, record

_SETTING = "CASETRACK_SIGN_PROVIDERS"
_LIST = record(
    {
        "providers": list_of(
            record(
                {
                    "id": read_text,
                    "name": read_text,
                    "basis": read_text,
                    "since": read_day,
                    "certificate": read_text,
                },
                {"until": read_day},
            )
        )
    },
    {},
)
_MOST, _LARGEST = 100, 64 * 1024
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


def read(path: Path | None) -> Providers:
    """The list of a file; without one it is empty, for of no provider do we have the issuing certificate
    at first hand. Raises BadInput with file, line and cure."""
    if path is None:
        return Providers()
    file = YamlFile(path.name)
    said = file.read(path, _LIST)["providers"]
    if len(said) > _MOST:
        file.fault(1, f"more than {_MOST} providers", "keep those that are recognised")
    listed = [_listed(file, path, place, each) for place, each in enumerate(said)]
    names = [each["id"] for each in said]
    for place, name in enumerate(names):
        if name in names[:place]:
            file.fault(file.line_of(("providers", place)), f"{name} stands there twice", "keep one")
    try:
        refuse(file.lines())
    except BadInput as error:
        raise BadInput(f"{_SETTING}: {error}") from None
    return Providers(listed)


def _listed(file: YamlFile, path: Path, place: int, said: dict[str, Any]) -> Listed:
    until = said.get("until")
    if until is not None and until < said["since"]:
        at = file.line_of(("providers", place, "until"))
        file.fault(at, "until is before since", "write the last day on which it is recognised")
    provider = Provider(said["id"], said["name"], said["basis"], said["since"], until)
    at = file.line_of(("providers", place, "certificate"))
    found: list[x509.Certificate] = []
    if file.readable and ("providers", place, "certificate") not in file.broken:
        found = _certificates(file, at, path.parent / said["certificate"])
    return Listed(provider, tuple(found))


def _certificates(file: YamlFile, line: int, path: Path) -> list[x509.Certificate]:
    try:
        with path.open("rb") as stream:
            raw = stream.read(_LARGEST + 1)
        found = x509.load_pem_x509_certificates(raw) if len(raw) <= _LARGEST else []
    except (OSError, ValueError):
        found = []
    if not found:
        cure = "name a PEM file with the issuing certificate, beside this list"
        file.fault(line, f"{path.name} holds no certificate", cure)
    for each in found:
        try:
            basic = each.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
        except (x509.ExtensionNotFound, ValueError):
            basic = False
        if not basic:
            cure = "name the certificate by which it issues, not one that it issued"
            file.fault(line, f"{path.name} is no issuer's certificate", cure)
    return found


def certificates_in(raw: Iterable[bytes]) -> list[x509.Certificate]:
    """Certificates by their bytes; what is none is left out."""
    found = []
    for each in raw:
        try:
            found.append(x509.load_der_x509_certificate(each))
        except ValueError:
            continue
    return found
