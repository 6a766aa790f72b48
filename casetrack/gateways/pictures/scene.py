"""A picture with everything at its place: cards, the wires between them, and its size."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from casetrack.gateways.pictures.cards import FACES, Placed, Words, set_words
from casetrack.gateways.pictures.diagram import Diagram
from casetrack.gateways.pictures.lettering import Face

MARGIN = 28.0
#: The words above stay together over a wide picture.
WIDEST = 940.0
_SUBTITLE = Face("subtitle", 13.5, 20)
_HEADLINE = Face("headline", 22, 30, bold=True)
_VERDICT = Face("verdict", 15, 21, bold=True)
#: The sign of the verdict stands at its left.
_SIGN = 58.0

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Wire:
    """A line with right angles; broken ones are dashed and crossed out at `cross`."""

    points: tuple[Point, ...]
    broken: bool = False
    arrow: bool = True
    cross: Point | None = None
    #: The beam that the laws carry.
    beam: bool = False


@dataclass(frozen=True, slots=True)
class Head:
    """Title, subtitle and verdict above the picture."""

    words: tuple[Words, ...]
    verdict: tuple[Words, ...]
    verdict_top: float
    verdict_bottom: float
    width: float

    @property
    def bottom(self) -> float:
        """Where it ends."""
        return self.verdict_bottom


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything at its place. `wires` belong to the link or node of that id."""

    diagram: Diagram
    width: float
    height: float
    head: Head
    placed: Mapping[str, Placed]
    wires: Mapping[str, tuple[Wire, ...]] = field(default_factory=dict)
    #: Lines that belong to no link: what several hang on.
    backdrop: Sequence[Wire] = ()


def head(diagram: Diagram, width: float) -> Head:
    """The words above a picture of this width."""
    room = min(width - 2 * MARGIN, WIDEST)
    above = [(_HEADLINE, diagram.title), *((_SUBTITLE, line) for line in diagram.subtitle)]
    words, below = set_words(above, MARGIN, MARGIN - 6, room)
    top = below + 14
    said = [(_VERDICT, diagram.verdict), *((FACES["plain"], why) for why in diagram.reasons)]
    verdict, below = set_words(said, MARGIN + _SIGN, top + 10, room - _SIGN - 14)
    return Head(tuple(words), tuple(verdict), top, max(below + 11, top + 46), room)
