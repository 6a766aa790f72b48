"""What is wrong in a region's own text of messages: line, message and cure.

Most of it is seen in the text as it is written. What people would read is tried twice: with every
place filled, which is the longest message, and with everything empty that may be, which is the
shortest. A piece only falls away, so what both of them say, all that lie between say too.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from casetrack.domain.delivery.messages import Edition, Happened, Message
from casetrack.domain.people import contact
from casetrack.domain.people.contact import LANGUAGES
from casetrack.domain.service import notices
from casetrack.domain.service.definition import Name, meant
from casetrack.domain.service.text_form import PIECE, PLACE, TextBroken, is_part, places
from casetrack.gateways.messages.message_texts import Texts, source
from casetrack.gateways.messages.rendering import Rendered, render_with
from casetrack.gateways.messages.segments import segments
from casetrack.gateways.messages.template_list import sample
from casetrack.gateways.messages.text_places import (
    LISTS,
    MAY_BE_EMPTY,
    NEEDED,
    is_short,
    places_of,
    texts_of_part,
)
from casetrack.gateways.region.yaml_files import short

MAX_SUBJECT = 200
#: Parts of an SMS. The package's take one; each one more is paid for and may come alone.
MAX_PARTS = 3
#: Characters of what fills a place of the approved template; the provider takes 1,024 in all.
MAX_NEWS = 500

#: An address of the usual length: the parts of an SMS depend on it.
_URL = "https://mpp.kotacontoh.go.id/status"
#: Everything that looks like a mark, those of before too. A place takes no more than one line.
_MARK = re.compile(r"\{%.*?%\}|\{#.*?#\}|\{\{.*?\}\}")
_HALF = re.compile(r"\{%|%\}|\{#|#\}|\{\{|\}\}|\[\[|\]\]")
_LOOP = re.compile(r"\{%-? *for +(\w+) +in +(\w+)")
_BEGINS, _ENDS = re.compile(r"\{%-? *(if|for)\b"), re.compile(r"\{%-? *end")
_INCLUDE = re.compile(r"\{%-? *include +\W(?:\w+/)+(_\w+)\.txt\W")

#: Line, message, cure.
Fault = tuple[int, str, str]


def faults(name: str, own: Mapping[str, str]) -> Iterator[Fault]:
    """What is wrong in one text, as far as it is seen without filling it."""
    text = own[name]
    wrong = [*_marks(name, text), *_pieces(name, text), *_lists(name, text), *_parts_twice(text)]
    yield from sorted(wrong)
    if not wrong:
        yield from _missing(name, own)


# ---- Marks


def _marks(name: str, text: str) -> Iterator[Fault]:
    loops = {found[1]: found[2] for found in _LOOP.finditer(text)}
    for found in _MARK.finditer(text):
        line = _line_of(text, found.start())
        if place := PLACE.fullmatch(found[0]):
            if place[1] not in places_of(name):
                yield (
                    line,
                    f"unknown place {short(place[1])}",
                    _cure_of_place(name, place[1], loops),
                )
        elif not (_BEGINS.search(text) and _ENDS.match(found[0])):
            # Of what began and ends, the beginning says enough.
            yield line, f"{short(found[0])} is no mark of a text", _cure_of_before(name, found[0])
    for at, half in _alone(_MARK.sub(lambda mark: " " * len(mark[0]), text)):
        cure = "write {{ number }} for a place and [[ ... ]] for a piece, no piece in another"
        yield _line_of(text, at), f"broken text: {half} stands alone", cure


def _alone(text: str) -> Iterator[tuple[int, str]]:
    """Where a mark begins that does not end, or ends that did not begin."""
    begun: int | None = None
    for half in _HALF.finditer(text):
        if half[0] == "]]" and begun is not None:
            begun = None
        elif half[0] != "[[":
            yield half.start(), half[0]
        else:
            if begun is not None:
                yield begun, "[["
            begun = half.start()
    if begun is not None:
        yield begun, "[["


def _cure_of_place(name: str, place: str, loops: Mapping[str, str]) -> str:
    if place in loops:
        return f"write {{{{ {loops[place]} }}}}: the line is written once for each"
    if place == "waiting_for":
        return "write {{ _waiting }}: it says for what the case waits, if it does"
    return meant(place, places_of(name))


def _cure_of_before(name: str, mark: str) -> str:
    """How to say now what was said so before."""
    if found := _INCLUDE.match(mark):
        part = "_waiting" if found[1] == "_pay" else found[1]
        return f"write {{{{ {part} }}}}" if part in places_of(name) else "take it out"
    if found := _LOOP.match(mark):
        return f"write a line such as - {{{{ {found[2]} }}}}: it is written once for each"
    if "waiting_for" in mark:
        return "write {{ _waiting }}; what it says for each reason is in _waiting.payment.txt and so on"
    if re.match(r"\{%-? *(if|elif|else)", mark):
        return "put [[ and ]] around what falls away when a place in it is empty"
    if mark.startswith("{{"):
        return "write one place alone, such as {{ number }}"
    return "take it out; docs/region-files.md says how a text is written"


def _line_of(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


# ---- Pieces and lists


def _pieces(name: str, text: str) -> Iterator[Fault]:
    """A place that may be empty stands in a piece, and a piece has such a place."""
    for piece in PIECE.finditer(text):
        line, inside = _line_of(text, piece.start()), places(piece[1])
        may_be_empty = (place in MAY_BE_EMPTY or is_part(place) for place in inside)
        if not any(may_be_empty) and set(inside) <= set(places_of(name)):
            cure = f"take the marks out, or name one of {', '.join(MAY_BE_EMPTY)} in it"
            yield line, "nothing in [[ ]] can be empty, so it never falls away", cure
        if line <= _lines_of_head(text) < _line_of(text, piece.end()):
            yield line, "[[ begins in the head and ends below it", "end it with ]] on its line"
    # As many lines as before, and nothing in them of what stands in a piece.
    outside = PIECE.sub(lambda piece: "\n" * piece[0].count("\n"), text)
    for found in PLACE.finditer(outside):
        if found[1] in MAY_BE_EMPTY:
            cure = "put [[ and ]] around what is to fall away with it"
            yield _line_of(outside, found.start()), f"{found[1]} may be empty", cure


def _lists(name: str, text: str) -> Iterator[Fault]:
    for number, line in enumerate(text.split("\n"), start=1):
        lists = [place for place in places(line) if place in LISTS]
        if len(lists) > 1:
            yield number, "two lists stand in one line", "give each a line of its own"
        if not lists or is_short(name):
            continue
        if number <= _lines_of_head(text):
            yield number, "a list stands in the head", "write it below"
        if _HALF.search(PLACE.sub("", line.strip().removeprefix("[[").removesuffix("]]"))):
            cure = "let [[ and ]] stand around the whole line, or around several"
            yield number, "a piece begins or ends within the line of a list", cure


def _lines_of_head(text: str) -> int:
    return text.partition("\n\n")[0].count("\n") + 1 if "\n\n" in text else 0


def _parts_twice(text: str) -> Iterator[Fault]:
    seen = set[str]()
    for found in PLACE.finditer(text):
        if is_part(found[1]) and found[1] in seen:
            line = _line_of(text, found.start())
            yield line, f"{found[1]} stands here for the second time", "take one of them out"
        seen.add(found[1])


# ---- What people would read


def _missing(name: str, own: Mapping[str, str]) -> Iterator[Fault]:
    """What the package's text tells and this one does not."""
    # Its parts as the package has them: what the region's own leave out is told of those.
    here, there = _told(name, {name: own[name]}), _told(name, {})
    for place in NEEDED:
        if place in there and place not in here:
            cure = f"write {{{{ {place} }}}} where it belongs"
            yield 1, f"it does not tell {place}, which casetrack's own text does", cure


def _told(name: str, own: Mapping[str, str]) -> set[str]:
    """The words that a text shows, by itself or by its parts."""
    told = set[str]()
    for place in places(source(name, own)):
        parts = texts_of_part(name, place) if is_part(place) else []
        told |= {place, *(word for part in parts for word in places(source(part, own)))}
    return told


def said_wrong(own: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Texts whose messages could not go out so, each told once: name, and what is wrong."""
    told = set[str]()
    for message in _samples(Edition("00", 1, own)):
        for channel in contact.CHANNELS:
            texts = Texts(message.texts)
            wrong = _wrong(message, channel, texts)
            at = next((name for name in texts.used if name in own), None)
            if at is not None and at not in told and wrong:
                told.add(at)
                yield at, f"{message.kind} by {channel}: {wrong}"


def _samples(texts: Edition) -> Iterator[Message]:
    """Of each kind the longest message that there can be, and the shortest."""
    step = Name("Rekomendasi lingkungan", "Environment review")
    for kind in notices.TOLD:
        for language in LANGUAGES:
            full = replace(
                sample(kind, language, _URL, texts),
                step=step,
                requirements=(step,),
                waiting_for="payment",
                happened=(Happened("case.opened"), Happened("step.completed", step)),
            )
            yield replace(full, happened=(*full.happened, Happened(kind, step)))
            yield replace(
                full,
                office=None,
                agency=None,
                due_at=None,
                step=None,
                waiting_for=None,
                requirements=(),
                happened=(),
            )


def _wrong(message: Message, channel: str, texts: Texts) -> str | None:
    try:
        told = render_with(message, channel, texts)
    except TextBroken as error:
        return f"it cannot be filled, {error}"
    whole = f"{told.subject}\n{told.text}"
    for place, word in (("number", message.number), ("status_url", message.status_url)):
        if word not in whole:
            return f"the {place} does not stand in it whatever else is missing"
    return _too_long(told, channel)


def _too_long(told: Rendered, channel: str) -> str | None:
    if channel == "sms" and segments(told.text) > MAX_PARTS:
        return f"an SMS of {segments(told.text)} parts, more than {MAX_PARTS}"
    if channel == "whatsapp" and not 1 <= len(told.parameters[2]) <= MAX_NEWS:
        return f"the news has {len(told.parameters[2])} characters, it may have 1 to {MAX_NEWS}"
    if len(told.subject) > MAX_SUBJECT:
        return f"the subject has {len(told.subject)} characters, more than {MAX_SUBJECT}"
    return None
