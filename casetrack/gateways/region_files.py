"""A region's YAML files: read whole, and refused whole with file, line and cure of every problem.

The YAML taken is a plain subset: no anchors, no tags, no merge keys, every key once.
How the files are written: docs/region-files.md.
"""

import difflib
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from casetrack.domain import catalogue, notices, quiet
from casetrack.domain.agencies import Agency, Officer, Position, Region, RegionData, Stay
from casetrack.domain.catalogue import FACT_TYPES, KINDS, Name, Problem, ServiceDefinition
from casetrack.domain.clock import MAX_VALUE, UNITS, DayOverride
from casetrack.domain.errors import BadInput
from casetrack.domain.quiet import QuietHours

MAX_BYTES = 1024 * 1024
MAX_NODES = 20_000
MAX_DEPTH = 20
#: A message that nobody reads to the end helps nobody.
MAX_LINES = 200
MAX_PART = 400

_TAG = "tag:yaml.org,2002:"
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,15})")
_UNSTORABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_FILES = ("region.yaml", "agencies.yaml", "positions.yaml", "officers.yaml")

At = tuple[str | int, ...]


def read_region(folder: Path) -> RegionData:
    """Read and check the files of one region.

    Raises BadInput with one line per problem, of all files: what is wrong, where, and the cure.
    """
    try:
        next(folder.iterdir(), None)
    except OSError as error:
        cure = "give the folder of one region, with region.yaml in it"
        raise BadInput(f"{folder}: {error.strerror}; cure: {cure}") from error
    files = _RegionFiles(folder)
    data = files.read()
    _refuse([line for file in files.all for line in file.lines()])
    return data


def read_service(path: Path) -> ServiceDefinition:
    """Read and check one definition that stands alone: whether its agencies exist is not asked.

    Raises BadInput like `read_region`.
    """
    file = _File(str(path))
    definition = _service(file.read(path, _SERVICE))
    file.report(catalogue.problems(definition, None))
    _refuse(file.lines())
    return definition


def _refuse(lines: list[str]) -> None:
    if not lines:
        return
    left = len(lines) - MAX_LINES
    more = [f"... and {left} more; cure: mend these first"] if left > 0 else []
    raise BadInput("\n".join([*lines[:MAX_LINES], *more]))


class _Unreadable(Exception):
    """The file cannot be read on from here; its problem is noted already."""


@dataclass
class _File:
    """One file: its problems, and on which line each part of it stands."""

    label: str
    #: False when nothing of it could be understood: then nobody asks how it fits the others.
    readable: bool = True
    faults: list[tuple[int, str]] = field(default_factory=list)
    starts: dict[At, int] = field(default_factory=dict)
    #: Parts that hold a stand-in because what was written there cannot be taken.
    broken: set[At] = field(default_factory=set)

    def fault(self, line: int, message: str, cure: str) -> None:
        """Note a problem on a line; lines count from 1."""
        told = (" ".join(part.split())[:MAX_PART] for part in (message, cure))
        self.faults.append((line, "; cure: ".join(told)))

    def unfit(self, node: yaml.Node, at: At, message: str, cure: str) -> None:
        """Note that this part cannot be taken and will be stood in for."""
        self.broken.add(at)
        self.fault(_line(node), f"{_path(at)}{message}", cure)

    def report(self, problems: Iterable[Problem]) -> None:
        """Note what the rules say, unless it is about a part that is a stand-in."""
        for problem in problems:
            if not any(problem.at[:length] in self.broken for length in range(len(problem.at) + 1)):
                self.fault(self.line_of(problem.at), problem.message, problem.cure)

    def line_of(self, at: At) -> int:
        """Give the line of the nearest part that is written in the file."""
        while at and at not in self.starts:
            at = at[:-1]
        return self.starts.get(at, 1)

    def lines(self) -> list[str]:
        """Give the problems as they are told, in the order of the file."""
        return [f"{self.label}:{line}: {text}" for line, text in sorted(self.faults)]

    def read(self, path: Path, reader: "_Reader", default: object = None) -> Any:
        """Give what the file holds; a stand-in, with `readable` False, when it cannot be read.

        `default` is given for a file that may be absent and is.
        """
        try:
            if default is not None and not os.path.exists(path):
                return default
            return reader(self, _compose(self, _text_of(self, path)), ())
        except _Unreadable:
            self.readable = False
            self.broken.add(())
            return reader(_File(self.label), _NOTHING, ())


_Reader = Callable[[_File, yaml.Node, At], Any]
_NOTHING = yaml.ScalarNode(f"{_TAG}null", "", yaml.Mark("", 0, 0, 0, None, 0))


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _path(at: At) -> str:
    told = "".join(f"[{key + 1}]" if isinstance(key, int) else f".{key}" for key in at)
    return f"{told.removeprefix('.')}: " if told else ""


def _short(text: str) -> str:
    return repr(text if len(text) <= 40 else f"{text[:40]}...")


def _meant(word: str, known: Iterable[str]) -> str:
    """Name what was probably meant, or all that can be."""
    known = list(known)
    near = difflib.get_close_matches(word[:80], known, n=1)
    return f"did you mean {near[0]}?" if near else f"use {', '.join(known)}"


# ---- From bytes to nodes


def _text_of(file: _File, path: Path) -> str:
    try:
        if not path.is_file():
            file.fault(1, "there is no such file", f"write {path.name}; see docs/region-files.md")
            raise _Unreadable
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        file.fault(1, f"cannot be opened: {error.strerror}", "let this user read it")
        raise _Unreadable from error
    if len(data) > MAX_BYTES:
        file.fault(1, "is larger than 1 MiB", "take out what does not belong there")
        raise _Unreadable
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        file.fault(line, f"byte {data[error.start]:#04x} is not UTF-8", "save the file as UTF-8")
        raise _Unreadable from error


class _Loader(yaml.SafeLoader):
    """Composes nodes and nothing else, and only as many and as deep as a region file needs."""

    nodes = 0
    depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        """Compose one node; aliases are refused, because a few of them can stand for millions."""
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _marked("anchors and aliases (& and *) are not taken", "write it out", event)
        self.nodes += 1
        self.depth += 1
        if self.nodes > MAX_NODES or self.depth > MAX_DEPTH:
            raise _marked(
                f"more than {MAX_NODES} values in one file, or {MAX_DEPTH} inside one another",
                "no region file needs that many; take out what does not belong there",
                event,
            )
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


def _marked(text: str, cure: str, event: Any) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=text, problem_mark=event.start_mark, note=cure)


def _cure(error: yaml.MarkedYAMLError) -> str:
    if "'\\t'" in str(error.problem):
        return "indent with spaces, not with tabs"
    return error.note or "mend this line or the one before it"


def _compose(file: _File, text: str) -> yaml.Node:
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        # What is never closed is noticed at the end; what begins it is the line to look at.
        at_end = "<stream end>" in str(error.problem)
        mark = (error.context_mark if at_end else None) or error.problem_mark
        file.fault(
            mark.line + 1 if mark else 1,
            f"broken YAML: {' '.join(filter(None, (error.context, error.problem)))}",
            _cure(error),
        )
        raise _Unreadable from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        file.fault(line, f"broken YAML: character {error.character!r}", "take the character out")
        raise _Unreadable from error
    except (ValueError, RecursionError) as error:
        # PyYAML lets some through, for example an escape beyond the last character of Unicode.
        file.fault(1, f"broken YAML: {error}", "look for odd escapes and numbers")
        raise _Unreadable from error
    if node is None:
        file.fault(1, "is empty", "write it; see docs/region-files.md")
        raise _Unreadable
    return node


# ---- From nodes to values. Each reader gives a value of its type, a stand-in after a fault.


def _scalar_kind(node: yaml.Node) -> str:
    return node.tag.removeprefix(_TAG) if isinstance(node, yaml.ScalarNode) else "block"


def _text(file: _File, node: yaml.Node, at: At) -> str:
    kind = _scalar_kind(node)
    if kind in ("int", "float", "bool", "timestamp"):
        file.unfit(
            node,
            at,
            f"{_short(node.value)} is a {kind} to YAML, and a text is wanted",
            f'put it in quotes: "{node.value[:40]}"',
        )
    elif kind != "str":
        file.unfit(node, at, "a text is wanted", "write a word or a sentence")
    elif _UNSTORABLE.search(node.value) or len(node.value) > catalogue.MAX_TEXT:
        file.unfit(
            node,
            at,
            "the text is too long or holds control characters",
            f"write at most {catalogue.MAX_TEXT} ordinary characters",
        )
    else:
        return str(node.value)
    return f"?{_line(node)}"


def _whole(file: _File, node: yaml.Node, at: At) -> int:
    if _scalar_kind(node) == "int" and _INTEGER.fullmatch(node.value):
        return int(node.value)
    file.unfit(node, at, "a whole number is wanted", "write digits only, without quotes")
    return 1


def _flag(file: _File, node: yaml.Node, at: At) -> bool:
    if _scalar_kind(node) == "bool" and node.value.lower() in ("true", "false"):
        return str(node.value).lower() == "true"
    file.unfit(node, at, "true or false is wanted", "write true or false, without quotes")
    return False


def _day(file: _File, node: yaml.Node, at: At) -> date:
    try:
        if _scalar_kind(node) in ("timestamp", "str") and _DATE.fullmatch(node.value):
            return date.fromisoformat(node.value)
    except ValueError:
        pass
    file.unfit(node, at, "a day is wanted", "write it as YYYY-MM-DD, for example 2026-12-24")
    return date.min


def _fact_value(file: _File, node: yaml.Node, at: At) -> str | int | bool:
    reader: dict[str, Callable[[_File, yaml.Node, At], str | int | bool]]
    reader = {"int": _whole, "bool": _flag}
    return reader.get(_scalar_kind(node), _text)(file, node, at)


def _zone(file: _File, node: yaml.Node, at: At) -> str:
    name = _text(file, node, at)
    if at not in file.broken:
        try:
            ZoneInfo(name)
        # OSError: the name of a folder of the time zone database, for example "Asia".
        except (LookupError, ValueError, OSError):
            file.unfit(
                node,
                at,
                f"unknown time zone {_short(name)}",
                "use Asia/Jakarta, Asia/Pontianak, Asia/Makassar or Asia/Jayapura",
            )
    return name


def _one_of(choices: Iterable[str]) -> _Reader:
    known = tuple(choices)

    def read(file: _File, node: yaml.Node, at: At) -> str:
        word = _text(file, node, at)
        if word in known:
            return word
        if at not in file.broken:
            file.unfit(node, at, f"unknown {at[-1]} {_short(word)}", _meant(word, known))
        # What was probably meant is the stand-in that draws the fewest faults after it.
        return next(iter(difflib.get_close_matches(word, known, n=1)), known[0])

    return read


def _list(item: _Reader) -> _Reader:
    def read(file: _File, node: yaml.Node, at: At) -> list[Any]:
        if not isinstance(node, yaml.SequenceNode) or node.tag != f"{_TAG}seq":
            file.unfit(node, at, "a list is wanted", "begin each item with '- ', or write [a, b]")
            return []
        values = []
        for place, part in enumerate(node.value):
            file.starts[*at, place] = _line(part)
            values.append(item(file, part, (*at, place)))
        return values

    return read


def _record(needed: Mapping[str, _Reader], optional: Mapping[str, _Reader]) -> _Reader:
    readers = {**needed, **optional}

    def read(file: _File, node: yaml.Node, at: At) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for name, line, part in _entries(file, node, at, readers):
            here = (*at, name)
            file.starts[here] = line
            if name in needed or _scalar_kind(part) != "null":
                values[name] = readers[name](file, part, here)
        for name in needed.keys() - values.keys():
            if isinstance(node, yaml.MappingNode):
                file.unfit(node, (*at, name), "is missing", f"add a line '{name}: ...'")
            values[name] = readers[name](_File(""), _at_line(node), (*at, name))
        return values

    return read


def _at_line(node: yaml.Node) -> yaml.Node:
    return yaml.ScalarNode(f"{_TAG}null", "", node.start_mark)


def _entries(
    file: _File, node: yaml.Node, at: At, known: Iterable[str]
) -> Iterator[tuple[str, int, yaml.Node]]:
    if not isinstance(node, yaml.MappingNode) or node.tag != f"{_TAG}map":
        file.unfit(node, at, "keys with values are wanted", f"write {', '.join(known)}")
        return
    seen: dict[str, int] = {}
    for key, part in node.value:
        name, line = str(key.value) if isinstance(key, yaml.ScalarNode) else "", _line(key)
        if name in seen:
            file.fault(
                line,
                f"{_path(at)}duplicate key {_short(name)}, first on line {seen[name]}",
                "keep one of the two",
            )
        elif name not in known:
            file.fault(line, f"{_path(at)}unknown key {_short(name)}", _meant(name, known))
        else:
            yield name, line, part
        seen.setdefault(name, line)


def _limit(file: _File, node: yaml.Node, at: At) -> dict[str, Any]:
    limit: dict[str, Any] = _LIMIT(file, node, at)
    if not 1 <= limit["value"] <= MAX_VALUE:
        if (*at, "value") not in file.broken:
            file.fault(
                file.line_of((*at, "value")),
                f"{_path(at)}the value of a limit is {limit['value']}",
                f"give a whole number from 1 to {MAX_VALUE}",
            )
        limit["value"] = 1
    return limit


def _or_none(reader: _Reader) -> _Reader:
    """`none`, written as a word, or what the reader takes."""

    def read(file: _File, node: yaml.Node, at: At) -> Any:
        return (
            None if _scalar_kind(node) == "str" and node.value == "none" else reader(file, node, at)
        )

    return read


def _quiet_hours(file: _File, node: yaml.Node, at: At) -> QuietHours:
    told = _record({"from": _text, "until": _text}, {})(file, node, at)
    try:
        return QuietHours.from_dict(told)
    except ValueError as error:
        if not any(part[: len(at)] == at for part in file.broken):
            cure = 'write {from: "21:00", until: "06:00"}, or none'
            file.unfit(node, at, f"the quiet hours cannot be so: {error}", cure)
    return quiet.DEFAULT


def _by_name(reader: _Reader) -> _Reader:
    """Any keys; whether they mean something is asked of the rules."""

    def read(file: _File, node: yaml.Node, at: At) -> dict[str, Any]:
        known = (
            [str(key.value) for key, _ in node.value] if isinstance(node, yaml.MappingNode) else ()
        )
        told: dict[str, Any] = _record({}, dict.fromkeys(known or ["a key"], reader))(
            file, node, at
        )
        return told

    return read


def _channels(file: _File, node: yaml.Node, at: At) -> list[str]:
    told: list[str] | None = _or_none(_list(_text))(file, node, at)
    return told or []


def _told(file: _File, node: yaml.Node, at: At) -> dict[str, list[str]]:
    """Party by party, or `none` for all of them."""
    told: dict[str, list[str]] | None = _or_none(_by_name(_channels))(file, node, at)
    return {party: [] for party in notices.PARTIES} if told is None else told


# ---- What the files hold

_LIMIT = _record({"value": _whole, "unit": _one_of(UNITS)}, {})
_NAME = _record({"id": _text, "en": _text}, {})
_REGION = _record(
    {"code": _text, "letters": _text, "name": _NAME, "zone": _zone},
    {
        "holidays": _list(_record({"day": _day, "name": _text}, {"working": _flag})),
        "quiet_hours": _or_none(_quiet_hours),
    },
)
_AGENCIES = _list(
    _record(
        {"id": _text, "name": _NAME, "kind": _text},
        {"stays": _list(_record({}, {"since": _day, "until": _day}))},
    )
)
_POSITIONS = _list(_record({"id": _text, "agency": _text, "name": _NAME}, {"superior": _text}))
_OFFICERS = _list(
    _record(
        {"login": _text, "role": _text},
        {"agency": _text, "positions": _list(_text), "disabled": _flag},
    )
)
_STEP = _record(
    {"id": _text, "name": _NAME, "agency": _text, "kind": _one_of(KINDS)},
    {
        "after": _list(_text),
        "optional": _flag,
        "repeatable": _flag,
        "limit": _limit,
        "silence": _one_of(catalogue.SILENCES),
        "roles": _list(_text),
        "when": _record(
            {"fact": _text},
            {"equals": _fact_value, "one_of": _list(_fact_value), "at_least": _whole},
        ),
        "official": _flag,
        "activities": _list(_text),
    },
)
_SERVICE = _record(
    {"id": _text, "version": _whole, "letters": _text, "name": _NAME, "steps": _list(_STEP)},
    {
        "requirements": _list(_record({"id": _text, "name": _NAME}, {"required": _flag})),
        "facts": _list(
            _record(
                {"id": _text, "name": _NAME, "type": _one_of(FACT_TYPES)},
                {
                    "required": _flag,
                    "choices": _list(_text),
                    "minimum": _whole,
                    "maximum": _whole,
                },
            )
        ),
        "limit": _limit,
        "extension": _record({"limit": _limit, "article": _text}, {}),
        "pause_caps": _record({}, dict.fromkeys(catalogue.PAUSE_CAPS, _limit)),
        "product": _NAME,
        "fee": _record({"amount": _whole}, {"note": _NAME}),
        "legal_basis": _list(_text),
        "deemed_grant": _one_of(catalogue.DEEMED_GRANTS),
        "tracked_only": _flag,
        "notices": _by_name(_told),
    },
)


def _service(document: Mapping[str, Any]) -> ServiceDefinition:
    return ServiceDefinition.from_document(document)


class _RegionFiles:
    """The files of one region's folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.region, self.agencies, self.positions, self.officers = map(_File, _FILES)
        self.services: list[_File] = []
        self.strangers: list[_File] = []

    @property
    def all(self) -> list[_File]:
        """All files, in the order in which their problems are told."""
        basic = [self.region, self.agencies, self.positions, self.officers]
        return [*basic, *self.services, *self.strangers]

    def read(self) -> RegionData:
        """Read every file and ask whether they fit together."""
        region = self._part(self.region, _REGION)
        data = RegionData(
            region=Region(
                region["code"],
                region["letters"],
                Name.from_dict(region["name"]),
                region["zone"],
                region.get("quiet_hours", quiet.DEFAULT),
            ),
            agencies=tuple(_agency(a) for a in self._part(self.agencies, _AGENCIES)),
            positions=tuple(
                Position(p["id"], p["agency"], Name.from_dict(p["name"]), p.get("superior"))
                for p in self._part(self.positions, _POSITIONS, default=[])
            ),
            officers=tuple(_officer(o) for o in self._part(self.officers, _OFFICERS)),
            services=tuple(self._read_services()),
            overrides=tuple(
                DayOverride(day["day"], day.get("working", False), day["name"])
                for day in region.get("holidays", ())
            ),
        )
        self._find_strangers()
        for problem in data.problems():
            self._report(problem)
        return data

    def _part(self, file: _File, reader: _Reader, default: object = None) -> Any:
        return file.read(self.folder / file.label, reader, default)

    def _read_services(self) -> Iterator[ServiceDefinition]:
        try:
            paths = sorted((self.folder / "services").iterdir())
        except FileNotFoundError:
            return
        except OSError as error:
            # To take it for empty would withdraw every service.
            self._stranger("services", f"cannot be listed: {error.strerror}", "make it a folder")
            return
        for path in paths:
            label = f"services/{path.name}"
            if path.suffix == ".yaml":
                self.services.append(_File(label))
                yield _service(self._part(self.services[-1], _SERVICE))
            elif path.suffix == ".yml":
                self._stranger(label, "is not read", f"name it {path.stem}.yaml")

    def _find_strangers(self) -> None:
        """A file that is not read because its name is misspelt would be missed silently."""
        for path in sorted(self.folder.glob("*.y*ml")):
            if path.name not in _FILES:
                self._stranger(path.name, "no file is called that", _meant(path.name, _FILES))

    def _stranger(self, label: str, message: str, cure: str) -> None:
        self.strangers.append(_File(label))
        self.strangers[-1].fault(1, message, cure)

    def _report(self, problem: Problem) -> None:
        """Note a problem in the file it is about, unless it only follows from an unreadable one."""
        top, *rest = problem.at
        about_agency = "agency" in rest or "superior" in rest or "positions" in rest
        if about_agency and not (self.agencies.readable and self.positions.readable):
            return
        if top == "services":
            file = self.services[int(rest.pop(0))]
        elif top == "overrides":
            file, rest = self.region, ["holidays", *rest]
        else:
            file = {file.label: file for file in self.all}[f"{top}.yaml"]
        file.report([Problem(tuple(rest), problem.message, problem.cure)])


def _agency(data: Mapping[str, Any]) -> Agency:
    stays = tuple(Stay(stay.get("since"), stay.get("until")) for stay in data.get("stays", ()))
    return Agency(data["id"], Name.from_dict(data["name"]), data["kind"], stays)


def _officer(data: Mapping[str, Any]) -> Officer:
    return Officer(
        data["login"],
        data["role"],
        data.get("agency"),
        tuple(data.get("positions", ())),
        data.get("disabled", False),
    )
