"""What the applicant's page tells beside status and steps, in both languages: whose paraf is missing,
which signature is given anew, what was put right, until when what is missing is waited for, that a
check took too long."""

from collections.abc import Mapping, Sequence
from datetime import date

from casetrack.domain.service.definition import Name
from casetrack.gateways.dates import in_language, known_language, plain_date

_PARAF = (
    "Konsep hasil menunggu paraf {position}.",
    "The draft of the result waits for the initials of: {position}.",
)
_PARAF_AGAIN = (
    "Konsep hasil disusun ulang dan menunggu paraf ulang {position}.",
    "The draft of the result was drawn up anew and waits again for the initials of: {position}.",
)
_ANEW = (
    "Tanda tangan tanggal {day} pada tahapan {step} tidak berlaku, karena {reason}. Tanda tangan baru "
    "diperlukan; Anda tidak perlu melakukan apa-apa.",
    "The signature of {day} on the step {step} does not count, because {reason}. A new signature is "
    "needed; you need not do anything.",
)
_FACTS = (
    "Data permohonan dikoreksi pada {day}: {facts}.",
    "Facts of the application were corrected on {day}: {facts}.",
)
_ISSUED = (
    "Catatan tentang hasil dari {issuer} dikoreksi pada {day}.",
    "What is noted of the result of {issuer} was corrected on {day}.",
)
_NO_POWER = (
    "penanda tangan tidak berwenang pada hari itu",
    "who signed had no power to do so on that day",
)
#: Code of the refusal → what was wrong with the day.
_WRONG: Mapping[str, tuple[str, str]] = {
    "letter_not_yet": (
        "surat penunjukan pejabatnya belum ada atau belum berlaku pada hari itu",
        "on that day there was no letter of appointment yet",
    ),
    "not_incumbent": (
        "penanda tangan tidak memegang jabatan itu pada hari itu",
        "who signed did not hold that position on that day",
    ),
}
_COMPLETE_BY = (
    "Lengkapilah kekurangan berkas paling lambat {day}. Setelah itu permohonan dapat ditutup; bila Anda "
    "memerlukan waktu lebih lama, sampaikan di loket.",
    "Please bring what is missing by {day}. After that the application may be closed; if you need more "
    "time, say so at the counter.",
)
_CHECK_PASSED = (
    "Pemeriksaan kelengkapan berkas Anda seharusnya selesai paling lambat {day} dan belum selesai. Batas "
    "waktu layanan baru dihitung setelah berkas dinyatakan lengkap. Anda berhak menanyakannya di loket.",
    "The check whether your file is complete should have been finished by {day} and is not. The time "
    "limit of the service starts only when the file is declared complete. You have the right to ask at "
    "the counter.",
)


def signed_anew(step: Name, day: date, code: str, language: str) -> str:
    """That the signature of a day does not count, why, and that another one is needed."""
    place = 1 if known_language(language) == "en" else 0
    reason = _WRONG.get(code, _NO_POWER)[place]
    what = in_language(step, language)
    return _ANEW[place].format(day=plain_date(day, language), step=what, reason=reason)


def facts_corrected(facts: Sequence[Name], day: date, language: str) -> str:
    """Which facts were put right, and when; their values are not said."""
    named = ", ".join(in_language(each, language) for each in facts)
    return _pick(_FACTS, language).format(day=plain_date(day, language), facts=named)


def issued_corrected(issuer: Name, day: date, language: str) -> str:
    """That what another issued was noted anew."""
    said = _pick(_ISSUED, language)
    return said.format(day=plain_date(day, language), issuer=in_language(issuer, language))


def missing_paraf(position: Name, language: str, *, again: bool) -> str:
    """Which position has to put its paraf on a draft, or has to do so anew."""
    said = _pick(_PARAF_AGAIN if again else _PARAF, language)
    return said.format(position=in_language(position, language))


def complete_by(day: date, language: str) -> str:
    """Until when what is missing is waited for, and what may follow."""
    return _on(_COMPLETE_BY, day, language)


def check_passed(day: date, language: str) -> str:
    """That the check of completeness took longer than it may, and what that means."""
    return _on(_CHECK_PASSED, day, language)


def _on(words: tuple[str, str], day: date, language: str) -> str:
    return _pick(words, language).format(day=plain_date(day, language))


def _pick(words: tuple[str, str], language: str) -> str:
    return words[1] if known_language(language) == "en" else words[0]
