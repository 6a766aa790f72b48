"""Counts what a program says to PostgreSQL, by standing between the two and reading along.

A round trip is counted whenever the program speaks after the server has: it had to wait for that. A
statement is a simple query or an execution, whatever driver sends it.
"""

import select
import socket
import struct
from collections import defaultdict
from dataclasses import dataclass, field
from threading import Lock, Thread
from types import TracebackType
from typing import Self

#: The first word of a connection that asks for encryption, and of one that breaks off another.
_ENCRYPTION, _CANCEL = (80877103, 80877104), 80877102


@dataclass
class Counted:
    """What one database user asked for."""

    round_trips: int = 0
    statements: int = 0
    #: Of each round trip, in their order, how many statements went with it.
    together: list[int] = field(default_factory=list)

    def add(self, statements: int, *, waited: bool) -> None:
        """So many statements came; with a new round trip, or with the one that was under way."""
        self.statements += statements
        self.round_trips += waited
        if waited or not self.together:
            self.together.append(0)
        self.together[-1] += statements


@dataclass
class WireCounter:
    """A port that leads to a PostgreSQL, and what came through it by database user."""

    host: str
    target: int
    by_user: dict[str, Counted] = field(default_factory=lambda: defaultdict(Counted))
    _lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])

    def __enter__(self) -> Self:
        """Begin."""
        Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take no more connections; those that are open go on until their program ends them."""
        self._listening.close()

    def reset(self) -> None:
        """Begin at nothing again."""
        with self._lock:
            self.by_user.clear()

    def of(self, user: str) -> Counted:
        """What this user has asked for since."""
        with self._lock:
            found = self.by_user[user]
            return Counted(found.round_trips, found.statements, [*found.together])

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            Thread(target=self._between, args=(client,), daemon=True).start()

    def _between(self, client: socket.socket) -> None:
        with client, socket.create_connection((self.host, self.target)) as server:
            for end in (client, server):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            said, server_spoke = _Said(), True
            while True:
                for end in select.select([client, server], [], [])[0]:
                    try:
                        came = end.recv(65536)
                        (server if end is client else client).sendall(came)
                    except OSError:
                        return
                    if not came:
                        return
                    if end is client:
                        statements = said.take(came)
                        with self._lock:
                            waited = server_spoke and said.began
                            self.by_user[said.user].add(statements, waited=waited)
                    server_spoke = end is server


class _Said:
    """Reads what a client says, message by message (the protocol's "frontend" side)."""

    def __init__(self) -> None:
        self._left = b""
        #: Whether the connection is set up: what comes before is no round trip of a statement.
        self.began = False
        self._started = False
        self.user = ""

    def take(self, came: bytes) -> int:
        """How many statements began in these bytes."""
        self.began = self._started
        data, statements = self._left + came, 0
        while len(data) >= (5 if self._started else 8):
            place = 1 if self._started else 0
            (length,) = struct.unpack_from("!i", data, place)
            if len(data) < place + length:
                break
            message, data = data[: place + length], data[place + length :]
            if self._started:
                statements += message[:1] in (b"Q", b"E")
            else:
                self._start(message)
        self._left = data
        return statements

    def _start(self, message: bytes) -> None:
        (code,) = struct.unpack_from("!i", message, 4)
        if code in _ENCRYPTION:
            return
        self._started = True
        if code != _CANCEL:
            fields = message[8:].split(b"\0")
            named = dict(zip(fields[::2], fields[1::2], strict=False))
            self.user = named.get(b"user", b"").decode()
