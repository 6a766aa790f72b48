"""What the applicant is told, as text: pure rendering, the same for every channel.

Mail is not secret, so a message holds no name, NIK, access code, officer, opinion or defect text:
`Message` has no field for them. Whether a decision grants or refuses is not said either; the text
is the same for both, and the status page tells it to whoever has the access code.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from casetrack.domain.catalogue import Name
from casetrack.gateways.dates import in_language, known_language, local_moment

#: Events of which the applicant hears. Each has a template in every language.
TYPES = frozenset(
    {
        "casetrack.case.opened",
        "casetrack.case.declared_complete",
        "casetrack.case.returned",
        "casetrack.case.resubmitted",
        "casetrack.case.paused",
        "casetrack.case.resumed",
        "casetrack.case.extended",
        "casetrack.case.deadlines_moved",
        "casetrack.case.granted",
        "casetrack.case.refused",
        "casetrack.case.handed_over",
        "casetrack.case.withdrawn",
        "casetrack.case.closed",
        "casetrack.step.completed",
        "casetrack.step.reopened",
        "casetrack.deadline.missed",
    }
)
#: One text for both, so that the message does not say which of them it was.
_DECIDED = "casetrack.case.decided"
_TEMPLATE_OF = {"casetrack.case.granted": _DECIDED, "casetrack.case.refused": _DECIDED}


@dataclass(frozen=True, slots=True)
class Message:
    """One event, as far as it may be told over an insecure channel.

    `agency` holds the file now. `due_at` is the limit that runs now: the case's, before the file is
    complete that of the completeness check, and for a missed limit the one that was missed. `step`
    is the step that the event is about. `requirements` are the published requirements that the
    applicant has to bring, by name.
    """

    event_type: str
    language: str
    number: str
    service: Name
    agency: Name | None
    due_at: datetime | None
    zone: str
    status_url: str
    waiting_for: str | None = None
    step: Name | None = None
    requirements: tuple[Name, ...] = ()


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message ready to send: one line of subject, the text, and the version of its template."""

    subject: str
    text: str
    version: int


def concerns_applicant(event_type: str) -> bool:
    """Whether the applicant is told of this event (of a claim or a reassignment he is not)."""
    return event_type in TYPES


def render(message: Message) -> Rendered:
    """The message in its language, `id` when the language is not known.

    Raises ValueError for an event that does not concern the applicant.
    """
    if not concerns_applicant(message.event_type):
        raise ValueError(f"there is no message for {message.event_type}")
    language = known_language(message.language)
    head, _, body = (
        _template(language, message.event_type).render(_words(message)).partition("\n\n")
    )
    subject, version = head.splitlines()
    return Rendered(
        subject=subject.removeprefix("Subject:").strip(),
        text=_tidy(body),
        version=int(version.removeprefix("Version:")),
    )


def _words(message: Message) -> dict[str, object]:
    language = known_language(message.language)

    def said(name: Name | None) -> str | None:
        return in_language(name, language) if name else None

    return {
        "number": message.number,
        "service": said(message.service),
        "agency": said(message.agency),
        "due": local_moment(message.due_at, message.zone, language) if message.due_at else None,
        "status_url": message.status_url,
        "waiting_for": message.waiting_for,
        "step": said(message.step),
        "requirements": [in_language(name, language) for name in message.requirements],
    }


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("casetrack.gateways", "templates/messages"),
        autoescape=False,  # noqa: S701 - plain text, never HTML
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_one_line,
    )


def _one_line(value: object) -> object:
    """A name with a line break in it must not write a header or a paragraph of its own."""
    return " ".join(value.split()) if isinstance(value, str) else value


def _template(language: str, event_type: str) -> Template:
    name = _TEMPLATE_OF.get(event_type, event_type).removeprefix("casetrack.")
    return _environment().get_template(f"{language}/{name}.txt")


def _tidy(body: str) -> str:
    """Paragraphs one empty line apart, whichever parts of the template were left out."""
    return re.sub(r"\n{3,}", "\n\n", body).strip() + "\n"
