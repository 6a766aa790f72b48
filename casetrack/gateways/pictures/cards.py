"""One card: the words of a node or a link, set in lines that fit its width. Units are CSS pixels."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from casetrack.gateways.pictures.diagram import Line, Link, Node
from casetrack.gateways.pictures.lettering import Face, wrap

HEADING = Face("heading", 10.5, 15, bold=True, spacing=0.07)
TITLE = Face("title", 15, 20, bold=True)
FACES = {
    "plain": Face("plain", 12.5, 17.5),
    "soft": Face("soft", 12.5, 17.5),
    "strong": Face("strong", 12.5, 17.5, bold=True),
    "bad": Face("bad", 12.5, 17.5, bold=True),
}
PADDING = 14.0
#: A person's card has a head and shoulders at its left.
PORTRAIT = 46.0
#: The whole text of a long annex line stands in the title and in the list.
MOST_LINES = 6
_BETWEEN = 4.0


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph set in lines; `baselines` are below the card's top, `x` is right of its left."""

    face: Face
    lines: tuple[str, ...]
    x: float
    baselines: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """A node or a link with its size."""

    item: Node | Link
    width: float
    height: float
    words: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class Placed:
    """A card at its place."""

    card: Card
    x: float
    y: float

    @property
    def right(self) -> float:
        """The x of its right edge."""
        return self.x + self.card.width

    @property
    def bottom(self) -> float:
        """The y of its lower edge."""
        return self.y + self.card.height

    @property
    def middle(self) -> float:
        """The y between its edges."""
        return self.y + self.card.height / 2

    @property
    def centre(self) -> float:
        """The x between its edges."""
        return self.x + self.card.width / 2


def card(item: Node | Link, width: float) -> Card:
    """Set the words of a node or a link to a width."""
    person = isinstance(item, Node) and item.kind == "person"
    left = PORTRAIT if person else PADDING
    words, below = set_words(_paragraphs(item), left, PADDING - 3, width - left - PADDING)
    return Card(item, width, below + PADDING - 4, tuple(words))


def set_words(
    paragraphs: Sequence[tuple[Face, str]], x: float, top: float, width: float
) -> tuple[list[Words], float]:
    """The paragraphs below one another, and where they end."""
    words, below = [], top
    for place, (face, text) in enumerate(paragraphs):
        below += _BETWEEN if place else 0
        lines = wrap(text, face, width, MOST_LINES)
        # The first baseline lies so that the letters are in the middle of their line.
        first = below + face.leading / 2 + face.size * 0.35
        baselines = tuple(first + each * face.leading for each in range(len(lines)))
        words.append(Words(face, tuple(lines), x, baselines))
        below += face.leading * len(lines)
    return words, below


def _paragraphs(item: Node | Link) -> list[tuple[Face, str]]:
    # Headings are drawn in capitals, and measured so.
    said = [(HEADING, item.heading.upper())] if item.heading else []
    if isinstance(item, Node) and item.title:
        said.append((TITLE, item.title))
    return [*said, *_lines(item.lines)]


def _lines(lines: Sequence[Line]) -> Iterator[tuple[Face, str]]:
    for line in lines:
        yield FACES[line.style], line.text
