"""How a text that a region writes is written: words, places to fill, pieces that may fall away.

There are three marks and no others:

- `{{ number }}` is a place. A word takes it, or a part such as `{{ _foot }}`: the text `_foot.txt`.
- `[[ ... ]]` is a piece. It falls away when a place in it is empty.
- A line with a list, such as `- {{ requirements }}`, is written once for each of its things.

A line of which nothing is left falls away too. Whoever writes a text reads docs/region-files.md.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

#: Places of facts and of what the office writes end with an id as it is.
PLACE = re.compile(r"\{\{ *((?:fact|written)_[a-z0-9._-]+|[a-z_]+) *\}\}")
PIECE = re.compile(r"\[\[(.*?)\]\]", re.DOTALL)
#: Stands where nothing was filled in, until the lines are seen of which nothing else is left.
_NOTHING = "\0"

#: A word, a list of words, or nothing.
Filling = str | Sequence[str] | None


class TextBroken(Exception):
    """A text that cannot be filled, and why."""


def is_part(place: str) -> bool:
    """Whether a place is taken by another text: the one that is called so."""
    return place.startswith("_")


@lru_cache(maxsize=2000)
def places(text: str) -> tuple[str, ...]:
    """The places of a text in their order, each once."""
    return tuple(dict.fromkeys(PLACE.findall(text)))


def fill(text: str, words: Mapping[str, Filling]) -> str:
    """The text with its places filled. A word is never read as a text.

    Raises TextBroken for a place that nothing is known of, and for one that is empty outside a piece.
    """
    made, at = list[str](), 0
    for piece in PIECE.finditer(text):
        made += [_lines(text[at : piece.start()], words), _piece(piece, words)]
        at = piece.end()
    made.append(_lines(text[at:], words))
    lines = "".join(made).split("\n")
    return "\n".join(line.replace(_NOTHING, "") for line in lines if not _is_gone(line))


def _is_gone(line: str) -> bool:
    return _NOTHING in line and not line.replace(_NOTHING, "").strip()


def _piece(piece: re.Match[str], words: Mapping[str, Filling]) -> str:
    inside = piece[1]
    wanted = places(inside)
    if not wanted:
        # A text from before there were pieces may have had such brackets in its words.
        return piece[0]
    if not all(_known(place, words) for place in wanted):
        return _NOTHING
    return _lines(inside.removeprefix("\n").removesuffix("\n"), words)


def _lines(text: str, words: Mapping[str, Filling]) -> str:
    return "\n".join(_line(line, words) for line in text.split("\n"))


def _line(line: str, words: Mapping[str, Filling]) -> str:
    if "{{" not in line:
        return line
    lists = {
        place: filling
        for place in places(line)
        if not isinstance(filling := _known(place, words), str | None)
    }
    if len(lists) > 1:
        raise TextBroken(f"{' and '.join(lists)} stand in one line")
    for place, filling in lists.items():
        if filling:
            return "\n".join(_line(line, {**words, place: word}) for word in filling)
    return PLACE.sub(lambda found: _filling(found[1], words), line)


def _filling(place: str, words: Mapping[str, Filling]) -> str:
    filling = _known(place, words)
    if not filling and not is_part(place):
        raise TextBroken(f"{place} may be empty: put [[ and ]] around what falls away with it")
    return str(filling or _NOTHING)


def _known(place: str, words: Mapping[str, Filling]) -> Filling:
    if place not in words:
        raise TextBroken(f"there is no place {place}")
    return words[place]
