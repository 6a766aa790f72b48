"""What a person typed, without what nobody can see: marks of copying, of direction, of control."""

import unicodedata

#: Marks without a picture whose category does not say so: grapheme joiner, fillers of Hangul and Khmer,
#: selectors of variants, the empty pattern of Braille.
_UNSEEN = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0"
    + "".join(map(chr, [*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)]))
)
#: They turn around what stands behind them, so that it reads as something else.
_DIRECTIONS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
#: Letters of some scripts are written together or apart by them; at an end of a word they say nothing.
JOINERS = frozenset("\u200c\u200d")
_LINES = "\n\r\t"


def is_unseen(mark: str) -> bool:
    """Whether this character has no picture and is no blank."""
    return mark in _UNSEEN or unicodedata.category(mark) == "Cf"


def without_unseen(text: str) -> str:
    """The text without blanks at its ends and without what cannot be seen."""
    return "".join(mark for mark in text if not is_unseen(mark)).strip()


def read(text: str, *, lines: bool = False) -> str:
    """A text that a person will read: tidied, one blank between words; `lines` allows several.

    Raises ValueError, which never repeats the text, when there is nothing to read, or something that is
    no writing.
    """
    text = text.strip()
    for mark in text:
        if mark in _DIRECTIONS or (_is_control(mark) and not (lines and mark in _LINES)):
            raise ValueError("it holds a control character or a line break; type it anew")
    kept = [" ".join(_tidied(line).split()) for line in text.splitlines()]
    told = "\n".join(line for line in kept if line)
    if not any(unicodedata.category(mark)[0] in "LN" for mark in told):
        raise ValueError("there is no letter in it; write it as one reads it")
    return told


def _is_control(mark: str) -> bool:
    return unicodedata.category(mark) in ("Cc", "Zl", "Zp", "Cs")


def _tidied(line: str) -> str:
    """A joiner stays where it stands between two letters."""
    kept = [mark for mark in line if mark in JOINERS or not is_unseen(mark)]
    return "".join(
        mark
        for place, mark in enumerate(kept)
        if mark not in JOINERS
        or (
            0 < place < len(kept) - 1
            and _is_letter(kept[place - 1])
            and _is_letter(kept[place + 1])
        )
    )


def _is_letter(mark: str) -> bool:
    return unicodedata.category(mark)[0] in "LM"
