"""A region's own message texts, in `templates/` of its folder: read whole, refused with line and cure.

They are named as the package's are. How they are written: docs/region-files.md.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from casetrack.domain.region.region_data import RegionText
from casetrack.domain.service.definition import meant
from casetrack.gateways.messages.message_texts import names
from casetrack.gateways.messages.text_places import is_of_part, is_short
from casetrack.gateways.region.message_check import Fault, faults, said_wrong
from casetrack.gateways.region.yaml_files import Unreadable, YamlFile, short, text_of

FOLDER = "templates"
MAX_BYTES = 16 * 1024
MAX_VERSION = 999_999

_HEAD = re.compile(r"(Subject|Version):(.*)")
#: Parts of before that are several texts now.
_WAITING_OF_BEFORE = (
    "id/_waiting.txt",
    "en/_waiting.txt",
    "id/short/_pay.txt",
    "en/short/_pay.txt",
)


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
        for fault in (*_head_faults(name, written[name]), *faults(name, written)):
            files[name].fault(*fault)
    if written and not any(file.faults for file in files.values()):
        for name, message in said_wrong(written):
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
    elif name in _WAITING_OF_BEFORE:
        reason = name.replace("_pay", "_waiting").replace(".txt", ".payment.txt")
        cure = f"write what it says in a text for each reason, such as {reason}; take this one out"
        yield 1, "what the case waits for is no longer said in one text", cure
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


# ---- The head


def _head(text: str) -> dict[str, tuple[int, str]]:
    """Key → line and value, of the lines before the first empty one."""
    found: dict[str, tuple[int, str]] = {}
    for number, line in enumerate(text.partition("\n\n")[0].split("\n"), start=1):
        match = _HEAD.fullmatch(line)
        if match:
            found.setdefault(match[1], (number, match[2].strip()))
    return found


def _head_faults(name: str, text: str) -> Iterator[Fault]:
    if is_of_part(name):
        for number, _ in _head(text).values():
            yield number, "a part has no head", "take the line out; it begins with its text"
        return
    keys = ("Version",) if is_short(name) else ("Subject", "Version")
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
