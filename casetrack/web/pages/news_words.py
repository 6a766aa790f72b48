"""What the applicant's page tells beside status and steps, in both languages: whose paraf is missing."""

from casetrack.domain.service.definition import Name
from casetrack.gateways.dates import in_language, known_language

_PARAF = (
    "Konsep hasil menunggu paraf {position}.",
    "The draft of the result waits for the initials of: {position}.",
)
_PARAF_AGAIN = (
    "Konsep hasil disusun ulang dan menunggu paraf ulang {position}.",
    "The draft of the result was drawn up anew and waits again for the initials of: {position}.",
)


def missing_paraf(position: Name, language: str, *, again: bool) -> str:
    """Which position has to put its paraf on a draft, or has to do so anew."""
    words = _PARAF_AGAIN if again else _PARAF
    said = words[1] if known_language(language) == "en" else words[0]
    return said.format(position=in_language(position, language))
