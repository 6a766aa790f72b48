"""What a thread has open to the outside while it works on a set: connections, and files not yet safe.

Outside of a set nothing is kept: a talk ends with its message, and a file is safe when it is written.
"""

import os
from collections.abc import Hashable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from casetrack.gateways.failure import DeliveryFailed


class Closing(Protocol):
    """A connection."""

    def close(self) -> Any:
        """End it."""


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

    def __init__(self) -> None:
        self._kept: dict[Hashable, Closing] = {}
        self._files: list[Unsafe] = []

    def take(self, key: Hashable) -> Any:
        """The connection that was kept under this key, now the caller's; None where there is none."""
        return self._kept.pop(key, None)

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
        """End every talk; files that nobody asked to be safe are not there."""
        files, self._files = self._files, []
        for file in files:
            file.give_up()
        kept, self._kept = self._kept, {}
        for connection in kept.values():
            connection.close()


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
def kept() -> Iterator[Talks]:
    """While the block lasts this thread's connections are kept."""
    talks = Talks()
    before = _HERE.set(talks)
    try:
        yield talks
    finally:
        _HERE.reset(before)
        talks.close()
