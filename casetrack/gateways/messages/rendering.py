"""What a party is told, as text: pure rendering, a long form for mails and a short one for telephones.

Whether a decision grants or refuses is not said: the text is the same for both, and the status page
tells it to whoever has the access code.
"""

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from casetrack.domain.delivery.messages import Message, Payable, Slot
from casetrack.domain.service.definition import Name
from casetrack.domain.service.notices import NAME_STEP, Kind
from casetrack.domain.service.text_form import Filling, TextBroken
from casetrack.gateways.dates import (
    in_language,
    known_language,
    local_moment,
    local_slot,
    plain_date,
    rupiah,
    short_date,
)
from casetrack.gateways.messages.message_texts import Texts

#: One text for both, so that the message does not say which of them it was.
_DECIDED = "case.decided"
_TEXT_OF: Mapping[Kind, str] = dict.fromkeys(
    ("case.granted", "case.deemed_granted", "case.refused"), _DECIDED
)
#: What an SMS and a WhatsApp message have in common.
SHORT = ("sms", "whatsapp")
_LOG = logging.getLogger("casetrack.messages")


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
    #: Whose name stands as the sender of a mail.
    sender: str | None = None


def render(message: Message, channel: str = "email") -> Rendered:
    """The message as this channel carries it, in its language; `id` when that is not known.

    A text of the region that cannot be filled is replaced by the package's: the person is told all
    the same.
    """
    try:
        return render_with(message, channel, Texts(message.texts))
    except TextBroken as error:
        name = _name(message.kind)
        _LOG.warning("a region's own text for %s by %s is broken: %s", name, channel, error)
    return render_with(message, channel, Texts())


def render_with(message: Message, channel: str, texts: Texts) -> Rendered:
    """The message in these texts. Raises TextBroken where a region's own cannot be filled."""
    make = _short if channel in SHORT else _mail
    told = make(message, channel, texts)
    step = str(_words(message)["step"] or "")
    named = step in f"{told.subject}\n{told.text}"
    if told.own and message.kind in NAME_STEP and not named:
        raise TextBroken("it does not name the step")
    return told


def _mail(message: Message, channel: str, texts: Texts) -> Rendered:
    name = f"{known_language(message.language)}/{_name(message.kind)}.txt"
    texts.used.append(name)
    told = [
        _subject(replace(message, kind=each.kind, step=each.step), texts)
        for each in message.happened
    ]
    head, body = _filled(name, {**_words(message), "happened": told}, texts)
    sender = _words(message)["office"]
    return Rendered(
        head["Subject"],
        body,
        **_named(message, channel, int(head["Version"]), texts),
        sender=str(sender) if sender else None,
    )


def _subject(message: Message, texts: Texts) -> str:
    """What one of several events is called: the subject of its own mail, without the number."""
    name = f"{known_language(message.language)}/{_name(message.kind)}.txt"
    subject = _head(name, texts.head(name, _words(message)))["Subject"]
    return subject.removeprefix(f"[{message.number}]").strip()


def _short(message: Message, channel: str, texts: Texts) -> Rendered:
    language = known_language(message.language)
    words = _words(message)
    if message.due_at is not None:
        words["due"] = short_date(message.due_at, message.zone, language)
    if message.slot is not None:
        words["slot"] = short_date(message.slot.begins, message.zone, language)
    head, news = _filled(f"{language}/short/{_name(message.kind)}.txt", words, texts)
    if message.happened:
        count = {"count": str(len(message.happened))}
        news = texts.filled(f"{language}/short/_several.txt", count) + news
    news = " ".join(news.split())
    if not news:
        raise TextBroken("it says nothing once everything is left out that may be missing")
    # The approved template has no place for the sender, and its words may not change.
    about = ", ".join(str(word) for word in (words["service"], words["office"]) if word)
    framed = {**words, "news": news, **({"service": about} if channel == "whatsapp" else {})}
    frame, text = _filled(f"{language}/short/{channel}.txt", framed, texts)
    parameters = (message.number, about, news, message.status_url)
    version = max(int(head["Version"]), int(frame["Version"]))
    named = _named(message, channel, version, texts)
    return Rendered("", text.strip(), **named, parameters=parameters)


def _named(message: Message, channel: str, version: int, texts: Texts) -> dict[str, Any]:
    template = f"{known_language(message.language)}/{channel}/{_name(message.kind)}@{version}"
    region = texts.region
    return {
        "version": version,
        "template": f"{template}+{region}" if region else template,
        "own": region is not None,
    }


def _name(kind: Kind) -> str:
    return _TEXT_OF.get(kind, kind)


def _filled(name: str, words: Mapping[str, Filling], texts: Texts) -> tuple[Mapping[str, str], str]:
    """Head lines and body of a text."""
    head, _, body = texts.filled(name, words).partition("\n\n")
    return _head(name, head), _tidy(body)


def _head(name: str, head: str) -> Mapping[str, str]:
    lines = (line.partition(":") for line in head.splitlines())
    told = {key: value.strip() for key, _, value in lines}
    needed = ("Version",) if "/short/" in name else ("Version", "Subject")
    if not all(told.get(key) for key in needed) or not told["Version"].isdecimal():
        raise TextBroken(f"its head has no {' or no '.join(needed)}")
    return told


def _words(message: Message) -> dict[str, Filling]:
    """What fills the places of a text, each word on one line; None or an empty list for nothing."""
    language = known_language(message.language)

    def said(name: Name | None) -> str | None:
        # A name with a line break in it must not write a header or a paragraph of its own.
        return " ".join(in_language(name, language).split()) if name else None

    return {
        "number": message.number,
        "service": said(message.service),
        "office": said(message.office),
        "agency": said(message.agency),
        "due": local_moment(message.due_at, message.zone, language) if message.due_at else None,
        "status_url": message.status_url,
        "survey_url": message.survey_url,
        "waiting_for": message.waiting_for,
        "step": said(message.step),
        "lacks": said(message.lacks),
        "until": plain_date(message.until, language) if message.until else None,
        "slot": _slot(message.slot, message.zone, language),
        "lapses": plain_date(message.lapses, language) if message.lapses else None,
        "article": " ".join(message.article.split()) if message.article else None,
        **_payable(message.bill, message.zone, language),
        "requirements": [said(name) or "" for name in message.requirements],
        "happened": [],
    }


def _slot(slot: Slot | None, zone: str, language: str) -> str | None:
    return local_slot(slot.begins, slot.ends, zone, language) if slot else None


def _payable(bill: Payable | None, zone: str, language: str) -> dict[str, Filling]:
    if bill is None:
        return {"code": None, "amount": None, "pay_by": None}
    return {
        "code": bill.code,
        "amount": rupiah(bill.amount),
        "pay_by": short_date(bill.due_at, zone, language),
    }


def _tidy(body: str) -> str:
    """Paragraphs one empty line apart, whichever parts of the template were left out."""
    return re.sub(r"\n{3,}", "\n\n", body).strip() + "\n"
