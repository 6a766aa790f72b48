"""What a party is told, as text: pure rendering, a long form for mails and a short one for telephones.

No channel is secret, so a message holds no name, NIK, access code, officer, opinion or defect text:
`Message` has no field for them. Whether a decision grants or refuses is not said either; the text
is the same for both, and the status page tells it to whoever has the access code.
"""

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from casetrack.domain.events import TYPE_PREFIX
from casetrack.domain.service import notices
from casetrack.domain.service.definition import Name
from casetrack.gateways.dates import in_language, known_language, local_moment, short_date
from casetrack.gateways.messages.message_texts import TextBroken, Texts, package

#: Events of which a party hears. Each has a template in every language and form.
TYPES = frozenset(TYPE_PREFIX + kind for kind in notices.TOLD)
#: One text for both, so that the message does not say which of them it was.
_DECIDED = "case.decided"
_TEMPLATE_OF = {"case.granted": _DECIDED, "case.refused": _DECIDED}
#: What an SMS and a WhatsApp message have in common.
SHORT = ("sms", "whatsapp")
_LOG = logging.getLogger("casetrack.messages")


@dataclass(frozen=True, slots=True)
class Happened:
    """One of several events that a message is about, and its step."""

    event_type: str
    step: Name | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """What happened, as far as it may be told over an insecure channel.

    `agency` holds the file now. `due_at` is the limit that runs now: the case's, before the file is
    complete that of the completeness check, and for a missed limit the one that was missed. `step`
    is the step that the event is about. `requirements` are the published requirements that the
    applicant has to bring, by name. `happened` lists all events, oldest first, when there are several;
    everything else is about the newest.
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
    happened: tuple[Happened, ...] = ()


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message ready to send: one line of subject, the text, and the version of its template.

    `template` names it all: language, channel, type and version, and behind a `+` region and edition
    where a region's own words are in it (`own`). A short form has no subject; `parameters` are what
    fills the places of a text that a gateway holds.
    """

    subject: str
    text: str
    version: int
    template: str
    parameters: tuple[str, ...] = ()
    own: bool = False


def concerns_applicant(event_type: str) -> bool:
    """Whether a party is told of this event (of a claim or a reassignment nobody is)."""
    return event_type in TYPES


def render(message: Message, channel: str = "email", texts: Texts | None = None) -> Rendered:
    """The message as this channel carries it, in its language; `id` when that is not known.

    `texts` are the region's own. One that cannot be rendered is replaced by the package's: the person
    is told all the same. Raises ValueError for an event of which nobody is told.
    """
    if not concerns_applicant(message.event_type):
        raise ValueError(f"there is no message for {message.event_type}")
    if texts is not None:
        try:
            return render_own(message, channel, texts)
        except TextBroken as error:
            name = _name(message.event_type)
            _LOG.warning("a region's own text for %s by %s is broken: %s", name, channel, error)
    return render_own(message, channel, package())


def render_own(message: Message, channel: str, texts: Texts) -> Rendered:
    """The message in these texts. Raises TextBroken where a region's own cannot be rendered."""
    make = _short if channel in SHORT else _mail
    return make(message, channel, texts)


def texts_of(message: Message, channel: str) -> tuple[str, ...]:
    """The texts that a message is made of, the one that is about its event first."""
    language = known_language(message.language)
    kinds = [message.event_type, *(each.event_type for each in message.happened)]
    if channel not in SHORT:
        return tuple(dict.fromkeys(f"{language}/{_name(kind)}.txt" for kind in kinds))
    several = [f"{language}/short/_several.txt"] if message.happened else []
    text, frame = f"{language}/short/{_name(kinds[0])}.txt", f"{language}/short/{channel}.txt"
    return (text, frame, *several)


def _mail(message: Message, channel: str, texts: Texts) -> Rendered:
    language = known_language(message.language)
    told = [
        _mail_subject(replace(message, event_type=each.event_type, step=each.step), texts)
        for each in message.happened
    ]
    words = {**_words(message), "happened": told}
    head, body = _filled(f"{language}/{_name(message.event_type)}.txt", words, texts)
    named = _named(message, channel, int(head["Version"]), texts)
    return Rendered(head["Subject"], body, **named)


def _mail_subject(message: Message, texts: Texts) -> str:
    """What one of several events is called: the subject of its own mail, without the number."""
    words = {**_words(message), "happened": ()}
    name = f"{known_language(message.language)}/{_name(message.event_type)}.txt"
    return _filled(name, words, texts)[0]["Subject"].removeprefix(f"[{message.number}]").strip()


def _short(message: Message, channel: str, texts: Texts) -> Rendered:
    language, name = known_language(message.language), _name(message.event_type)
    words = _words(message)
    if message.due_at is not None:
        words["due"] = short_date(message.due_at, message.zone, language)
    head, news = _filled(f"{language}/short/{name}.txt", words, texts)
    if message.happened:
        count = {"count": len(message.happened)}
        news = texts.filled(f"{language}/short/_several.txt", count) + news
    news = " ".join(news.split())
    frame, text = _filled(f"{language}/short/{channel}.txt", {**words, "news": news}, texts)
    service = in_language(message.service, language)
    parameters = (message.number, " ".join(service.split()), news, message.status_url)
    version = max(int(head["Version"]), int(frame["Version"]))
    named = _named(message, channel, version, texts)
    return Rendered("", text.strip(), **named, parameters=parameters)


def _named(message: Message, channel: str, version: int, texts: Texts) -> dict[str, Any]:
    language, name = known_language(message.language), _name(message.event_type)
    own = texts.own(texts_of(message, channel))
    template = f"{language}/{channel}/{name}@{version}"
    return {
        "version": version,
        "template": f"{template}+{own}" if own else template,
        "own": own is not None,
    }


def _name(event_type: str) -> str:
    kind = notices.short(event_type)
    return _TEMPLATE_OF.get(kind, kind)


def _filled(name: str, words: Mapping[str, object], texts: Texts) -> tuple[Mapping[str, str], str]:
    """Head lines and body of a template."""
    head, _, body = texts.filled(name, words).partition("\n\n")
    lines = (line.partition(":") for line in head.splitlines())
    told = {key: value.strip() for key, _, value in lines}
    needed = ("Version",) if "/short/" in name else ("Version", "Subject")
    if not all(told.get(key) for key in needed) or not told["Version"].isdecimal():
        raise TextBroken(f"its head has no {' or no '.join(needed)}")
    return told, _tidy(body)


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


def _tidy(body: str) -> str:
    """Paragraphs one empty line apart, whichever parts of the template were left out."""
    return re.sub(r"\n{3,}", "\n\n", body).strip() + "\n"
