"""The statements that a program sent, with their values, from the server's own log.

PostgreSQL writes each statement as JSON: which session and user, its text, its parameters. A mark,
which is a statement of our own, says where one case ends and the next begins.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from bench.whole_stage import Stage

_MARK = "casetrack bench mark"
_PARAMETER = re.compile(r"\$(\d+) = ('(?:[^']|'')*'|NULL)")
_TEXT = re.compile(r"^(?:execute [^:]*|statement): (.*)$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Sent:
    """One statement as the server got it: its text with places, and the literals for them."""

    text: str
    values: tuple[str, ...]
    #: Whether it went with the one before, in the same round trip.
    together: bool = False

    @property
    def can_be_prepared(self) -> bool:
        """Whether it asks for rows or changes some; not BEGIN, COMMIT and their like."""
        first = self.text.split(None, 1)[0].upper()
        return first in ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")


@contextmanager
def recording(place: Stage) -> Iterator[None]:
    """The server writes down every statement in this block."""
    place.ask("ALTER SYSTEM SET log_statement = 'all'")
    place.ask("SELECT pg_reload_conf()")
    try:
        yield
    finally:
        place.ask("ALTER SYSTEM RESET log_statement")
        place.ask("SELECT pg_reload_conf()")


def mark(place: Stage) -> None:
    """Here one case ends."""
    place.ask(f"SELECT '{_MARK}'")


def in_trips(cases: list[list[Sent]], together: Sequence[int]) -> list[list[Sent]]:
    """The same, each saying whether it went with the one before.

    `together` is what a counter on the wire saw from the first mark on. Where the two do not count the
    same, nothing is known of it, and each has a round trip of its own.
    """
    if sum(together) != sum(map(len, cases)):
        return cases
    with_others = [place > 0 for count in together for place in range(count)]
    marks = iter(with_others)
    return [[replace(sent, together=next(marks)) for sent in case] for case in cases]


def recorded(place: Stage, user: str) -> list[list[Sent]]:
    """What this user sent, case by case: what stands between two marks."""
    cases: list[list[Sent]] = []
    for line in _lines(place.folder / "postgresql" / "data" / "recorded" / "statements.json"):
        found = _TEXT.match(str(line.get("message", "")))
        if found is None:
            continue
        if _MARK in found[1]:
            cases.append([])
        elif line.get("user") == user and cases:
            cases[-1].append(Sent(found[1].strip().rstrip(";"), _values(line)))
    return [case for case in cases if case]


def _lines(path: Path) -> Iterator[Mapping[str, object]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def _values(line: Mapping[str, object]) -> tuple[str, ...]:
    said = str(line.get("detail", ""))
    if not said.lower().startswith("parameters:"):
        return ()
    found = {int(number): value for number, value in _PARAMETER.findall(said)}
    return tuple(found[number] for number in sorted(found))
