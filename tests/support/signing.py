"""Who signs files in the tests: a certificate, an authority for time-stamps, a signing service."""

import asyncio
import io
import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from asn1crypto import keys, tsp, x509
from cryptography import x509 as crypto
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from casetrack.domain.case.electronic_signatures import SignaturePlace
from casetrack.gateways.signing import certificates
from casetrack.gateways.signing.own_certificate import OwnCertificates
from tests.conftest import need
from tests.support.receiver import Behaviour, Handler

#: What the tests' certificates open with, and what a signer gives to the service.
OPENS, SPOKEN = "kata-uji", "frasa-uji-sangat-pribadi"
NIK = "6472000000000001"


def certificate(folder: Path, name: str = "Pemerintah Kota Contoh") -> Path:
    """A certificate for a trial."""
    made = folder / "contoh.p12"
    made.write_bytes(certificates.trial(name, OPENS))
    return made


def provider(folder: Path, *, since: str = "2020-01-01", until: str | None = None) -> Path:
    """A list with one recognised provider, whose issuing certificate lies beside it with its key."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = crypto.Name([crypto.NameAttribute(NameOID.COMMON_NAME, "Penyelenggara Contoh")])
    issuer = _issued(name, key.public_key(), name, key, ca=True)
    (folder / "contoh-ca.pem").write_bytes(issuer.public_bytes(serialization.Encoding.PEM))
    (folder / "contoh-ca.key").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    made = folder / "providers.yaml"
    ends = f"\n    until: {until}" if until else ""
    made.write_text(
        "providers:\n  - id: contoh\n    name: Penyelenggara Contoh\n    basis: Keputusan 1/2020\n"
        f"    since: {since}{ends}\n    certificate: contoh-ca.pem\n"
    )
    return made


def certificate_by(
    folder: Path, listed: Path, name: str = "Pemerintah Kota Contoh", nik: str | None = None
) -> Path:
    """A certificate that the provider of this list issued, by itself or with a NIK on it."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    said = [crypto.NameAttribute(NameOID.COMMON_NAME, name)]
    said += [crypto.NameAttribute(NameOID.SERIAL_NUMBER, nik)] if nik else []
    subject = crypto.Name(said)
    issuer = crypto.load_pem_x509_certificate((listed.parent / "contoh-ca.pem").read_bytes())
    above = serialization.load_pem_private_key((listed.parent / "contoh-ca.key").read_bytes(), None)
    assert isinstance(above, rsa.RSAPrivateKey)
    mine = _issued(subject, key.public_key(), issuer.subject, above, ca=False)
    made = folder / "resmi.p12"
    sealed = serialization.BestAvailableEncryption(OPENS.encode())
    made.write_bytes(pkcs12.serialize_key_and_certificates(b"resmi", key, mine, None, sealed))
    return made


def _issued(
    subject: crypto.Name,
    public: rsa.RSAPublicKey,
    issuer: crypto.Name,
    key: rsa.RSAPrivateKey,
    *,
    ca: bool,
) -> crypto.Certificate:
    now = datetime.now(UTC)
    return (
        crypto.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(crypto.random_serial_number())
        .not_valid_before(now - timedelta(days=30))
        .not_valid_after(now + timedelta(days=300))
        .add_extension(crypto.BasicConstraints(ca=ca, path_length=None), critical=True)
        .sign(key, SHA256())
    )


def said_of(content: bytes, folder: Path) -> list[str]:
    """What pdfsig says of each signature in a file."""
    need(bool(shutil.which("pdfsig")), "pdfsig")
    path = folder / "looked-at.pdf"
    path.write_bytes(content)
    called = ["pdfsig", str(path)]
    said = subprocess.run(called, capture_output=True, text=True, check=False).stdout
    return re.findall(r"Signature Validation: (.+)", said)


def names_in(content: bytes) -> list[tuple[str, str, bool]]:
    """Of each signature in a file: its name, its reason, and whether it has a time-stamp."""
    found = PdfFileReader(io.BytesIO(content)).embedded_signatures
    return [
        (
            str(each.sig_object["/Name"]),
            str(each.sig_object["/Reason"]),
            "signature_time_stamp_token" in kinds_of(each),
        )
        for each in found
    ]


def kinds_of(signature: EmbeddedPdfSignature) -> list[str]:
    """The kinds of what stands beside the signature and is not signed by it."""
    return [each["type"].native for each in signature.signer_info["unsigned_attrs"]]


def stamps(folder: Path) -> Behaviour:
    """A time-stamping authority."""
    own = certificates.read(certificate(folder, "Otoritas Waktu"), OPENS)
    key = own.key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    authority = DummyTimeStamper(
        x509.Certificate.load(own.certificate.public_bytes(serialization.Encoding.DER)),
        keys.PrivateKeyInfo.load(key),
    )

    def answer(handler: Handler) -> None:
        asked = tsp.TimeStampReq.load(handler.receiver.got[-1].body)
        response = asyncio.run(authority.async_request_tsa_response(asked))
        gives(200, response.dump(), "application/timestamp-reply")(handler)

    return answer


def gives(status: int, body: bytes, kind: str = "application/json") -> Behaviour:
    """Answers with this body."""

    def answer(handler: Handler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def refuses(status: int, words: str, code: int) -> Behaviour:
    """The service says no, as it does."""
    return gives(status, json.dumps({"error": words, "status_code": code}).encode())


def parts_of(body: bytes) -> Mapping[str, bytes]:
    """What a form said, by name."""
    boundary = body.split(b"\r\n", 1)[0]
    found = {}
    for piece in body.split(boundary)[1:-1]:
        head, _, value = piece.partition(b"\r\n\r\n")
        name = re.search(rb'name="([a-z]+)"', head)
        assert name is not None
        found[name[1].decode()] = value.removesuffix(b"\r\n")
    return found


def signs(folder: Path, by: Path | None = None) -> Behaviour:
    """The service signs what came, each time anew, and gives the file back."""
    own = OwnCertificates(by or certificate(folder, "Layanan Nasional"), OPENS)

    def answer(handler: Handler) -> None:
        came = parts_of(handler.receiver.got[-1].body)
        number = came["file"].count(b"/ByteRange") + 1
        place = SignaturePlace(number, "Penandatangan", came["reason"].decode(), "Samarinda")
        signed = own.sign("", came["file"], place, None)
        gives(200, signed.content, "application/pdf")(handler)

    return answer
