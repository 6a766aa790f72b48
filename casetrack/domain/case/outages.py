"""An outside system is down: the cases that need it stand still for it together, and go on together."""

from dataclasses import dataclass
from typing import Literal

OutageState = Literal["running", "ending", "over"]
#: What became of a case that stood still: it went on with the outage's end; it had gone on or ended
#: before, by somebody's hand.
CaseOfOutage = Literal["paused", "resumed", "left"]
#: The steps that one outage names at most.
MOST_PLACES = 50


@dataclass(frozen=True, slots=True)
class OutageNamed:
    """Of a pause and its end by an outage: which."""

    outage: str
