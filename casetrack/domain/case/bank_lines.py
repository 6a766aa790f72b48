"""The lines of a bank's file, each read when it is asked for: of a long one little is held."""

import re
from array import array
from codecs import getincrementaldecoder
from collections.abc import Iterator
from typing import BinaryIO

from casetrack.domain.errors import Invalid

#: What ends a line; no other mark does: what a payer wrote may hold them.
_ENDS = re.compile(r"\r\n|\n|\r")
_READ = 64 * 1024


class BankLines:
    """The lines as text, from a copy in one encoding (`into`) whose places are known."""

    def __init__(self, file: BinaryIO, into: BinaryIO) -> None:
        """Raises Invalid for a file in no encoding that banks use."""
        self._into = into
        file.seek(0)
        marked = file.read(2) in (b"\xff\xfe", b"\xfe\xff")
        for encoding in ("utf-16",) if marked else ("utf-8-sig", "cp1252"):
            try:
                self._places = self._copied(file, encoding)
            except UnicodeDecodeError:
                continue
            return
        raise unreadable("its encoding is none of UTF-8, UTF-16 and Windows-1252")

    def __len__(self) -> int:
        return len(self._places) - 1

    def __getitem__(self, at: int) -> str:
        if not 0 <= at < len(self):
            raise IndexError(at)
        self._into.seek(self._places[at])
        return self._into.read(self._places[at + 1] - self._places[at]).decode()

    def stretch(self, first: int, end: int | None = None) -> Iterator[str]:
        """The lines from this one on, up to the end or another one."""
        last = len(self) if end is None else min(end, len(self))
        return (self[at] for at in range(first, last))

    def _copied(self, file: BinaryIO, encoding: str) -> "array[int]":
        """Where each line begins in the copy, and behind them where it ends."""
        file.seek(0)
        self._into.seek(0)
        self._into.truncate()
        places, place = array("q", [0]), 0
        for line in _lines(file, encoding):
            place += self._into.write(line.encode())
            places.append(place)
        return places


def _lines(file: BinaryIO, encoding: str) -> Iterator[str]:
    decoder, rest = getincrementaldecoder(encoding)(), ""
    while part := file.read(_READ):
        rest += decoder.decode(part)
        # Its line feed may come with the next part.
        held = "\r" if rest.endswith("\r") else ""
        *whole, rest = _ENDS.split(rest.removesuffix(held) if held else rest)
        yield from whole
        rest += held
    yield from _ENDS.split(rest + decoder.decode(b"", final=True))


def unreadable(why: str) -> Invalid:
    """A file that cannot be read as a bank's."""
    return Invalid("unreadable_file", f"file: {why}.", errors=[{"at": "file", "message": why}])
