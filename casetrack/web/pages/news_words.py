"""What the applicant's page tells beside status and steps, in both languages: a missing paraf, what was
put right."""

from collections.abc import Sequence
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
_FACTS = (
    "Data permohonan dikoreksi pada {day}: {facts}.",
    "Facts of the application were corrected on {day}: {facts}.",
)
_ISSUED = (
    "Catatan tentang hasil dari {issuer} dikoreksi pada {day}.",
    "What is noted of the result of {issuer} was corrected on {day}.",
)


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


def _pick(words: tuple[str, str], language: str) -> str:
    return words[1] if known_language(language) == "en" else words[0]
