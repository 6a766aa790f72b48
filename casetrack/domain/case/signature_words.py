"""Which kind of signature a product bears, in words: the same on its paper, on the page and in answers.

In Bahasa Indonesia, then in English.
"""

from collections.abc import Mapping

from casetrack.domain.case.electronic_signatures import Bears, BlockForm, Form
from casetrack.domain.service.definition import Name

_FORM: Mapping[Form, tuple[str, str]] = {
    "none": (
        "Tanpa tanda tangan elektronik: ditandatangani dengan tinta, atau keputusannya dicatat dalam "
        "sistem",
        "No electronic signature: signed in ink, or the decision is recorded in the system",
    ),
    "by_law": (
        "Tanpa tanda tangan pejabat: dianggap dikabulkan secara hukum",
        "No officer's signature: deemed granted by law",
    ),
    "waiting": (
        "Tanda tangan elektronik belum dibubuhkan pada naskah ini",
        "The electronic signature is not on this text yet",
    ),
    "uncertified": (
        "Tanda tangan elektronik tidak tersertifikasi: dengan sertifikat milik daerah sendiri",
        "Electronic signature, not certified: by a certificate of the region's own",
    ),
    "certified": (
        "Tanda tangan elektronik tersertifikasi, dari penyelenggara sertifikasi Indonesia",
        "Certified electronic signature, of a recognised Indonesian provider",
    ),
    "unknown": (
        "Tanda tangan elektronik yang penerbit sertifikatnya tidak dikenal: tidak ada dalam daftar "
        "penyelenggara sertifikasi Indonesia",
        "Electronic signature whose issuer is not known: not on the list of recognised Indonesian "
        "providers",
    ),
}
_BLOCK: Mapping[BlockForm, tuple[str, str]] = {
    "waiting": (
        "Tanda tangan elektronik belum dibubuhkan",
        "The electronic signature is not on it yet",
    ),
    "uncertified": (
        "Tanda tangan elektronik tidak tersertifikasi",
        "Electronic signature, not certified",
    ),
    "certified": ("Tanda tangan elektronik tersertifikasi", "Certified electronic signature"),
    "unknown": (
        "Tanda tangan elektronik, penerbit tidak dikenal",
        "Electronic signature, issuer not known",
    ),
    "replaced": ("Pada naskah sebelum diperbaiki", "On the text before it was corrected"),
}
_NO_STAMP = (
    "; waktunya menurut mesin penanda tangan, tanpa stempel waktu",
    "; its time is that of the signing machine, without a time-stamp",
)
_STAMP = ("; dengan stempel waktu", "; with a time-stamp")
_REPRINTED = (
    "; ada pada berkas yang diterbitkan, bukan pada cetakan ini",
    "; it is on the file that was issued, not on this print",
)
_NOTHING = ("", "")


def in_words(said: Bears) -> Name:
    """The whole sentence, in both languages, without a full stop."""
    stamp = {"B-B": _NO_STAMP, "B-T": _STAMP}.get(said.level or "", _NOTHING)
    parts = (_FORM[said.form], stamp, _REPRINTED if said.reprinted else _NOTHING)
    return Name("".join(each[0] for each in parts), "".join(each[1] for each in parts))


def of_block(form: BlockForm) -> Name:
    """What is said below one block, in both languages, without a full stop."""
    return Name(*_BLOCK[form])
