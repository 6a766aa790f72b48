"""What applicants read of their rights: once a limit has passed, and of a refusal."""

from collections.abc import Mapping
from datetime import date

from casetrack.domain.case.reviews import MayObject
from casetrack.gateways.dates import known_language, plain_date
from casetrack.web.pages.wording import Words, label

_LIMIT_OVER: Words = ("Batas waktu terlewati", "The time limit has passed")
_NOTED: Words = ("Hasil instansi lain tercatat", "Another body's result is noted")
_RIGHTS_OF_CHECK: Words = (
    "Pemeriksaan kelengkapan seharusnya sudah selesai. Anda berhak meminta penjelasan di loket dan "
    "mengadu (tautan Mengadu di halaman ini, atau di loket).",
    "The check of completeness should be finished by now. You have the right to ask at the counter why, "
    "and to complain (the link Complain on this page, or at the counter).",
)
_RIGHTS: Words = (
    "Batas waktu layanan sudah lewat dan permohonan Anda belum diputus. Anda berhak meminta penjelasan "
    "di loket dan mengadu (tautan Mengadu di halaman ini, atau di loket).",
    "The time limit has passed and your application is not decided. You have the right to ask at the "
    "counter why, and to complain (the link Complain on this page, or at the counter).",
)
_RIGHTS_BY_LAW: Words = (
    " Anda juga berhak meminta keputusan tertulis, mengajukan keberatan dan banding, atau mengajukan "
    "perkara ke pengadilan.",
    " You also have the right to ask for a written decision, to object and to appeal, or to go to court.",
)


def status_label(status: str, language: str, *, late: bool, noted: bool = False) -> str:
    """What the status is called; of a file whose limit has passed, that it has; of a service that
    another decides (`noted`), that its result is noted here."""
    if late and status == "in_progress":
        return _pick(_LIMIT_OVER, language)
    if noted and status == "granted":
        return _pick(_NOTED, language)
    return label("status", status, language)


def after_the_limit(status: str, language: str, *, by_law: bool) -> str:
    """What the applicant may do once the limit has passed; `by_law`: the law gives more for silence."""
    if status == "submitted":
        return _pick(_RIGHTS_OF_CHECK, language)
    return _pick(_RIGHTS, language) + (_pick(_RIGHTS_BY_LAW, language) if by_law else "")


_LIMIT_PASSED: Words = (
    "Batas waktu terlewati pada {day}. Menurut {article}, permohonan yang belum diputus sampai hari itu "
    "dapat dianggap dikabulkan secara hukum; itu tidak berarti bahwa izin sudah ada. Anda berhak meminta "
    "keputusan tertulis di loket, mengajukan keberatan, atau mengajukan perkara ke pengadilan.",
    "The time limit passed on {day}. By {article} the law may count an application that is not decided "
    "by that day as granted; that does not mean that a permit exists. You may ask for a written decision "
    "at the counter, object, or go to court.",
)


def limit_passed(day: date, article: str, language: str) -> str:
    """That the limit of law passed without a decision, and what may be asked for; never that something
    was granted."""
    words = _pick(_LIMIT_PASSED, language)
    return words.format(day=plain_date(day, language), article=article)


_OBJECT: Words = (
    "Anda dapat mengajukan {remedy} kepada {where}, {how}, paling lambat {until}: {days} hari kerja "
    "sejak keputusan Anda terima pada {reached} ({basis}).",
    "You may {remedy}: {where}, {how}, at the latest on {until}, which is {days} working days after you "
    "received the decision on {reached} ({basis}).",
)
_OBJECT_UNDATED: Words = (
    "Anda dapat mengajukan {remedy} kepada {where}, {how}, paling lama {days} hari kerja sejak "
    "keputusan Anda terima ({basis}). Hari penerimaannya belum tercatat.",
    "You may {remedy}: {where}, {how}, within {days} working days after you received the decision "
    "({basis}). The day on which you received it is not recorded.",
)
_OBJECT_OVER: Words = (
    "Hari terakhir untuk mengajukan {remedy} kepada {where} adalah {until} dan sudah lewat: {days} hari "
    "kerja sejak keputusan Anda terima pada {reached} ({basis}).",
    "The last day to {remedy}: {where}, was {until} and has passed; it was {days} working days after you "
    "received the decision on {reached} ({basis}).",
)
#: What the law says by itself, where no letter does; a letter's words stand as they are.
_BY_LAW: Mapping[str, str] = {
    "pejabat yang menetapkan keputusan": "to the official who made the decision",
    "atasan pejabat yang menetapkan keputusan": "to the superior of the official who made the decision",
    "secara tertulis di loket": "in writing at the counter",
}
#: What is left → what one does.
_REMEDY: Mapping[str, Words] = {
    "objection": ("keberatan", "object"),
    "appeal": ("banding", "appeal"),
    "court": ("gugatan", "go to court"),
}
#: What this office does with one that comes late; of a court it says nothing.
_LATE: Mapping[str, Words] = {
    "objection": (
        " Keberatan yang terlambat tetap diterima dan dinilai oleh petugas.",
        " An objection that comes late is taken in, too, and judged by an officer.",
    ),
    "appeal": (
        " Banding yang terlambat tetap diterima dan dinilai oleh petugas.",
        " An appeal that comes late is taken in, too, and judged by an officer.",
    ),
    "court": ("", ""),
}


def objection_words(may: MayObject, language: str) -> str:
    """How and until when one may object, appeal or sue; where the day is not known on which that begins,
    it says so."""
    said = {name: getattr(may.said, name) for name in ("where", "how", "days", "basis")}
    if known_language(language) == "en":
        said |= {name: _BY_LAW.get(said[name], said[name]) for name in ("where", "how")}
    said["remedy"] = _pick(_REMEDY[may.remedy], language)
    if may.reached is None or may.until is None:
        return _pick(_OBJECT_UNDATED, language).format(**said)
    days = {"reached": plain_date(may.reached, language), "until": plain_date(may.until, language)}
    late = _pick(_LATE[may.remedy], language)
    return _pick(_OBJECT_OVER if may.over else _OBJECT, language).format(**said, **days) + late


_FETCH_REFUSAL: Words = (
    "Ambil keputusan penolakan di loket dengan membawa tanda terima dan kartu identitas. ",
    "Collect the refusal at the counter with your receipt and your identity card. ",
)


def after_refusal(status: str, may: MayObject, language: str) -> str:
    """What the applicant does with a refusal, and how and until when they may object."""
    fetch = _pick(_FETCH_REFUSAL, language) if status == "refused" else ""
    return fetch + objection_words(may, language)


def _pick(words: Words, language: str) -> str:
    return words[1] if known_language(language) == "en" else words[0]
