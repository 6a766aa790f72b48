"""An outside system is down: the cases that need it stand still for it together, and go on together."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

OutageState = Literal["running", "ending", "over"]
#: What became of a case that stood still: it went on with the outage's end; it had gone on or ended
#: before, by somebody's hand.
CaseOfOutage = Literal["paused", "resumed", "left"]
#: The steps that one outage names at most.
MOST_PLACES = 50


def is_same_outage(
    one: tuple[str, Collection[tuple[str, str]]], other: tuple[str, Collection[tuple[str, str]]]
) -> bool:
    """Whether two, each a system with the steps that need it, are one: the system is called alike, and a
    step needs it in both. Who ended one of two such would let no case go on."""
    names = {" ".join(system.split()).casefold() for system, _ in (one, other)}
    return len(names) == 1 and not {*one[1]}.isdisjoint(other[1])


@dataclass(frozen=True, slots=True)
class OutageNamed:
    """Of a pause and its end by an outage: which."""

    outage: str
