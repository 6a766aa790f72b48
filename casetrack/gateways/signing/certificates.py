"""A region's own certificate and its key, read from a PKCS#12 or a PEM file."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    load_pem_private_key,
    pkcs12,
)
from cryptography.x509.oid import NameOID

from casetrack.domain.case.electronic_signatures import CertificateDays
from casetrack.domain.errors import BadInput

#: Endings of a file, and in a folder of those that are each a region's: CODE.p12 or CODE.pem.
ENDINGS = (".p12", ".pfx", ".pem")
_SETTING = "CASETRACK_SIGN_CERTIFICATE"
#: Written alone, or behind a mark such as "NIK:" or "IDCID-".
_NIK = re.compile(r"(?<![0-9])[0-9]{16}(?![0-9])")
#: So long is one that is made for a trial valid.
TRIAL = timedelta(days=90)
PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True)
class OwnKey:
    """A key with its certificate, and those that lead on to its issuer."""

    key: PrivateKey = field(repr=False)
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...] = ()

    @property
    def days(self) -> CertificateDays:
        """Whose it is and until when."""
        said = self.certificate
        return CertificateDays(
            said.subject.rfc4514_string(),
            said.not_valid_before_utc,
            said.not_valid_after_utc,
            said.issuer == said.subject,
        )


def nik_of(certificate: x509.Certificate) -> str | None:
    """The NIK that a certificate carries of whose it is; None where it carries none."""
    for kind in (NameOID.SERIAL_NUMBER, NameOID.USER_ID):
        for each in certificate.subject.get_attributes_for_oid(kind):
            found = _NIK.search(str(each.value))
            if found:
                return found[0]
    return None


def file_of(place: Path, region: str) -> Path | None:
    """The file of a region: the one that is named, or its own in the folder that is named."""
    if not place.is_dir():
        return place
    found = [place / f"{region}{ending}" for ending in ENDINGS]
    return next((each for each in found if each.exists()), None)


def files_in(place: Path) -> list[Path]:
    """All files of certificates: the one that is named, or those in the folder."""
    if not place.is_dir():
        return [place]
    return sorted(each for each in place.iterdir() if each.suffix in ENDINGS)


def read(path: Path, passphrase: str | None) -> OwnKey:
    """Key and certificate of a file. Raises BadInput; what it says holds neither key nor passphrase."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise BadInput(f"{_SETTING}: cannot read {path}: {error.strerror}") from error
    secret = passphrase.encode() if passphrase else None
    try:
        found = _pem(raw, secret) if path.suffix == ".pem" else _pkcs12(raw, secret)
    except (ValueError, TypeError):
        raise BadInput(
            f"{_SETTING}: {path} does not open as {'PEM' if path.suffix == '.pem' else 'PKCS#12'}; "
            "is CASETRACK_SIGN_PASSPHRASE the one that it was made with?"
        ) from None
    if found is None:
        raise BadInput(
            f"{_SETTING}: {path} must hold a private key (RSA or elliptic curve) and its certificate"
        )
    return found


def _pkcs12(raw: bytes, secret: bytes | None) -> OwnKey | None:
    key, certificate, others = pkcs12.load_key_and_certificates(raw, secret)
    return _joined(key, [certificate] if certificate else [], others)


def _pem(raw: bytes, secret: bytes | None) -> OwnKey | None:
    key = load_pem_private_key(raw, secret)
    return _joined(key, x509.load_pem_x509_certificates(raw), [])


def _joined(
    key: object, own: Sequence[x509.Certificate], others: Sequence[x509.Certificate]
) -> OwnKey | None:
    """The certificate is the one of the key, wherever it stands among the others."""
    if not isinstance(key, PrivateKey):
        return None
    public, every = key.public_key().public_numbers(), [*own, *others]
    fits = [each for each in every if _numbers(each) == public]
    if not fits:
        return None
    return OwnKey(key, fits[0], tuple(each for each in every if each != fits[0]))


def _numbers(certificate: x509.Certificate) -> object:
    public = certificate.public_key()
    kinds = (rsa.RSAPublicKey, ec.EllipticCurvePublicKey)
    return public.public_numbers() if isinstance(public, kinds) else None


def trial(name: str, passphrase: str, *, since: datetime | None = None) -> bytes:
    """A PKCS#12 file with a new key and a certificate that only itself vouches for."""
    begins = since or datetime.now(UTC)
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins - timedelta(minutes=5))
        .not_valid_after(begins + TRIAL)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .sign(key, SHA256())
    )
    sealed = BestAvailableEncryption(passphrase.encode())
    return pkcs12.serialize_key_and_certificates(name.encode(), key, made, None, sealed)
