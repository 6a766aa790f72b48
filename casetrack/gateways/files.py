"""Messages as files: for places without a mail server or a gateway."""

import os
import tempfile
from pathlib import Path

from casetrack.domain.errors import BadInput
from casetrack.gateways.failure import DeliveryFailed


class Outbox:
    """A folder that only its owner can read: what is in it has addresses."""

    def __init__(self, folder: Path, ending: str) -> None:
        self._folder, self._ending = folder, ending
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as trouble:
            raise BadInput(
                f"{folder.name} folder {folder}: cannot be made ({trouble.strerror}); "
                "choose a data folder that can be written to, or set a server or gateway"
            ) from trouble

    def file(self, message_id: str) -> str:
        """What a message's file is called, from the folder on."""
        return f"{self._folder.name}/{message_id}{self._ending}"

    def write(self, message_id: str, content: bytes) -> None:
        """Write the file whole or not at all, over one of the same name. Raises DeliveryFailed."""
        try:
            self._write(f"{message_id}{self._ending}", content)
        except OSError as trouble:
            raise DeliveryFailed(
                f"the message could not be written ({trouble.strerror})", permanent=False
            ) from None

    def _write(self, name: str, content: bytes) -> None:
        # mkstemp makes it readable by its owner only.
        handle, temporary = tempfile.mkstemp(dir=self._folder, prefix=".", suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(self._folder / name)
        except OSError:
            Path(temporary).unlink(missing_ok=True)
            raise
