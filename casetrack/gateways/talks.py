"""What a thread has open to the outside while it works on a set: connections, and files not yet safe.

Outside of a set a talk ends with its message, and a file is safe when it is written. Connections of a
set that has ended wait a moment for the next one, where there is a place for them (`open_lines`).
"""

import os
import time
from collections.abc import Hashable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from casetrack.gateways.failure import DeliveryFailed
from casetrack.gateways.open_lines import Closing, Line, OpenLines


@dataclass(frozen=True, slots=True)
class Unsafe:
    """A file that is written under a name for the meantime."""

    handle: int
    temporary: Path
    final: Path

    def make_safe(self) -> None:
        """Onto the disk, and under its own name. Raises OSError."""
        os.fsync(self.handle)
        self.temporary.replace(self.final)

    def give_up(self) -> None:
        """Not to be found under any name, unless it is safe."""
        with suppress(OSError):
            os.close(self.handle)
        with suppress(OSError):
            self.temporary.unlink(missing_ok=True)


class Talks:
    """The connections and files of one set."""

    def __init__(self, lines: OpenLines | None = None) -> None:
        self._lines = lines
        self._kept: dict[Hashable, Closing] = {}
        #: Since when the line under a key stands, at the latest.
        self._since: dict[Hashable, float] = {}
        self._files: list[Unsafe] = []

    def take(self, key: Hashable) -> Any:
        """The connection that was kept under this key, now the caller's; None where there is none."""
        kept = self._kept.pop(key, None)
        if kept is not None or self._lines is None or key in self._since:
            return kept
        line = self._lines.take(key)
        self._since[key] = line.since if line is not None else time.monotonic()
        return line.connection if line is not None else None

    def keep(self, key: Hashable, connection: Closing) -> None:
        """Keep it for the next message."""
        self._kept[key] = connection

    def write(self, file: Unsafe) -> None:
        """Make this file safe with the others."""
        self._files.append(file)

    def settle(self) -> None:
        """Make all files safe, each whole or not at all. Raises DeliveryFailed."""
        files, self._files = self._files, []
        try:
            for file in files:
                file.make_safe()
            for folder in {file.final.parent for file in files}:
                sync_folder(folder)
        except OSError as trouble:
            raise DeliveryFailed(
                f"the messages could not be written ({trouble.strerror})", permanent=False
            ) from None
        finally:
            for file in files:
                file.give_up()

    def close(self) -> None:
        """End every talk, or let it wait; files that nobody asked to be safe are not there."""
        files, self._files = self._files, []
        for file in files:
            file.give_up()
        kept, self._kept = self._kept, {}
        for key, connection in kept.items():
            if self._lines is None:
                connection.close()
            else:
                since = self._since.get(key, time.monotonic())
                self._lines.put(Line(key, connection, since))


def sync_folder(folder: Path) -> None:
    """The names in a folder are safe. Raises OSError."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


_HERE: ContextVar[Talks | None] = ContextVar("talks", default=None)


def here() -> Talks | None:
    """Those of the set that this thread works on."""
    return _HERE.get()


@contextmanager
def kept(lines: OpenLines | None = None) -> Iterator[Talks]:
    """While the block lasts this thread's connections are kept; then they wait among these lines."""
    talks = Talks(lines)
    before = _HERE.set(talks)
    try:
        yield talks
    finally:
        _HERE.reset(before)
        talks.close()
