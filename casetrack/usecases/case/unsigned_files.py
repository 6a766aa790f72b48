"""That a signature is still to come, in the answer to an act that stands: why, and what is done."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from casetrack.domain.errors import Refusal
from casetrack.domain.service.definition import Name
from casetrack.usecases.context import Answer

_TURN = Name(
    "masih menunggu tanda tangan elektronik: setiap penanda tangan membubuhkannya sendiri pada layanan "
    "tanda tangan, menurut urutannya",
    "it still waits for electronic signatures: each signer gives theirs at the signing service, in order",
)
_LATER = Name(
    "masih menunggu tanda tangan elektronik: belum dapat dibubuhkan sekarang, dan dicoba lagi",
    "it still waits for its electronic signature: that could not be put on the file now, and is tried "
    "again",
)
_WHY: Mapping[str, Name] = {
    "certificate_expired": Name(
        "masih menunggu tanda tangan elektronik: sertifikatnya sudah berakhir; perbarui, lalu tanda "
        "tangani lagi",
        "it still waits for its electronic signature: the certificate has ended; have it renewed, and "
        "sign again",
    ),
    "signer_not_registered": Name(
        "masih menunggu tanda tangan elektronik: penanda tangan belum terdaftar pada layanan tanda "
        "tangan; daftarkan, lalu tanda tangani lagi",
        "it still waits for its electronic signature: the signing service knows no such signer; register "
        "there, and sign again",
    ),
    "signature_rejected": Name(
        "masih menunggu tanda tangan elektronik: berkas belum ditandatangani karena NIK, frasa sandi, "
        "atau sertifikat tidak sesuai; tanda tangani lagi",
        "it still waits for its electronic signature: the file was not signed, as NIK, passphrase or "
        "certificate is not right; sign again",
    ),
    "earlier_signature_waits": _TURN,
}


def still_to_sign(answer: Answer, products: Iterable[str], why: Refusal | None = None) -> Answer:
    """The answer with a warning for each of these products; without a reason it is another one's turn."""
    said = _TURN if why is None else _WHY.get(why.code, _LATER)
    view = dict(answer.view)
    view["warnings"] = [
        *view.get("warnings", ()),
        *(
            {"at": f"products.{each}.signature", "message": said.en, "said": said.as_dict()}
            for each in products
        ),
    ]
    return replace(answer, view=view)
