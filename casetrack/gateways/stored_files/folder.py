"""Sealed files in a folder of this machine."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from casetrack.domain.people.stored_files import NotThere, StoreAway
from casetrack.gateways.folder_probe import probe
from casetrack.gateways.talks import sync_folder

_READ = 64 * 1024


class Folder:
    """Holds each file under REGION/ID. Only the owner can read it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, name: str, content: BinaryIO, size: int) -> None:
        """Keep it whole or not at all; it is on disk when this is over. Raises StoreAway."""
        path = self._folder / name
        temporary = path.with_name(f".{path.name}.part")
        try:
            self._make(path.parent)
            handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "wb") as file:
                while part := content.read(_READ):
                    file.write(part)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
            sync_folder(path.parent)
        except OSError as error:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise StoreAway(f"the folder of files cannot be written ({error.strerror})") from error

    def _make(self, folder: Path) -> None:
        if not folder.is_dir():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            sync_folder(folder.parent)

    def get(self, name: str) -> Iterator[bytes]:
        """The bytes, piece by piece. Raises NotThere, StoreAway."""
        try:
            with (self._folder / name).open("rb") as file:
                while part := file.read(_READ):
                    yield part
        except FileNotFoundError as error:
            raise NotThere(name) from error
        except OSError as error:
            raise StoreAway(f"the folder of files cannot be read ({error.strerror})") from error

    def remove(self, name: str) -> None:
        """Take it away; one that is not there is gone already. Raises StoreAway."""
        path = self._folder / name
        try:
            path.unlink(missing_ok=True)
            path.with_name(f".{path.name}.part").unlink(missing_ok=True)
            if path.parent.is_dir():
                sync_folder(path.parent)
        except OSError as error:
            raise StoreAway(f"the folder of files cannot be written ({error.strerror})") from error

    def reach(self) -> str:
        """Whether files can be kept, in words; the folder is not made for it. Raises BadInput."""
        return probe(self._folder, "CASETRACK_FILES_URL")
