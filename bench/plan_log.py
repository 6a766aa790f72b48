"""The plans by which the server really carried statements out, from its own log (auto_explain).

Whatever driver sends a statement, the server writes down its plan with the rows that each part read
and the blocks that it touched.
"""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from bench.processes import NotReady
from bench.whole_stage import Stage

_ON = {
    "auto_explain.log_min_duration": "0",
    "auto_explain.log_analyze": "on",
    "auto_explain.log_buffers": "on",
    "auto_explain.log_timing": "off",
    "auto_explain.log_format": "json",
    "auto_explain.log_nested_statements": "off",
}
#: Seconds that a plan may take until it is in the log.
_PATIENCE = 30.0
_DESCENDS = ("Index Scan", "Index Only Scan", "Bitmap Index Scan")


@dataclass(frozen=True, slots=True)
class Plan:
    """One statement as it was carried out."""

    user: str
    text: str
    #: 8 kB blocks that were touched, from memory or disk.
    blocks: int
    #: How often an index was gone down: for reading, and for each row that was written, if its table
    #: has `indexes` of them.
    descents: int
    #: Rows that scans looked at, and those that it gave or wrote.
    read: int
    given: int
    written: int
    #: Rows that a scan read and threw away.
    thrown_away: int


@contextmanager
def explained(place: Stage) -> Iterator[None]:
    """The server writes down the plan of every statement in this block."""
    for name, value in _ON.items():
        place.ask(f"ALTER SYSTEM SET {name} = '{value}'")
    place.ask("SELECT pg_reload_conf()")
    try:
        yield
    finally:
        for name in _ON:
            place.ask(f"ALTER SYSTEM RESET {name}")
        place.ask("SELECT pg_reload_conf()")


class PlanLog:
    """Reads on where it stopped."""

    def __init__(self, place: Stage) -> None:
        self._place, self._marks = place, 0
        self._path = place.folder / "postgresql" / "data" / "recorded" / "statements.json"
        self._indexes = {
            str(table): int(str(count))
            for table, count in place.ask(
                "SELECT relname, count(*) FROM pg_index JOIN pg_class ON pg_class.oid = indrelid "
                "WHERE relnamespace = 'public'::regnamespace GROUP BY relname"
            )
        }
        self._at = 0

    def skip(self) -> None:
        """What was written until now is not asked for."""
        with self._path.open("rb") as log:
            log.seek(self._at)
            # To the end of a line: the server may be in the middle of one.
            self._at += log.read().rfind(b"\n") + 1

    def read(self) -> Iterator[Plan]:
        """The plans of what was asked since. Raises NotReady where the server writes none down."""
        self._marks += 1
        mark = f"casetrack bench read {self._marks};"
        self._place.ask(f"SELECT '{mark}'")
        until = time.monotonic() + _PATIENCE
        with self._path.open("rb") as log:
            log.seek(self._at)
            said = log.read()
            # What was answered before the mark was asked is written down before it.
            while mark.encode() not in said or not said.endswith(b"\n"):
                if time.monotonic() > until:
                    raise NotReady("the server has written down no plans")
                time.sleep(0.02)
                said += log.read()
        self._at += len(said)
        for line in map(json.loads, said.splitlines()):
            _, found, plan = str(line.get("message", "")).partition("plan:\n")
            if found and mark not in plan:
                yield self._plan(str(line.get("user", "")), json.loads(plan))

    def _plan(self, user: str, document: Mapping[str, Any]) -> Plan:
        top = document["Plan"]
        nodes = list(_nodes(top))
        written = [node for node in nodes if node["Node Type"] == "ModifyTable"]
        rows = sum(_written(node) for node in written)
        into = sum(_written(n) * self._indexes.get(n.get("Relation Name", ""), 1) for n in written)
        scans = [node for node in nodes if "Relation Name" in node and node not in written]
        return Plan(
            user=user,
            text=" ".join(str(document["Query Text"]).split()),
            blocks=top.get("Shared Hit Blocks", 0) + top.get("Shared Read Blocks", 0),
            descents=into + sum(n["Actual Loops"] for n in nodes if n["Node Type"] in _DESCENDS),
            read=sum(_read(node) for node in scans),
            given=round(top["Actual Rows"] * top["Actual Loops"]),
            written=rows,
            thrown_away=sum(_thrown_away(node) for node in scans),
        )


def _nodes(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield plan
    for inner in plan.get("Plans", ()):
        yield from _nodes(inner)


def _thrown_away(node: Mapping[str, Any]) -> int:
    each: float = node.get("Rows Removed by Filter", 0) + node.get(
        "Rows Removed by Index Recheck", 0
    )
    return int(each * node["Actual Loops"])


def _read(node: Mapping[str, Any]) -> int:
    return _came(node) + _thrown_away(node)


def _written(node: Mapping[str, Any]) -> int:
    """Rows that a part wrote: those it gives back, or those that came from below."""
    return max(_came(node), sum(map(_came, node.get("Plans", ()))))


def _came(node: Mapping[str, Any]) -> int:
    return int(node["Actual Rows"] * node["Actual Loops"])
