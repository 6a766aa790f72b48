"""Who signs files in the tests: a certificate, an authority for time-stamps, a signing service."""

import asyncio
import io
import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from asn1crypto import keys, tsp, x509
from cryptography.hazmat.primitives import serialization
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


def signs(folder: Path) -> Behaviour:
    """The service signs what came, each time anew, and gives the file back."""
    own = OwnCertificates(certificate(folder, "Layanan Nasional"), OPENS)

    def answer(handler: Handler) -> None:
        came = parts_of(handler.receiver.got[-1].body)
        number = came["file"].count(b"/ByteRange") + 1
        place = SignaturePlace(number, "Penandatangan", came["reason"].decode(), "Samarinda")
        signed = own.sign("", came["file"], place, None)
        gives(200, signed.content, "application/pdf")(handler)

    return answer
