"""What is said to who verifies a product, in both languages."""

from collections.abc import Mapping
from typing import Literal

from casetrack.domain.case.electronic_signatures import BlockForm
from casetrack.domain.case.signature_words import in_words, of_block
from casetrack.domain.case.transitions import AnnulledBy
from casetrack.domain.case.verification import (
    CheckWord,
    Compared,
    ComparedFile,
    Corrected,
    Replaced,
    Validity,
)
from casetrack.domain.service.definition import Name
from casetrack.usecases.case.verification import Details, Verification, Verified
from casetrack.web.pages.wording import Words

VALIDITY: Mapping[Validity, Words] = {
    "valid": ("Berlaku", "Valid"),
    "expired": ("Masa berlaku sudah berakhir", "Expired"),
    "annulled": ("Sudah dibatalkan", "Annulled"),
    "revoked": ("Sudah dicabut", "Revoked"),
    "suspended": ("Ditangguhkan", "Suspended"),
}
SUSPENDED_BY: Mapping[AnnulledBy, Words] = {
    "official": (
        "atas keputusan pejabat yang menetapkannya",
        "by decision of the official who issued it",
    ),
    "superior": ("atas keputusan atasan pejabat itu", "by decision of that official's superior"),
    "court": ("atas perintah pengadilan", "by order of a court"),
}
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
FILE: Mapping[ComparedFile, Words] = {
    "not_given": ("", ""),
    "agrees": (
        "Berkas ini sama dengan yang diterbitkan.",
        "This file is the one that was issued.",
    ),
    "replaced": (
        "Berkas ini pernah diterbitkan, dan sudah diganti oleh perbaikan.",
        "This file was issued, and was replaced by a correction.",
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
REPLACED: Words = (
    "Berkas ini tidak berlaku lagi: mintalah berkas yang sudah diperbaiki.",
    "This file is not valid any more: ask for the corrected one.",
)
NOT_THE_PRODUCT: Words = (
    "Jangan mengandalkan yang ada di tangan Anda: mintalah produk yang asli kepada pemegangnya, atau "
    "tanyakan di loket. Yang tertulis di bawah ini adalah keadaan produk yang terdaftar.",
    "Do not rely on what is in your hands: ask the holder for the genuine product, or ask at the "
    "counter. What stands below is how the registered product stands.",
)
NOT_VALID: Words = (
    "Produk ini tidak berlaku lagi, apa pun yang tertulis di kertasnya.",
    "This product is not valid any more, whatever the paper says.",
)

SUSPENDED: Words = (
    "Produk ini ditangguhkan: selama itu tidak boleh dipakai, apa pun yang tertulis di kertasnya. "
    "Periksa lagi di halaman ini sebelum dipakai.",
    "This product is suspended: it may not be used meanwhile, whatever the paper says. Look here again "
    "before it is used.",
)


def differs(found: Verification) -> Words | None:
    """What in the asker's hands is not the product's: file, check word or name; None where nothing is."""
    if not found.products:
        return None
    if found.file in ("does_not_agree", "replaced"):
        return FILE[found.file]
    if found.check_word == "does_not_fit":
        return CHECK_WORD["does_not_fit"]
    return NAME["does_not_agree"] if found.name == "does_not_agree" else None


def advice(found: Verification) -> Words:
    """What the asker should make of the answer."""
    if not found.products:
        return UNKNOWN
    if found.file != "replaced" and differs(found) is not None:
        return NOT_THE_PRODUCT
    if all(each.standing.validity != "valid" for each in found.products):
        suspended = any(each.standing.validity == "suspended" for each in found.products)
        return SUSPENDED if suspended else NOT_VALID
    return REPLACED if found.file == "replaced" else GENUINE


def certificate(details: Details) -> Words:
    """Which kind of signature it bears: the words that are printed on it."""
    said = in_words(details.bears)
    return said.id, said.en


def block(form: BlockForm) -> Name:
    """What is said of one signature: the words that are printed below its block."""
    return of_block(form)


def corrected(said: Corrected) -> Words:
    """That what is printed was corrected, and since when; days are put in by who writes the sentence."""
    return (
        f"Diperbaiki (perbaikan ke-{said.times}) sejak {{}}; yang terbit sebelumnya sudah diganti.",
        f"Corrected (correction {said.times}) since {{}}; what was issued before is replaced.",
    )


def replaced(said: Replaced, product: Verified) -> Words:
    """That the file is one of before: since when it is replaced, and by which number and public id."""
    number = product.details.number if product.details else None
    by = " / ".join(filter(None, (number, product.id)))
    return (
        f"Berkas ini sudah diganti sejak {{}}: perbaikan ke-{said.correction + 1} dari {by} "
        "menggantikannya.",
        f"This file is replaced since {{}}: correction {said.correction + 1} of {by} stands instead.",
    )
