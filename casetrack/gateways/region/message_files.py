"""A region's own message texts, in `templates/` of its folder: read whole, refused with line and cure.

They are named as the package's are. How they are written: docs/region-files.md.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path

from jinja2 import Environment, TemplateSyntaxError, nodes

from casetrack.domain.events import TYPE_PREFIX
from casetrack.domain.people import contact
from casetrack.domain.people.contact import LANGUAGES
from casetrack.domain.region.region_data import RegionText
from casetrack.domain.service import notices
from casetrack.domain.service.definition import Name, meant
from casetrack.gateways.messages.message_texts import (
    FILTERS,
    OwnTexts,
    TextBroken,
    names,
    parts_of,
    source,
)
from casetrack.gateways.messages.rendering import Happened, Message, Rendered, render_own, texts_of
from casetrack.gateways.messages.segments import segments
from casetrack.gateways.messages.template_list import sample
from casetrack.gateways.region.yaml_files import Unreadable, YamlFile, short, text_of

FOLDER = "templates"
MAX_BYTES = 16 * 1024
MAX_DEPTH = 20
MAX_VERSION = 999_999
MAX_SUBJECT = 200
#: Parts of an SMS. The package's take one; each one more is paid for and may come alone.
MAX_PARTS = 3
#: Characters of what fills a place of the approved template; the provider takes 1,024 in all.
MAX_NEWS = 500

_CASE = ("number", "service", "agency", "due", "status_url", "waiting_for", "step", "requirements")
_LISTS = ("requirements", "happened")
#: What a person must be told where the package's text tells it.
_NEEDED = ("number", "status_url", "news", "count", "due", "requirements", "happened")
#: An address of the usual length: the parts of an SMS depend on it.
_URL = "https://mpp.kotacontoh.go.id/status"
_ALLOWED = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.If, nodes.For),
    *(nodes.Include, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Concat),
    *(nodes.CondExpr, nodes.Filter),
)  # fmt: skip
_WORDS: Mapping[type[nodes.Node], str] = {
    nodes.Getattr: "a text has no attributes to ask for",
    nodes.Getitem: "a text has no items to ask for",
    nodes.Call: "nothing can be called",
}
_HEAD = re.compile(r"(Subject|Version):(.*)")
_CURE = "use the places, if, for, include and ~ only; see docs/region-files.md"

#: Line, message, cure.
Fault = tuple[int, str, str]


def read_texts(folder: Path) -> tuple[list[YamlFile], tuple[RegionText, ...]]:
    """The files below `templates/`, with what is wrong in each, and the texts that can be read."""
    files: dict[str, YamlFile] = {}
    texts: dict[str, RegionText] = {}
    for name, path in _found(folder / FOLDER):
        file = files[name] = YamlFile(f"{FOLDER}/{name}" if name else FOLDER, most_bytes=MAX_BYTES)
        for fault in _misplaced(name):
            file.fault(*fault)
        if not file.faults and (text := _read(file, path)) is not None:
            texts[name] = text_named(name, text)
    written = {name: text.text for name, text in texts.items()}
    for name in texts:
        for fault in faults(name, written):
            files[name].fault(*fault)
    if not any(file.faults for file in files.values()):
        for name, message in _said_wrong(written):
            files[name].fault(1, message, "mend the text, or take the file out")
    return list(files.values()), tuple(texts.values())


def _found(folder: Path) -> Iterator[tuple[str, Path]]:
    if not folder.exists():
        return
    if not folder.is_dir():
        yield "", folder
        return
    for path in sorted(folder.rglob("*")):
        if not path.is_dir() and not path.name.startswith("."):
            yield path.relative_to(folder).as_posix(), path


def _misplaced(name: str) -> Iterator[Fault]:
    if not name:
        yield 1, "is no folder", "make it a folder, or take it out"
    elif name not in names():
        cure = meant(name, names(), "name it as casetrack does: id/case.returned.txt")
        yield 1, "no text is called that", cure
    elif name.endswith("/short/whatsapp.txt"):
        yield (
            1,
            "these are the words that the provider has approved",
            "take it out; what fills its third place is in short/ by the name of the event",
        )


def _read(file: YamlFile, path: Path) -> str | None:
    try:
        text = text_of(file, path).replace("\r\n", "\n")
    except Unreadable:
        return None
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.replace("\t", "").isprintable():
            file.fault(number, "there is a character that cannot be shown", "take it out")
    return text


def text_named(name: str, text: str) -> RegionText:
    """The text with the version that its head gives it, 0 where there is none."""
    version = _head(text).get("Version", (1, "0"))[1]
    return RegionText(name, int(version) if version.isdecimal() else 0, text)


def faults(name: str, own: Mapping[str, str]) -> Iterator[Fault]:
    """What of one text can be seen without rendering it."""
    yield from _head_faults(name, own[name])
    try:
        written = Environment().parse(own[name])  # noqa: S701 - only looked at
    except TemplateSyntaxError as error:
        yield error.lineno, f"broken template: {error.message}", "mend the {{ }} or {% %} there"
        return
    except (RecursionError, ValueError):
        # Also a number of more digits than Python reads.
        yield 1, "is nested too deeply, or has too large a number", _CURE
        return
    wrong = list(_node_faults(name, written))
    yield from wrong
    if not wrong:
        yield from _missing(name, own)


# ---- The head


def _is_part(name: str) -> bool:
    return name.rpartition("/")[2].startswith("_")


def _head(text: str) -> dict[str, tuple[int, str]]:
    """Key → line and value, of the lines before the first empty one."""
    found: dict[str, tuple[int, str]] = {}
    for number, line in enumerate(text.partition("\n\n")[0].split("\n"), start=1):
        match = _HEAD.fullmatch(line)
        if match:
            found.setdefault(match[1], (number, match[2].strip()))
    return found


def _head_faults(name: str, text: str) -> Iterator[Fault]:
    if _is_part(name):
        for number, _ in _head(text).values():
            yield number, "a part has no head", "take the line out; it begins with its text"
        return
    keys = ("Version",) if "/short/" in name else ("Subject", "Version")
    yield from _head_lines(text, keys)
    head = _head(text)
    for key in keys:
        if not head.get(key, (1, ""))[1]:
            shape = "Version: 1" if key == "Version" else "Subject: [{{ number }}] ..."
            yield 1, f"the head says no {key}", f"begin with a line '{shape}', then an empty line"
    number, version = head.get("Version", (1, ""))
    if version and not (version.isdecimal() and 1 <= int(version) <= MAX_VERSION):
        yield number, f"Version is {short(version)}", f"give a whole number, 1 to {MAX_VERSION}"


def _head_lines(text: str, keys: Sequence[str]) -> Iterator[Fault]:
    """Lines that are no head, up to the empty one that ends it; a text without any has one fault."""
    lines, _, body = text.partition("\n\n")
    seen = set[str]()
    for number, line in enumerate(lines.split("\n"), start=1):
        match = _HEAD.fullmatch(line)
        if match is None or match[1] not in keys or match[1] in seen:
            cure = f"the head is {' and '.join(keys)}, once each; an empty line ends it"
            yield number, f"the head has a line {short(line)}", cure
            break
        seen.add(match[1])
    if not body.strip():
        yield 1, "has no text", "write what people are to read below the head"


# ---- What a text may do


def _places(name: str) -> tuple[str, ...]:
    """The words that a text is given."""
    rest = name.partition("/")[2]
    if rest == "short/_several.txt":
        return ("count",)
    if rest in [f"short/{channel}.txt" for channel in contact.CHANNELS]:
        return (*_CASE, "news")
    return _CASE if rest.startswith("short/") else (*_CASE, "happened")


def _node_faults(
    name: str, node: nodes.Node, inside: tuple[nodes.Node, ...] = ()
) -> Iterator[Fault]:
    """What the sandbox would refuse, found before it happens."""
    if len(inside) > MAX_DEPTH:
        yield node.lineno, "is nested too deeply", _CURE
        return
    yield from _this_node(name, node, inside)
    for child in node.iter_child_nodes():
        yield from _node_faults(name, child, (*inside, node))


def _this_node(name: str, node: nodes.Node, inside: tuple[nodes.Node, ...]) -> Iterator[Fault]:
    if not isinstance(node, _ALLOWED):
        yield node.lineno, _WORDS.get(type(node), f"{type(node).__name__} cannot be used"), _CURE
    elif isinstance(node, nodes.Filter):
        yield from _filter_faults(node)
    elif isinstance(node, nodes.For):
        yield from _loop_faults(name, node, inside)
    elif isinstance(node, nodes.Include):
        yield from _include_faults(name, node, inside)
    elif isinstance(node, nodes.Name) and node.ctx == "load":
        loops = [each.target for each in inside if isinstance(each, nodes.For)]
        known = (*_places(name), *(each.name for each in loops if isinstance(each, nodes.Name)))
        if node.name not in known:
            yield node.lineno, f"unknown place {short(node.name)}", meant(node.name, known)


def _filter_faults(node: nodes.Filter) -> Iterator[Fault]:
    if node.name not in FILTERS:
        yield (
            node.lineno,
            f"the filter {short(node.name)} cannot be used",
            meant(node.name, FILTERS),
        )
    elif node.args or node.kwargs or node.dyn_args or node.dyn_kwargs:
        yield node.lineno, f"the filter {node.name} takes nothing", "take the brackets out"


def _loop_faults(name: str, node: nodes.For, inside: Sequence[nodes.Node]) -> Iterator[Fault]:
    lists = [each for each in _LISTS if each in _places(name)]
    if not isinstance(node.iter, nodes.Name) or node.iter.name not in lists or node.recursive:
        yield node.lineno, "for goes through what is no list", f"use {' or '.join(lists) or 'none'}"
    if not isinstance(node.target, nodes.Name) or node.target.name in _places(name):
        yield node.lineno, "for needs one new word", "write {% for each in requirements %}"
    if any(isinstance(each, nodes.For) for each in inside):
        yield node.lineno, "for stands inside another for", "take one of them out"


def _include_faults(
    name: str, node: nodes.Include, inside: Sequence[nodes.Node]
) -> Iterator[Fault]:
    folder = name.rpartition("/")[0]
    parts = sorted(each for each in names() if each.rpartition("/")[0] == folder and _is_part(each))
    # A part that includes parts could make a page of a line, and a loop of a page.
    if _is_part(name) or any(isinstance(each, nodes.For) for each in inside):
        yield node.lineno, "include stands in a part or in a for", "write the words out"
    given = node.template.value if isinstance(node.template, nodes.Const) else None
    if given not in parts or node.ignore_missing:
        told = short(given) if isinstance(given, str) else "what is no name"
        yield node.lineno, f"includes {told}", meant(str(given), parts)


def _missing(name: str, own: Mapping[str, str]) -> Iterator[Fault]:
    """What the package's text tells and this one does not."""
    # Its parts as the package has them: what the region's own leave out is told of those.
    here, there = _told(name, {name: own[name]}), _told(name, {})
    for place in _NEEDED:
        if place in there and place not in here:
            cure = f"write {{{{ {place} }}}} where it belongs"
            if place in _LISTS:
                cure = f"go through it with {{% for each in {place} %}}"
            yield 1, f"it does not tell {place}, which casetrack's own text does", cure


def _told(name: str, own: Mapping[str, str]) -> set[str]:
    """The words that a text shows, by itself or by its parts."""
    told = set[str]()
    for each in (name, *parts_of(name, own)):
        written = Environment().parse(source(each, own))  # noqa: S701 - only looked at
        shown = [
            word for out in written.find_all(nodes.Output) for word in out.find_all(nodes.Name)
        ]
        lists = [loop.iter for loop in written.find_all(nodes.For)]
        told |= {word.name for word in shown}
        told |= {each.name for each in lists if isinstance(each, nodes.Name)}
    return told


# ---- What people would read


def _said_wrong(own: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Texts whose messages could not go out so, each told once: name, and what is wrong."""
    texts, told = OwnTexts("00", 1, own), set[str]()
    for message, channel in _samples():
        mine = [name for name in texts_of(message, channel) if texts.own([name])]
        # Of a text that is the package's, the part that is not is what to look at.
        at = next(
            (each for name in mine for each in (name, *parts_of(name, own)) if each in own), ""
        )
        if not at or at in told:
            continue
        if wrong := _wrong(message, channel, texts):
            told.add(at)
            yield at, f"{notices.short(message.event_type)} by {channel}: {wrong}"


def _samples() -> Iterator[tuple[Message, str]]:
    for kind in notices.TOLD:
        for language in LANGUAGES:
            for message in _variants(sample(kind, language, _URL)):
                for channel in contact.CHANNELS:
                    yield message, channel


def _variants(full: Message) -> Iterator[Message]:
    """With every combination of the words that may be missing, waiting for each, about several events."""
    step = Name("Rekomendasi lingkungan", "Environment review")
    full = replace(full, step=step, requirements=(step,), waiting_for="payment")
    missing = {"agency": None, "due_at": None, "step": None, "requirements": ()}
    for count in range(len(missing) + 1):
        for words in combinations(missing.items(), count):
            yield replace(full, waiting_for=None, **dict(words))  # type: ignore[arg-type]
    for waiting_for in ("applicant", "payment", "signature", "external_system", "court"):
        yield replace(full, waiting_for=waiting_for)
    before = (Happened(f"{TYPE_PREFIX}case.opened"), Happened(f"{TYPE_PREFIX}step.completed", step))
    yield replace(full, happened=(*before, Happened(full.event_type, full.step)))


def _wrong(message: Message, channel: str, texts: OwnTexts) -> str | None:
    try:
        told = render_own(message, channel, texts)
    except TextBroken as error:
        return f"it cannot be rendered, {error}"
    whole = f"{told.subject}\n{told.text}"
    for place, word in (("number", message.number), ("status_url", message.status_url)):
        if word not in whole:
            return f"the {place} does not stand in it as it is"
    return _too_long(told, channel)


def _too_long(told: Rendered, channel: str) -> str | None:
    if channel == "sms" and segments(told.text) > MAX_PARTS:
        return f"an SMS of {segments(told.text)} parts, more than {MAX_PARTS}"
    if channel == "whatsapp" and not 1 <= len(told.parameters[2]) <= MAX_NEWS:
        return f"the news has {len(told.parameters[2])} characters, it may have 1 to {MAX_NEWS}"
    if len(told.subject) > MAX_SUBJECT:
        return f"the subject has {len(told.subject)} characters, more than {MAX_SUBJECT}"
    return None
