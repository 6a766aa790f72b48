"""Messages as files: for places without a mail server or a gateway."""

import os
from pathlib import Path
from threading import get_ident

from casetrack.domain.errors import BadInput
from casetrack.gateways.failure import DeliveryFailed
from casetrack.gateways.talks import Unsafe, here, sync_folder


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
        # Of this thread alone: two may write the same message when a lease was outlasted.
        temporary = self._folder / f".{name}.{os.getpid()}.{get_ident()}.part"
        # Readable by its owner only.
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        file = Unsafe(handle, temporary, self._folder / name)
        try:
            _write_all(handle, content)
            if (talks := here()) is not None:
                talks.write(file)
                return
            file.make_safe()
            sync_folder(self._folder)
        except OSError:
            file.give_up()
            raise
        file.give_up()


def _write_all(handle: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(handle, rest) :]
