"""The templates of messages: which there are, and what one of them says."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from casetrack.domain.delivery.messages import Edition, Message
from casetrack.domain.events import TYPE_PREFIX
from casetrack.domain.people import contact
from casetrack.domain.people.contact import LANGUAGES
from casetrack.domain.service import notices
from casetrack.domain.service.definition import Name
from casetrack.domain.service.notices import Kind
from casetrack.gateways.messages.rendering import Rendered, render
from casetrack.gateways.messages.segments import segments

#: Whose words a message has.
PACKAGE, REGION = "casetrack", "region"


def templates(status_url: str, texts: Edition | None = None) -> Iterator[dict[str, Any]]:
    """Every template: type, channel, language, version, its name as deliveries record it, and whose
    words it has: the region's where one of its own `texts` is in it.
    """
    for kind in notices.TOLD:
        for channel in contact.CHANNELS:
            for language in LANGUAGES:
                told = render(sample(kind, language, status_url, texts), channel)
                yield {
                    "type": TYPE_PREFIX + kind,
                    "channel": channel,
                    "language": language,
                    "version": told.version,
                    "template": told.template,
                    "words": REGION if told.own else PACKAGE,
                }


def sample(kind: Kind, language: str, status_url: str, texts: Edition | None = None) -> Message:
    """A message of this kind about a case that there is not, with everything in it that can be."""
    step = kind.startswith("step.") or kind == "deadline.missed"
    return Message(
        kind=kind,
        language=language,
        number="SMR-REK-2026-000123-8",
        service=Name("Izin Reklame", "Billboard permit"),
        agency=Name("Dinas Lingkungan Hidup", "Environment agency"),
        due_at=datetime.now(UTC) + timedelta(days=7),
        zone="Asia/Makassar",
        status_url=status_url,
        waiting_for="payment" if step else None,
        step=Name("Rekomendasi lingkungan", "Environment review") if step else None,
        requirements=(Name("Foto lokasi", "Photo of the spot"),) if kind == "case.returned" else (),
        texts=texts,
        survey_url=f"{status_url.removesuffix('/status')}/survei/SMR-REK-2026-000123-8?t=…",
        article="Pasal 53 UU 30/2014" if kind == "deadline.missed" else None,
        office=Name("DPMPTSP Kota Contoh", "One-door service office"),
    )


def shown(told: Rendered, channel: str) -> dict[str, Any]:
    """What a preview shows: subject, text, and what the channel makes of it."""
    shape: dict[str, Any] = {
        "template": told.template,
        "version": told.version,
        "words": REGION if told.own else PACKAGE,
        "channel": channel,
        "subject": told.subject or None,
        "text": told.text,
    }
    if channel == "sms":
        shape["segments"] = segments(told.text)
    if channel == "whatsapp":
        shape["parameters"] = list(told.parameters)
    return shape
