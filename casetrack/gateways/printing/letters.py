"""What the shipped fonts can print: other letters are written as their codes, so that none falls away.

A sheet with a letter that no font has is none at all: the standard of the archive refuses it.
"""

import re
import struct
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

_FONTS = Path(__file__).parent / "fonts"
#: A run without a place to break this long may be wider than a line.
_LONG = re.compile(r"[^\s/-]{40,}")
_PIECE = 20
_MAY_BREAK = "\u200b"
#: Neither printed nor missed: line ends, and places where a line may break.
_SPACES = frozenset(map(ord, "\n\t\u200b"))
#: Controls and letters of somebody's own: a font may have them, and an archive's PDF has not.
_REFUSED = ("Cc", "Co", "Cn")
_BYTE_ORDER = 0xFEFF


def legible(value: Any) -> Any:
    """A value with every letter that the fonts lack as its code, such as [U+0639]."""
    if isinstance(value, str):
        return value if value.isascii() and value.isprintable() else _written(value)
    if isinstance(value, Mapping):
        return {key: legible(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [legible(each) for each in value]
    return value


def unprinted(text: str) -> int:
    """How many letters of the text come out as codes."""
    if text.isascii() and text.isprintable():
        return 0
    known = _letters()
    return sum(ord(mark) not in known for mark in text)


def breakable(text: str) -> str:
    """The text with places where a line may break in what is longer than a line."""
    return _LONG.sub(_broken, text)


def _broken(run: re.Match[str]) -> str:
    said = run[0]
    return _MAY_BREAK.join(said[at : at + _PIECE] for at in range(0, len(said), _PIECE))


def _written(text: str) -> str:
    known = _letters()
    return "".join(mark if ord(mark) in known else f"[U+{ord(mark):04X}]" for mark in text)


@cache
def _letters() -> frozenset[int]:
    """The letters that every font has: what is set bold is legible, too."""
    fonts = [frozenset(_mapped(path.read_bytes())) for path in sorted(_FONTS.glob("*.ttf"))]
    there = frozenset.intersection(*fonts) - {_BYTE_ORDER}
    return _SPACES | {code for code in there if unicodedata.category(chr(code)) not in _REFUSED}


def _mapped(font: bytes) -> Iterator[int]:
    """The code points of a font's table of segments (OpenType, cmap, format 4)."""
    tables = struct.unpack_from(">H", font, 4)[0]
    entries = (struct.unpack_from(">4sLLL", font, 12 + 16 * n) for n in range(tables))
    start = next(entry[2] for entry in entries if entry[0] == b"cmap")
    for number in range(struct.unpack_from(">H", font, start + 2)[0]):
        at = start + struct.unpack_from(">HHL", font, start + 4 + 8 * number)[2]
        if struct.unpack_from(">H", font, at)[0] == 4:
            yield from _segments(font, at)
            return


def _segments(font: bytes, at: int) -> Iterator[int]:
    doubled = struct.unpack_from(">H", font, at + 6)[0]
    count = doubled // 2
    ends, first = at + 14, at + 16 + doubled
    deltas, ranges = first + doubled, first + 2 * doubled
    for n in range(count):
        end, begin = (struct.unpack_from(">H", font, base + 2 * n)[0] for base in (ends, first))
        delta, offset = (
            struct.unpack_from(">H", font, base + 2 * n)[0] for base in (deltas, ranges)
        )
        for code in range(begin, min(end, 0xFFFE) + 1):
            if offset == 0:
                glyph = (code + delta) & 0xFFFF
            else:
                place = ranges + 2 * n + offset + 2 * (code - begin)
                glyph = struct.unpack_from(">H", font, place)[0]
            if glyph:
                yield code
