"""From YAML nodes to values. Each reader gives a value of its type, a stand-in after a fault."""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

import yaml

from casetrack.domain.service.definition import MAX_TEXT, meant
from casetrack.gateways.region.yaml_files import TAG, At, Reader, YamlFile, line_of, place_of, short

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,15})")
_UNSTORABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def scalar_kind(node: yaml.Node) -> str:
    """What YAML takes a scalar for: str, int, bool, null, timestamp, …; block for a list or map."""
    return node.tag.removeprefix(TAG) if isinstance(node, yaml.ScalarNode) else "block"


def read_text(file: YamlFile, node: yaml.Node, at: At) -> str:
    """A text that a database can keep."""
    kind = scalar_kind(node)
    if kind in ("int", "float", "bool", "timestamp"):
        file.unfit(
            node,
            at,
            f"{short(node.value)} is a {kind} to YAML, and a text is wanted",
            f'put it in quotes: "{node.value[:40]}"',
        )
    elif kind != "str":
        file.unfit(node, at, "a text is wanted", "write a word or a sentence")
    elif _UNSTORABLE.search(node.value) or len(node.value) > MAX_TEXT:
        file.unfit(
            node,
            at,
            "the text is too long or holds control characters",
            f"write at most {MAX_TEXT} ordinary characters",
        )
    else:
        return str(node.value)
    return f"?{line_of(node)}"


def read_whole(file: YamlFile, node: yaml.Node, at: At) -> int:
    """A whole number."""
    if scalar_kind(node) == "int" and _INTEGER.fullmatch(node.value):
        return int(node.value)
    file.unfit(node, at, "a whole number is wanted", "write digits only, without quotes")
    return 1


def read_flag(file: YamlFile, node: yaml.Node, at: At) -> bool:
    """True or false."""
    if scalar_kind(node) == "bool" and node.value.lower() in ("true", "false"):
        return str(node.value).lower() == "true"
    file.unfit(node, at, "true or false is wanted", "write true or false, without quotes")
    return False


def read_day(file: YamlFile, node: yaml.Node, at: At) -> date:
    """A day, quoted or not."""
    try:
        if scalar_kind(node) in ("timestamp", "str") and _DATE.fullmatch(node.value):
            return date.fromisoformat(node.value)
    except ValueError:
        pass
    file.unfit(node, at, "a day is wanted", "write it as YYYY-MM-DD, for example 2026-12-24")
    return date.min


def one_of(choices: Iterable[str]) -> Reader:
    """One of these words."""
    known = tuple(choices)

    def read(file: YamlFile, node: yaml.Node, at: At) -> str:
        word = read_text(file, node, at)
        if word in known:
            return word
        if at not in file.broken:
            # Of an item of a list the list's own name, not its place.
            kind = next((part for part in reversed(at) if isinstance(part, str)), "word")
            file.unfit(node, at, f"unknown {kind} {short(word)}", meant(word, known))
        # What was probably meant is the stand-in that draws the fewest faults after it.
        return next(iter(difflib.get_close_matches(word, known, n=1)), known[0])

    return read


def list_of(item: Reader) -> Reader:
    """A list of what this reader takes."""

    def read(file: YamlFile, node: yaml.Node, at: At) -> list[Any]:
        if not isinstance(node, yaml.SequenceNode) or node.tag != f"{TAG}seq":
            file.unfit(node, at, "a list is wanted", "begin each item with '- ', or write [a, b]")
            return []
        values = []
        for place, part in enumerate(node.value):
            file.starts[*at, place] = line_of(part)
            values.append(item(file, part, (*at, place)))
        return values

    return read


def record(needed: Mapping[str, Reader], optional: Mapping[str, Reader]) -> Reader:
    """A map with these keys; gives only the optional ones that are there."""
    readers = {**needed, **optional}

    def read(file: YamlFile, node: yaml.Node, at: At) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for name, line, part in _entries(file, node, at, readers):
            here = (*at, name)
            file.starts[here] = line
            if name in needed or scalar_kind(part) != "null":
                values[name] = readers[name](file, part, here)
        for name in needed.keys() - values.keys():
            if isinstance(node, yaml.MappingNode):
                file.unfit(node, (*at, name), "is missing", f"add a line '{name}: ...'")
            values[name] = readers[name](YamlFile(""), _at_line(node), (*at, name))
        return values

    return read


def _at_line(node: yaml.Node) -> yaml.Node:
    return yaml.ScalarNode(f"{TAG}null", "", node.start_mark)


def _entries(
    file: YamlFile, node: yaml.Node, at: At, known: Iterable[str] | None
) -> Iterator[tuple[str, int, yaml.Node]]:
    if not isinstance(node, yaml.MappingNode) or node.tag != f"{TAG}map":
        file.unfit(node, at, "keys with values are wanted", f"write {', '.join(known or ())}")
        return
    seen: dict[str, int] = {}
    for key, part in node.value:
        name, line = str(key.value) if isinstance(key, yaml.ScalarNode) else "", line_of(key)
        if name in seen:
            file.fault(
                line,
                f"{place_of(at)}duplicate key {short(name)}, first on line {seen[name]}",
                "keep one of the two",
            )
        elif known is not None and name not in known:
            file.fault(line, f"{place_of(at)}unknown key {short(name)}", meant(name, known))
        else:
            yield name, line, part
        seen.setdefault(name, line)


def read_plain(file: YamlFile, node: yaml.Node, at: At) -> Any:
    """What is written, as maps, lists, texts, whole numbers, flags and days; checked elsewhere."""
    if isinstance(node, yaml.SequenceNode):
        return list_of(read_plain)(file, node, at)
    if isinstance(node, yaml.MappingNode):
        return _plain_map(file, node, at)
    readers = {"int": read_whole, "bool": read_flag, "timestamp": read_day}
    kind = scalar_kind(node)
    return None if kind == "null" else readers.get(kind, read_text)(file, node, at)


def _plain_map(file: YamlFile, node: yaml.MappingNode, at: At) -> dict[str, Any]:
    values = {}
    for name, line, part in _entries(file, node, at, None):
        file.starts[*at, name] = line
        values[name] = read_plain(file, part, (*at, name))
    return values
