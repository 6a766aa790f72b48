"""A scanner for the tests: clamd's way of talking, and an answer that the test chooses."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

#: The file that every scanner knows (EICAR), in two parts so that none finds it here.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-" + b"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
VERSION = "ClamAV 1.4.3/27600/Mon Nov 30 08:00:00 2026"


@dataclass
class Scanner:
    """`answer` says what is said of every file; without one, whether EICAR is in it."""

    url: str
    answer: str | None = None
    seen: list[bytes] = field(default_factory=list)


@contextmanager
def scanner() -> Iterator[Scanner]:
    """Answers on a port of this machine until the block ends."""
    door = socket.create_server(("127.0.0.1", 0))
    made = Scanner(f"tcp://127.0.0.1:{door.getsockname()[1]}")
    thread = threading.Thread(target=_serve, args=(door, made))
    thread.start()
    try:
        yield made
    finally:
        door.shutdown(socket.SHUT_RDWR)
        thread.join(10)
        door.close()


def _serve(door: socket.socket, made: Scanner) -> None:
    while True:
        try:
            connected, _ = door.accept()
        except OSError:
            return
        with connected, connected.makefile("rb") as said:
            try:
                _talk(connected, said, made)
            except OSError:
                continue


def _talk(connected: socket.socket, said: object, made: Scanner) -> None:
    read = said.read  # type: ignore[attr-defined]
    command = b""
    while not command.endswith(b"\0"):
        command += read(1)
    if command == b"zVERSION\0":
        connected.sendall(VERSION.encode() + b"\0")
        return
    whole = b""
    while size := int.from_bytes(read(4)):
        whole += read(size)
    made.seen.append(whole)
    found = "stream: Eicar-Test-Signature FOUND" if EICAR in whole else "stream: OK"
    if made.answer != "":
        connected.sendall((made.answer or found).encode() + b"\0")
