"""How wide letters are, when nobody knows which font will draw them: never narrower than drawn.

The widths are those of DejaVu Sans, the widest of the usual screen fonts, rounded up; a picture that
fits with them fits with Segoe UI, Roboto, Noto Sans, Helvetica and Arial too.
"""

from collections.abc import Iterator
from dataclasses import dataclass

_CLASSES = (
    (300, "'"),
    (350, " ,.IJijl·"),
    (400, "-/:;\\f"),
    (450, "!()[]rt"),
    (500, '"_`\u2013'),
    (550, "?csz"),
    (600, "*Lkvxy|“”"),
    (650, "$0123456789EFSTYabdeghnopqu{}"),
    (700, "ABCKPRVXZ"),
    (750, "U"),
    (800, "&DGHNOQ"),
    (850, "#+<=>^w~\u00d7"),
    (950, "M"),
    (1_000, "%@Wm"),
)
#: Thousandths of the font's size.
_WIDTH = {letter: width for width, letters in _CLASSES for letter in letters}
_ANY = 1_080
_BOLD = 1.12
ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class Face:
    """A size of letters in units of the picture, with the height of its lines."""

    name: str
    size: float
    leading: float
    bold: bool = False
    #: Between letters, as a part of the size.
    spacing: float = 0.0

    def width(self, text: str) -> float:
        """At most so wide is the text when it is drawn."""
        letters = sum(_WIDTH.get(letter, _ANY) for letter in text) / 1000 * self.size
        return letters * (_BOLD if self.bold else 1) + len(text) * self.spacing * self.size


def wrap(text: str, face: Face, width: float, most: int) -> list[str]:
    """The text in lines that fit, at most so many; what does not find room ends in an ellipsis."""
    lines = [""]
    for word in _pieces(text, face, width):
        candidate = f"{lines[-1]} {word}".strip()
        if face.width(candidate) <= width:
            lines[-1] = candidate
        else:
            lines.append(word)
    if len(lines) <= most:
        return lines
    last = lines[most - 1]
    while last and face.width(last + ELLIPSIS) > width:
        last = last[:-1]
    return [*lines[: most - 1], last.rstrip() + ELLIPSIS]


def _pieces(text: str, face: Face, width: float) -> Iterator[str]:
    """Words, and parts of the words that are longer than a line."""
    for word in text.split():
        rest = word
        while face.width(rest) > width:
            fits = next(
                (end for end in range(len(rest) - 1, 1, -1) if face.width(rest[:end]) <= width), 1
            )
            yield rest[:fits]
            rest = rest[fits:]
        yield rest
