"""One YAML file, read whole: its problems with line and cure, and where each part of it stands.

The YAML taken is a plain subset: no anchors, no tags, no merge keys, every key once.
"""

import hashlib
import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from yaml.composer import Composer

from casetrack.domain.errors import BadInput
from casetrack.domain.service.definition import Problem

MAX_BYTES = 1024 * 1024
MAX_NODES = 20_000
MAX_DEPTH = 20
#: A message that nobody reads to the end helps nobody.
MAX_LINES = 200
MAX_PART = 400

#: What libyaml takes otherwise than PyYAML alone: tabs, tags, keys by `?`, document marks, and breaks
#: of lines that no editor shows.
_ODD = re.compile("[\t!?\ufeff\x85\u2028\u2029]|---")

TAG = "tag:yaml.org,2002:"

At = tuple[str | int, ...]


def refuse(lines: list[str]) -> None:
    """Raises BadInput with these problems, if there are any."""
    if not lines:
        return
    left = len(lines) - MAX_LINES
    more = [f"... and {left} more; cure: mend these first"] if left > 0 else []
    raise BadInput("\n".join([*lines[:MAX_LINES], *more]))


class Unreadable(Exception):
    """The file cannot be read on from here; its problem is noted already."""


@dataclass
class YamlFile:
    """One file: its problems, and on which line each part of it stands."""

    label: str
    most_bytes: int = MAX_BYTES
    most_nodes: int = MAX_NODES
    #: SHA-256 of the bytes that were read.
    sha256: str = ""
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
        self.fault(line_of(node), f"{place_of(at)}{message}", cure)

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

    def read(self, path: Path, reader: "Reader", default: object = None) -> Any:
        """Give what the file holds; a stand-in, with `readable` False, when it cannot be read.

        `default` is given for a file that may be absent and is.
        """
        try:
            if default is not None and not os.path.exists(path):
                return default
            return reader(self, _compose(self, text_of(self, path)), ())
        except Unreadable:
            self.readable = False
            self.broken.add(())
            return reader(YamlFile(self.label), NOTHING, ())


Reader = Callable[[YamlFile, yaml.Node, At], Any]
NOTHING = yaml.ScalarNode(f"{TAG}null", "", yaml.Mark("", 0, 0, 0, None, 0))


def line_of(node: yaml.Node) -> int:
    """The line on which a node begins, from 1."""
    return int(node.start_mark.line) + 1


def place_of(at: At) -> str:
    """Where a part stands, in words that begin a message; indexes count from 1."""
    told = "".join(f"[{key + 1}]" if isinstance(key, int) else f".{key}" for key in at)
    return f"{told.removeprefix('.')}: " if told else ""


def short(text: str) -> str:
    """A text of the file, quoted and cut."""
    return repr(text if len(text) <= 40 else f"{text[:40]}...")


def text_of(file: YamlFile, path: Path) -> str:
    """What the file holds, as text. Raises Unreadable once its problem is noted."""
    try:
        if not path.is_file():
            file.fault(1, "there is no such file", f"write {path.name}; see docs/region-files.md")
            raise Unreadable
        with path.open("rb") as stream:
            data = stream.read(file.most_bytes + 1)
    except OSError as error:
        file.fault(1, f"cannot be opened: {error.strerror}", "let this user read it")
        raise Unreadable from error
    if len(data) > file.most_bytes:
        most = file.most_bytes // 1024
        size = f"{most // 1024} MiB" if most >= 1024 else f"{most} KiB"
        file.fault(1, f"is larger than {size}", "take out what does not belong there")
        raise Unreadable
    file.sha256 = hashlib.sha256(data).hexdigest()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        file.fault(line, f"byte {data[error.start]:#04x} is not UTF-8", "save the file as UTF-8")
        raise Unreadable from error


class _NotPlain(yaml.MarkedYAMLError):
    """What we do not take, although it is YAML."""


class _Bounded(Composer):
    """Composes nodes and nothing else, and only as many and as deep as a region file needs."""

    most, nodes, depth = MAX_NODES, 0, 0

    def all(self, most: int) -> yaml.Node | None:
        """The nodes, None where there are none. Raises YAMLError, ValueError or RecursionError."""
        self.most = most
        return self.get_single_node()

    def compose_node(self, parent: Any, index: Any) -> Any:
        """Compose one node; aliases are refused, because a few of them can stand for millions."""
        event = self.peek_event()  # type: ignore[attr-defined]
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _marked("anchors and aliases (& and *) are not taken", "write it out", event)
        self.nodes += 1
        self.depth += 1
        if self.nodes > self.most or self.depth > MAX_DEPTH:
            raise _marked(
                f"more than {self.most} values in one file, or {MAX_DEPTH} inside one another",
                "no such file needs that many; take out what does not belong there",
                event,
            )
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


class Quick(_Bounded, yaml.CSafeLoader):
    """Reads by libyaml, seven times as quickly."""

    def __init__(self, text: str) -> None:
        yaml.CSafeLoader.__init__(self, text)
        Composer.__init__(self)


class Exact(_Bounded, yaml.SafeLoader):
    """Reads by PyYAML alone, which says better what is wrong, and where."""


def _marked(text: str, cure: str, event: Any) -> _NotPlain:
    return _NotPlain(problem=text, problem_mark=event.start_mark, note=cure)


def _cure(error: yaml.MarkedYAMLError) -> str:
    if "'\\t'" in str(error.problem):
        return "indent with spaces, not with tabs"
    return error.note or "mend this line or the one before it"


def nodes_of(text: str, most: int) -> yaml.Node | None:
    """The nodes of a text, None where it is empty. Raises what PyYAML alone says is wrong with it."""
    try:
        if not _ODD.search(text):
            return Quick(text).all(most)
    except _NotPlain:
        raise
    except (yaml.YAMLError, ValueError, RecursionError):
        pass
    return Exact(text).all(most)


def _compose(file: YamlFile, text: str) -> yaml.Node:
    try:
        node = nodes_of(text, file.most_nodes)
    except yaml.MarkedYAMLError as error:
        # What is never closed is noticed at the end; what begins it is the line to look at.
        at_end = "<stream end>" in str(error.problem)
        mark = (error.context_mark if at_end else None) or error.problem_mark
        file.fault(
            mark.line + 1 if mark else 1,
            f"broken YAML: {' '.join(filter(None, (error.context, error.problem)))}",
            _cure(error),
        )
        raise Unreadable from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        file.fault(line, f"broken YAML: character {error.character!r}", "take the character out")
        raise Unreadable from error
    except (ValueError, RecursionError) as error:
        # PyYAML lets some through, for example an escape beyond the last character of Unicode.
        file.fault(1, f"broken YAML: {error}", "look for odd escapes and numbers")
        raise Unreadable from error
    if node is None:
        file.fault(1, "is empty", "write it; see docs/region-files.md")
        raise Unreadable
    return node
