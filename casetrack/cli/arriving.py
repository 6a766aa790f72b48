"""One HTTP request while it comes in: whether all of it is there.

This says where a request ends and nothing of what it means. The parser gets exactly these bytes and
finds no more behind them, so what the two read differently ends the connection and nothing else.
"""

import re

#: Bytes of a head; the tokens and ids that it holds are short.
LARGEST_HEAD = 32 * 1024
#: Bytes of a chunk's first line.
_LARGEST_LINE = 4096
#: A body in chunks of one byte is six times as long on the way; one that is longer still is ended.
_ON_THE_WAY = 8
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]{1,18})[ \t]*\r\n", re.IGNORECASE)
_CODED = re.compile(rb"\r\ntransfer-encoding:([^\r\n]*)", re.IGNORECASE)
_EXPECTS = re.compile(rb"\r\nexpect:[ \t]*100-continue", re.IGNORECASE)
_SIZE = re.compile(rb"([0-9A-Fa-f]{1,16})[ \t]*(;.*)?")


class HeadTooLong(Exception):
    """The head has more bytes than any of ours."""


class Arriving:
    """The bytes of a connection, up to the end of its next request; `largest` is in bytes of a body."""

    def __init__(self, largest: int) -> None:
        self._largest = largest
        self._bytes = bytearray()
        self._next()

    def _next(self) -> None:
        #: Where the body begins and where the request ends, once known.
        self._body: int | None = None
        self._end: int | None = None
        self._chunked = False
        #: Where the next chunk begins, and how long the body is before it.
        self._chunk = self._length = 0
        self._searched = 0
        self.expects = False
        #: Not all of it is read: it is too long, or is not HTTP.
        self.is_cut = False

    def __len__(self) -> int:
        """Bytes that are there."""
        return len(self._bytes)

    @property
    def has_head(self) -> bool:
        """Whether its head is there."""
        return self._body is not None

    def add(self, data: bytes) -> None:
        """More has come."""
        self._bytes += data

    def is_whole(self) -> bool:
        """Whether there is a request to be answered. Raises HeadTooLong."""
        if self._body is None:
            self._read_head()
        if self._body is not None and self._chunked and self._end is None:
            self._read_chunks(self._body)
        return self._end is not None and len(self._bytes) >= self._end

    def take(self) -> bytes:
        """The request; what came behind it is the beginning of the next."""
        taken = bytes(self._bytes[: self._end])
        del self._bytes[: self._end]
        self._next()
        return taken

    def _read_head(self) -> None:
        found = self._bytes.find(b"\r\n\r\n", self._searched)
        self._searched = max(0, len(self._bytes) - 3)
        if found < 0 and len(self._bytes) <= LARGEST_HEAD:
            return
        if not 0 <= found <= LARGEST_HEAD:
            raise HeadTooLong
        self._body = self._chunk = found + 4
        head = bytes(self._bytes[: found + 2])
        coded = _CODED.search(head)
        self._chunked = coded is not None and b"chunked" in coded[1].lower()
        announced = _LENGTH.search(head)
        length = int(announced[1]) if announced else 0
        if not self._chunked:
            self.is_cut = coded is not None or length > self._largest
            self._end = self._body + (0 if self.is_cut else length)
        self.expects = not self.is_cut and _EXPECTS.search(head) is not None

    def _read_chunks(self, body: int) -> None:
        """From one chunk's first line to the next one's; what is in a chunk is not looked at."""
        while self._end is None:
            at = self._bytes.find(b"\r\n", self._chunk, self._chunk + _LARGEST_LINE)
            missing = max(0, self._chunk - 2 - len(self._bytes))
            on_the_way = len(self._bytes) - body
            if self._length - missing > self._largest or on_the_way > _ON_THE_WAY * self._largest:
                self._cut()
            elif at < 0:
                if len(self._bytes) > self._chunk + _LARGEST_LINE:
                    self._cut()
                return
            elif (size := _SIZE.fullmatch(self._bytes, self._chunk, at)) is None:
                self._cut()
            elif int(size[1], 16) > 0:
                self._length += int(size[1], 16)
                self._chunk = at + 2 + int(size[1], 16) + 2
            else:
                self._read_trailers(at)
                return

    def _read_trailers(self, at: int) -> None:
        found = self._bytes.find(b"\r\n\r\n", at)
        if found >= 0:
            self._end = found + 4
        elif len(self._bytes) > at + LARGEST_HEAD:
            self._cut()

    def _cut(self) -> None:
        self.is_cut, self._end = True, len(self._bytes)
