"""PAdES signatures by pyHanko, the extra `sign`: invisible, each a revision over the file before it."""

import io
from datetime import timedelta

from asn1crypto import keys, tsp, x509
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko.sign.general import SigningError
from pyhanko.sign.timestamps import TimeStamper, TimestampRequestError
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import validate_sig_integrity
from pyhanko_certvalidator.registry import SimpleCertificateStore

from casetrack.domain.case.electronic_signatures import NotSigned, SignaturePlace
from casetrack.domain.delivery.outside_addresses import ANYWHERE
from casetrack.gateways.posting import Policy, PostBroken, Poster, PostRefused
from casetrack.gateways.signing.certificates import OwnKey

#: The operator names the authority, so it may be anywhere, also inside.
AUTHORITY = Policy(ANYWHERE, deadline=15.0)
#: Room for a signature, its certificates and a time-stamp with those of its authority.
_ROOM = 24 * 1024
#: What a clock that is a little behind may say of a certificate of a moment ago.
DRIFT = timedelta(minutes=5)


class Authority(TimeStamper):
    """A time-stamping authority (RFC 3161), asked over the one bounded way to the outside."""

    def __init__(self, url: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._url, self._post = url, Poster(AUTHORITY)

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """The authority's answer. Raises TimestampRequestError."""
        headers = {"Content-Type": "application/timestamp-query"}
        try:
            answer = self._post(self._url, headers, req.dump())
        except (PostRefused, PostBroken) as trouble:
            raise TimestampRequestError(str(trouble)) from trouble
        if answer.status != 200 or not answer.body:
            raise TimestampRequestError(f"HTTP {answer.status}")
        try:
            response = tsp.TimeStampResp.load(answer.body)
            if response["status"]["status"].native in ("granted", "granted_with_mods"):
                _check_answers(response, req)
        except (ValueError, TypeError, KeyError) as error:
            raise TimestampRequestError("what came is no time-stamp") from error
        return response


def _check_answers(response: tsp.TimeStampResp, asked: tsp.TimeStampReq) -> None:
    """Raises TimestampRequestError where it is the answer to another question."""
    said = response["time_stamp_token"]["content"]["encap_content_info"]["content"].parsed
    same = said["nonce"].native == asked["nonce"].native
    if not same or said["message_imprint"].dump() != asked["message_imprint"].dump():
        raise TimestampRequestError("what came is the time-stamp of something else")


def signed(pdf: bytes, own: OwnKey, place: SignaturePlace, authority: str | None) -> bytes:
    """The file with one more signature, and a time-stamp in it where there is an authority.

    Raises NotSigned.
    """
    meta = signers.PdfSignatureMetadata(
        field_name=place.field,
        md_algorithm="sha256",
        name=place.name,
        reason=place.reason,
        location=place.location,
        subfilter=fields.SigSeedSubFilter.PADES,
    )
    spec = fields.SigFieldSpec(
        place.field, box=None, readable_field_name=f"Tanda tangan elektronik {place.number}"
    )
    try:
        written = signers.sign_pdf(
            IncrementalPdfFileWriter(io.BytesIO(pdf)),
            meta,
            signer=_signer(own),
            timestamper=Authority(authority) if authority else None,
            new_field_spec=spec,
            bytes_reserved=_ROOM * 2,
        )
    except TimestampRequestError as error:
        raise NotSigned(
            "unavailable", f"the time-stamping authority gave no time-stamp: {error}"
        ) from error
    except (SigningError, PdfError, ValueError) as error:
        raise NotSigned("rejected", f"the file cannot be signed: {type(error).__name__}") from error
    content: bytes = written.getvalue()
    return content


def _signer(own: OwnKey) -> signers.SimpleSigner:
    key = own.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    chain = [x509.Certificate.load(each.public_bytes(Encoding.DER)) for each in own.chain]
    return signers.SimpleSigner(
        signing_cert=x509.Certificate.load(own.certificate.public_bytes(Encoding.DER)),
        signing_key=keys.PrivateKeyInfo.load(key),
        cert_registry=SimpleCertificateStore.from_certs(chain),  # type: ignore[no-untyped-call]
    )


def newest_signer(pdf: bytes) -> tuple[bytes, list[bytes]] | None:
    """The certificate of the newest signature of a file, and those beside it, as DER; None where it is
    no signature of this file by that certificate."""
    try:
        newest = PdfFileReader(io.BytesIO(pdf)).embedded_signatures[-1]
        intact, valid = validate_sig_integrity(
            newest.signer_info, newest.signer_cert, "data", newest.compute_digest()
        )
    except (PdfError, SignatureValidationError, IndexError, ValueError, TypeError, KeyError):
        return None
    if not (intact and valid):
        return None
    return newest.signer_cert.dump(), [each.dump() for each in newest.other_embedded_certs]
