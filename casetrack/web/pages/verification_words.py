"""What is said to who verifies a product, in both languages."""

from collections.abc import Mapping
from typing import Literal

from casetrack.domain.case.electronic_signatures import Certificate
from casetrack.domain.case.verification import CheckWord, Compared, Validity
from casetrack.usecases.case.verification import Details, Verification
from casetrack.web.pages.wording import Words

VALIDITY: Mapping[Validity, Words] = {
    "valid": ("Berlaku", "Valid"),
    "expired": ("Masa berlaku sudah berakhir", "Expired"),
    "annulled": ("Sudah dibatalkan", "Annulled"),
    "revoked": ("Sudah dicabut", "Revoked"),
}
NO_CERTIFICATE: Words = (
    "Ditandatangani di luar sistem atau tanpa sertifikat elektronik",
    "Signed outside the system, or without an electronic certificate",
)
CERTIFICATE: Mapping[Certificate, Words] = {
    "uncertified": (
        "Tanda tangan elektronik tidak tersertifikasi: dengan sertifikat milik daerah sendiri",
        "Electronic signature, not certified: by a certificate of the region's own",
    ),
    "certified": (
        "Tanda tangan elektronik tersertifikasi, dari penyelenggara sertifikasi Indonesia",
        "Certified electronic signature, of a recognised Indonesian provider",
    ),
}
_NO_STAMP: Words = (
    "; waktunya menurut mesin penanda tangan, tanpa stempel waktu",
    "; its time is that of the signing machine, without a time-stamp",
)
CHECK_WORD: Mapping[CheckWord, Words] = {
    "not_given": (
        "Untuk melihat apa yang tercetak, isi kata periksa yang ada pada produk.",
        "To see what is printed on it, give the check word that stands on the product.",
    ),
    "fits": ("Kata periksa cocok.", "The check word fits."),
    "does_not_fit": (
        "Kata periksa tidak cocok dengan produk ini.",
        "The check word does not fit this product.",
    ),
}
FILE: Mapping[Compared, Words] = {
    "not_given": ("", ""),
    "agrees": (
        "Berkas ini sama dengan yang diterbitkan.",
        "This file is the one that was issued.",
    ),
    "does_not_agree": (
        "Berkas ini bukan yang diterbitkan.",
        "This file is not the one that was issued.",
    ),
    "cannot_be_compared": (
        "Berkas tidak dapat dibandingkan: sidik berkasnya tidak disimpan.",
        "The file cannot be compared: no hash of it is kept.",
    ),
}
NAME: Mapping[Compared | Literal["needs_check_word"], Words] = {
    "not_given": ("", ""),
    "agrees": (
        "Nama sebagaimana tercetak: cocok.",
        "The name as printed: agrees.",
    ),
    "does_not_agree": (
        "Nama sebagaimana tercetak: tidak cocok.",
        "The name as printed: does not agree.",
    ),
    "cannot_be_compared": (
        "Nama tidak dapat dibandingkan: nama yang tercetak tidak lagi disimpan.",
        "The name cannot be compared: the name that is printed is no longer kept.",
    ),
    "needs_check_word": (
        "Nama hanya dibandingkan bila kata periksa cocok.",
        "A name is compared only if the check word fits.",
    ),
}
GENUINE: Words = (
    "Dokumen hanya asli bila nama dan berkasnya sama-sama cocok. Halaman ini tidak pernah menampilkan "
    "nama pemegangnya; nama yang tercetak dapat dibandingkan.",
    "A paper is genuine only if both the name and the file agree. The holder's name is never shown "
    "here; the printed name can be compared.",
)
UNKNOWN: Words = (
    "Tidak ada produk yang diterbitkan dengan nomor ini. Periksa penulisannya, lalu tanyakan di loket "
    "bila tetap tidak ditemukan.",
    "No product was issued under this number. Check how it is written, and ask at the counter if it "
    "still is not found.",
)
NOT_VALID: Words = (
    "Produk ini tidak berlaku lagi, apa pun yang tertulis di kertasnya.",
    "This product is not valid any more, whatever the paper says.",
)


def advice(found: Verification) -> Words:
    """What the asker should make of the answer."""
    if not found.products:
        return UNKNOWN
    if all(each.standing.validity != "valid" for each in found.products):
        return NOT_VALID
    return GENUINE


def certificate(details: Details) -> Words:
    """By which kind of certificate the file is signed, and whether an authority said when."""
    if details.certificate is None:
        return NO_CERTIFICATE
    said = CERTIFICATE[details.certificate]
    if details.level != "B-B":
        return said
    return said[0] + _NO_STAMP[0], said[1] + _NO_STAMP[1]
