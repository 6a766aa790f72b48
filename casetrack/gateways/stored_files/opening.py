"""A file is opened before it is kept: its first bytes here, all of it by a process that may die of it."""

import importlib.util
import json
import os
import subprocess
import sys
from threading import BoundedSemaphore
from typing import Any, BinaryIO

from casetrack.domain.errors import Unavailable
from casetrack.domain.people.stored_files import HEAD, FileKind, check_kind, refused

#: Seconds until the process is ended, whatever it waits for.
PATIENCE = 30.0
#: As many files as are opened at once: each may take all that it is allowed.
AT_ONCE = 2
#: Seconds after which one that found no turn may come again.
_RETRY = 10
_PROGRAM = "casetrack.gateways.stored_files.looking"


def is_installed() -> bool:
    """Whether the extra `files` is there."""
    return all(importlib.util.find_spec(name) is not None for name in ("pikepdf", "PIL"))


def reach() -> str:
    """Whether files are opened here, and so taken."""
    if is_installed():
        return f"PDF, JPEG, PNG and WebP, each opened in {PATIENCE:.0f} s at most"
    return "off: no file is taken (pip install 'casetrack[files]')"


class Opener:
    """Says of a file what it is. `patience` is for tests."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience, self._turns = patience, BoundedSemaphore(AT_ONCE)

    def kind(self, file: BinaryIO) -> FileKind:
        """The file's kind, once it was opened to its end.

        Raises Invalid: what is wrong, where, and how to mend it; Unavailable: others wait as well.
        """
        file.flush()
        kind = check_kind(os.pread(file.fileno(), HEAD, 0))
        # The process has the same file and the same place in it; ours is set anew when it has ended.
        os.lseek(file.fileno(), 0, os.SEEK_SET)
        if not self._turns.acquire(timeout=self._patience):
            raise Unavailable(
                "files_busy",
                "Too many files are being opened at once; send it again in a moment.",
                retry_after=_RETRY,
            )
        try:
            answer = self._ask(kind, file)
        finally:
            self._turns.release()
        file.seek(0)
        if answer is None:
            raise refused("too_much_work", None)
        if answer["fault"] is not None:
            raise refused(answer["fault"], answer["where"])
        return kind

    def _ask(self, kind: str, file: BinaryIO) -> Any:
        """What the process says; None where it said nothing."""
        try:
            done = subprocess.run(  # noqa: S603 - our own program, and one of four words
                [sys.executable, "-I", "-m", _PROGRAM, kind],
                stdin=file,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={},
                timeout=self._patience,
                check=False,
            )
            return json.loads(done.stdout) if done.returncode == 0 else None
        except (subprocess.TimeoutExpired, ValueError):
            return None
