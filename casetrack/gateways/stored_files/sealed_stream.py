"""A file sealed piece by piece, so that none is ever whole in memory.

AES-256-GCM under a key that seals this one file: each piece has its number and whether it is the last one
in its nonce (the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár, 2015), so no piece can be
changed, exchanged, left out or cut off. A key seals one file, so no nonce comes twice.
"""

import hashlib
from collections.abc import Iterable, Iterator
from typing import BinaryIO, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from casetrack.domain.people.stored_files import FileBroken

#: Bytes of a piece as it was, and of its seal.
PIECE, SEAL = 64 * 1024, 16
_MARK = b"casetrack-file-1\n"


class Source(Protocol):
    """What can be read from."""

    def read(self, size: int, /) -> bytes:
        """At most so many bytes; nothing at the end."""


def seal(source: Source, into: BinaryIO, key: bytes, context: str) -> str:
    """Write the sealed form of the source; gives the SHA-256 of what was written."""
    cipher, digest = AESGCM(key), hashlib.sha256(_MARK)
    into.write(_MARK)
    piece, place = _full(source, PIECE), 0
    while True:
        following = _full(source, PIECE)
        sealed = cipher.encrypt(_nonce(place, last=not following), piece, context.encode())
        digest.update(sealed)
        into.write(sealed)
        if not following:
            return digest.hexdigest()
        piece, place = following, place + 1


def opened(source: Source, key: bytes, context: str) -> Iterator[bytes]:
    """The pieces as they were. Raises FileBroken, at the latest in place of the last piece."""
    cipher = AESGCM(key)
    if _full(source, len(_MARK)) != _MARK:
        raise FileBroken("it does not begin as a sealed file")
    piece, place = _full(source, PIECE + SEAL), 0
    while True:
        following = _full(source, PIECE + SEAL)
        try:
            nonce = _nonce(place, last=not following)
            yield cipher.decrypt(nonce, piece, context.encode())
        except (InvalidTag, ValueError) as error:
            raise FileBroken("it is not what was sealed, or not under this key") from error
        if not following:
            return
        piece, place = following, place + 1


def _nonce(place: int, *, last: bool) -> bytes:
    return place.to_bytes(11) + (b"\x01" if last else b"\x00")


def _full(source: Source, size: int) -> bytes:
    """So many bytes, fewer only at the end: what is behind a network gives what has come."""
    found = b""
    while len(found) < size and (part := source.read(size - len(found))):
        found += part
    return found


class Hashed:
    """Reads from pieces, and hashes what goes by."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces, self._rest = iter(pieces), b""
        self._digest = hashlib.sha256()
        self.size = 0

    def read(self, size: int, /) -> bytes:
        """At most so many bytes."""
        while not self._rest:
            self._rest = next(self._pieces, b"")
            if not self._rest:
                return b""
            self._digest.update(self._rest)
            self.size += len(self._rest)
        found, self._rest = self._rest[:size], self._rest[size:]
        return found

    def hexdigest(self) -> str:
        """SHA-256 of all that was read, and of what is left."""
        while self.read(PIECE):
            pass
        return self._digest.hexdigest()
