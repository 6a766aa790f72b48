"""register.yaml: the authority register of a region's folder, entry by entry.

What an entry may hold is said by its dataclass (domain.authority.entries) and read by the one reader
of all entries; here its faults get their line.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import yaml

from casetrack.domain.authority.entries import ENTRY_KINDS, Post, Superior
from casetrack.domain.authority.entry_json import parse_entry
from casetrack.domain.authority.filing import Filed, RegisterFile
from casetrack.domain.region.region_data import Position
from casetrack.domain.service.definition import Problem
from casetrack.gateways.region.yaml_files import At, YamlFile, place_of
from casetrack.gateways.region.yaml_values import list_of, one_of, read_plain, read_text, record

FILE = "register.yaml"
#: Ten years of a city's register: two thousand grants and as many letters.
MAX_BYTES = 16 * 1024 * 1024
MAX_NODES = 500_000


def register_yaml() -> YamlFile:
    """The file, not read yet."""
    return YamlFile(FILE, most_bytes=MAX_BYTES, most_nodes=MAX_NODES)


def read_register(file: YamlFile, node: yaml.Node, at: At) -> RegisterFile:
    """The reader of the file's document.

    With an entry that cannot be taken the file counts as unreadable: how the others fit is asked
    when all can be, or a slip in one instrument would draw a fault in every grant on it.
    """
    document = _REGISTER(file, node, at)
    entries = [filed for filed in document["entries"] if filed is not None]
    file.readable = file.readable and len(entries) == len(document["entries"])
    return RegisterFile(document["entered_by"], tuple(entries))


def _filed(file: YamlFile, node: yaml.Node, at: At) -> Filed | None:
    said: Mapping[str, Any] = _ENTRY(file, node, at)
    entry_at = (*at, "entry")
    if (*at, "kind") in file.broken or entry_at in file.broken:
        return None
    entry, problems = parse_entry(said["kind"], said["entry"])
    told = f"{said['kind']} {said['id']!r}: "
    file.report(
        Problem(
            (*entry_at, *problem.at),
            f"{told}{place_of(problem.at)}{problem.message}",
            problem.cure,
        )
        for problem in problems
    )
    return None if entry is None else Filed(said["kind"], said["id"], entry, said["sha256"])


_ENTRY = record(
    {"kind": one_of(ENTRY_KINDS), "id": read_text, "sha256": read_text, "entry": read_plain}, {}
)
#: `confirmed_by` is a key of older files: nobody confirms by a file.
_REGISTER = record(
    {"entered_by": read_text, "entries": list_of(_filed)}, {"confirmed_by": read_text}
)


def with_positions(
    register: RegisterFile, positions: tuple[Position, ...], sha256: str
) -> RegisterFile:
    """The register with every position of positions.yaml that it does not describe itself."""
    described = {filed.id for filed in register.entries if filed.kind == "position"}
    more = (
        Filed("position", position.id, _post(position), sha256)
        for position in positions
        if position.id not in described
    )
    return replace(register, entries=(*register.entries, *more))


def _post(position: Position) -> Post:
    superiors = () if position.superior is None else (Superior(position.superior),)
    return Post(position.agency, position.name, superiors=superiors)
