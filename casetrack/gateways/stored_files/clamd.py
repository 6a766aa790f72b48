"""Asks clamd, the daemon of ClamAV, about a file: INSTREAM, pieces with their length, then the answer.

Whatever is not a clear answer is `not_scanned`: no connection, a timeout, a file beyond its limit, any
error of its own, any word that is not understood.
"""

import re
import socket
from typing import BinaryIO, Protocol
from urllib.parse import urlsplit

from casetrack.domain.people.stored_files import Scan

#: Seconds for the connection and for each word of the other side.
PATIENCE = 10.0
_PIECE = 64 * 1024
_MOST_ANSWER = 4096
_FOUND = re.compile(r"(?:stream|instream\([^)]*\)): (?P<what>[ -~]{1,200}) FOUND")
_CLEAN = "stream: OK"


class Scanner(Protocol):
    """Looks for viruses."""

    def scan(self, file: BinaryIO) -> Scan:
        """What it says of the file, from its beginning."""

    def reach(self) -> str:
        """What answers there, in words. Raises OSError."""


class NoScanner:
    """None is set, so nothing is ever scanned, and that is said."""

    def scan(self, _file: BinaryIO) -> Scan:
        """Not scanned."""
        return Scan("not_scanned", "no scanner is set")

    def reach(self) -> str:
        """There is nothing to reach."""
        return "off: no file is looked through"


class Clamd:
    """The daemon at tcp://HOST:PORT or unix:///PATH."""

    def __init__(self, url: str, patience: float = PATIENCE) -> None:
        self._url, self._patience = url, patience

    def scan(self, file: BinaryIO) -> Scan:
        """What it says of the file."""
        try:
            base = self._version()
            answer = self._asked(file)
        except OSError as error:
            return Scan("not_scanned", f"clamd does not answer ({type(error).__name__})")
        if answer == _CLEAN:
            return Scan("clean", None, base)
        found = _FOUND.fullmatch(answer)
        if found is not None:
            return Scan("found", found["what"], base)
        return Scan("not_scanned", "clamd gave no clear answer")

    def reach(self) -> str:
        """The daemon's version. Raises OSError."""
        return self._version()

    def _connected(self) -> socket.socket:
        parts = urlsplit(self._url)
        if parts.scheme == "unix":
            connected = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            connected.settimeout(self._patience)
            try:
                connected.connect(parts.path)
            except OSError:
                connected.close()
                raise
            return connected
        return socket.create_connection((parts.hostname, parts.port or 3310), self._patience)

    def _version(self) -> str:
        with self._connected() as connected:
            connected.sendall(b"zVERSION\0")
            return _answer(connected)[:64]

    def _asked(self, file: BinaryIO) -> str:
        file.seek(0)
        with self._connected() as connected:
            connected.sendall(b"zINSTREAM\0")
            try:
                while piece := file.read(_PIECE):
                    connected.sendall(len(piece).to_bytes(4) + piece)
                connected.sendall(bytes(4))
            except ConnectionError:
                # Beyond its limit it hangs up; what it said before that is its answer.
                pass
            return _answer(connected)


def _answer(connected: socket.socket) -> str:
    """What it says, up to its end. Raises OSError where it ends in the middle."""
    said = b""
    while len(said) < _MOST_ANSWER and (part := connected.recv(_MOST_ANSWER)):
        said += part
        if said.endswith(b"\0"):
            return said[:-1].decode("ascii", "replace").strip()
    raise ConnectionError("the answer broke off")
