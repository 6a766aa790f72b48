"""Seals files on their way into a store, and opens them on their way out; hashes them both times.

A file outside the store is a temporary one without a name: nothing is left of it when the process is
killed.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from casetrack.domain.people.stored_files import FileBroken, FileKind, Scan
from casetrack.gateways.stored_files.clamd import NoScanner, Scanner
from casetrack.gateways.stored_files.opening import Opener
from casetrack.gateways.stored_files.sealed_stream import Hashed, opened, seal
from casetrack.gateways.stored_files.store import Store


class Keeper:
    """The store with its seals, what opens files and what scans them, as use cases are given them.

    Without an opener no file is taken.
    """

    def __init__(
        self,
        store: Store,
        opener: Opener | None,
        scanner: Scanner | None = None,
        *,
        shows_unscanned: bool = True,
        temporary: Path | None = None,
    ) -> None:
        self._store, self._opener, self._temporary = store, opener, temporary
        self._scanner = scanner or NoScanner()
        self.takes, self.scans = opener is not None, scanner is not None
        self.shows_unscanned = shows_unscanned

    def kind(self, file: BinaryIO) -> FileKind:
        """The file's kind, once it was opened to its end. Raises Invalid."""
        if self._opener is None:
            raise RuntimeError("no file is opened here")
        return self._opener.kind(file)

    def scan(self, file: BinaryIO) -> Scan:
        """What the scanner says of the file."""
        return self._scanner.scan(file)

    def new_key(self) -> bytes:
        """A key for one file."""
        return os.urandom(32)

    @contextmanager
    def passing(self) -> Iterator[BinaryIO]:
        """A file for what passes through: it has no name, and nobody else can open it."""
        with tempfile.TemporaryFile(dir=self._temporary) as file:
            yield file

    def keep(self, region: str, file: str, content: BinaryIO, key: bytes) -> str:
        """Seal the content and put it into the store; gives the SHA-256 of what lies there.

        Raises StoreAway.
        """
        content.seek(0)
        with self.passing() as sealed:
            digest = seal(content, sealed, key, _context(region, file))
            size = sealed.tell()
            sealed.seek(0)
            self._store.put(_name(region, file), sealed, size)
        return digest

    def fetch(
        self, region: str, file: str, key: bytes, digest: str, own: str, into: BinaryIO
    ) -> None:
        """Write the file as it was, once stored bytes and content have been hashed again.

        `digest` is of what lies there, `own` of the file itself. Raises StoreAway, FileBroken.
        """
        stored, found = Hashed(self._store.get(_name(region, file))), hashlib.sha256()
        for piece in opened(stored, key, _context(region, file)):
            found.update(piece)
            into.write(piece)
        if stored.hexdigest() != digest or found.hexdigest() != own:
            raise FileBroken("what lies in the store is not what was put there")
        into.seek(0)

    def stored_digest(self, region: str, file: str) -> str:
        """The SHA-256 of what lies there now. Raises StoreAway, NotThere."""
        found = hashlib.sha256()
        for piece in self._store.get(_name(region, file)):
            found.update(piece)
        return found.hexdigest()

    def remove(self, region: str, file: str) -> None:
        """Nothing of it is there any more. Raises StoreAway."""
        self._store.remove(_name(region, file))


def _name(region: str, file: str) -> str:
    return f"{region}/{file}"


def _context(region: str, file: str) -> str:
    """What the seal is bound to: under another name it does not open."""
    return f"file:{region}:{file}"
