"""One HTTP request while it comes in: whether all of it is there.

This says where a request ends and nothing of what it means. The parser gets exactly these bytes and
finds no more behind them, so what the two read differently ends the connection and nothing else.
"""

import re
import tempfile
from collections.abc import Callable, Iterator
from typing import BinaryIO

#: Bytes of a head; the tokens and ids that it holds are short.
LARGEST_HEAD = 32 * 1024
#: Bytes of a chunk's first line.
_LARGEST_LINE = 4096
#: Bytes of a large body that are read at once.
_PIECE = 64 * 1024
#: A body in chunks of one byte is six times as long on the way; one that is longer still is ended.
_ON_THE_WAY = 8
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]{1,18})[ \t]*\r\n", re.IGNORECASE)
_CODED = re.compile(rb"\r\ntransfer-encoding:([^\r\n]*)", re.IGNORECASE)
_EXPECTS = re.compile(rb"\r\nexpect:[ \t]*100-continue", re.IGNORECASE)
_SIZE = re.compile(rb"([0-9A-Fa-f]{1,16})[ \t]*(;.*)?")


class HeadTooLong(Exception):
    """The head has more bytes than any of ours."""


class Arriving:
    """The bytes of a connection, up to the end of its next request; `largest` is in bytes of a body.

    `larger` says of a head whether its body may be larger, where it says its length. Such a body goes
    into a file without a name as it comes: nothing is left of it when the process is killed.
    """

    def __init__(self, largest: int, larger: Callable[[bytes], int] | None = None) -> None:
        self._largest, self._larger = largest, larger
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
        #: Of a large request: its head, and the file that has its body.
        self._head = b""
        self._file: BinaryIO | None = None
        self.on_disk = 0

    def __len__(self) -> int:
        """Bytes that are in memory."""
        return len(self._head) + len(self._bytes)

    @property
    def is_large(self) -> bool:
        """Whether its body goes into a file."""
        return self._file is not None

    @property
    def has_head(self) -> bool:
        """Whether its head is there."""
        return self._body is not None

    def add(self, data: bytes) -> None:
        """More has come."""
        if self._file is None:
            self._bytes += data
            return
        room = (self._end or 0) - self.on_disk
        self._file.write(data[:room])
        self.on_disk += len(data[:room])
        self._bytes += data[room:]

    def is_whole(self) -> bool:
        """Whether there is a request to be answered. Raises HeadTooLong."""
        if self._body is None:
            self._read_head()
        if self._body is not None and self._chunked and self._end is None:
            self._read_chunks(self._body)
        there = len(self._bytes) if self._file is None else self.on_disk
        return self._end is not None and there >= self._end

    def pieces(self) -> Iterator[bytes]:
        """The request, a large one piece by piece; what came behind it is the beginning of the next."""
        if self._file is None:
            return iter([self.take()])
        head, file = self._head, self._file
        self._next()
        return _read(head, file)

    def take(self) -> bytes:
        """The request as a whole."""
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
            may_be_large = self._larger is not None and length > self._largest
            largest = self._larger(head) if self._larger and may_be_large else self._largest
            self.is_cut = coded is not None or length > largest
            self._end = self._body + (0 if self.is_cut else length)
            if length > self._largest and not self.is_cut:
                self._to_disk(self._body, length)
        self.expects = not self.is_cut and _EXPECTS.search(head) is not None

    def _to_disk(self, body: int, length: int) -> None:
        """What follows the head goes into a file; `_end` counts what is to lie there."""
        self._head, came = bytes(self._bytes[:body]), bytes(self._bytes[body:])
        self._bytes.clear()
        self._end, self._file = length, tempfile.TemporaryFile()  # noqa: SIM115 - closed by who reads it
        self.add(came)

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


def _read(head: bytes, file: BinaryIO) -> Iterator[bytes]:
    with file:
        yield head
        file.seek(0)
        while part := file.read(_PIECE):
            yield part
