"""One of the commands at a terminal of its own, as a person starts it."""

import fcntl
import os
import pty
import subprocess
import termios
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

from bench.processes import BIN


class Terminal:
    """What a person sees of a command, and the keys that they press."""

    def __init__(self, popen: "subprocess.Popen[bytes]", ours: int) -> None:
        self.popen, self._ours = popen, ours
        self._seen = bytearray()
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def text(self) -> str:
        """Everything that was written so far."""
        return self._seen.decode().replace("\r\n", "\n")

    def shows(self, found: Callable[[str], object], seconds: float = 60) -> bool:
        """Whether the terminal comes to show it in time."""
        until = time.monotonic() + seconds
        while not found(self.text):
            if time.monotonic() > until or self.popen.poll() is not None:
                return bool(found(self.text))
            time.sleep(0.1)
        return True

    def ctrl_c(self) -> None:
        """The key that ends what runs."""
        os.write(self._ours, b"\x03")

    def close(self) -> None:
        """End what is left, and read what it still says."""
        if self.popen.poll() is None:
            self.popen.terminate()
        self.popen.wait(30)
        self._reader.join(10)
        os.close(self._ours)

    def _read(self) -> None:
        while True:
            try:
                more = os.read(self._ours, 4096)
            except OSError:
                # How Linux says that nobody is at the other end any more.
                return
            if not more:
                return
            self._seen += more


@contextmanager
def at_terminal(
    *command: str, environment: Mapping[str, str], folder: Path, stderr: Path | None = None
) -> Iterator[Terminal]:
    """Start it; its errors go to the terminal too, or into a file."""
    ours, theirs = pty.openpty()
    with open(stderr or os.devnull, "wb") as file:
        popen = subprocess.Popen(
            [BIN / command[0], *command[1:]],
            env=dict(environment),
            cwd=folder,
            stdin=theirs,
            stdout=theirs,
            stderr=file if stderr else theirs,
            start_new_session=True,
            # Keys become signals only at the terminal that a session belongs to.
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
    os.close(theirs)
    terminal = Terminal(popen, ours)
    try:
        yield terminal
    finally:
        terminal.close()
