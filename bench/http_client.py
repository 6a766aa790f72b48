"""As much of HTTP/1.1 as a client needs who measures: little work of its own for each request."""

import json
import select
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

API = "/api/v1"


@dataclass
class Client:
    """One keep-alive connection, opened again when it broke."""

    port: int
    tokens: Mapping[str, str]
    timeout: float = 30
    _socket: socket.socket | None = None

    def post(
        self, path: str, login: str, body: Mapping[str, Any], etag: str | None = None
    ) -> tuple[int, Any, str | None]:
        """Status, document and ETag of a write. Raises OSError, ValueError."""
        seen = f"If-Match: {etag}\r\n" if etag is not None else ""
        return self._ask("POST", path, login, f"{seen}Content-Type: application/json\r\n", body)

    def get(self, path: str, login: str) -> tuple[int, Any, str | None]:
        """The same of a read."""
        return self._ask("GET", path, login, "", None)

    def look(self, path: str) -> int:
        """The status of a GET without a token; the path is the whole one. Raises OSError."""
        return self._exchange(f"GET {path} HTTP/1.1\r\nHost: here\r\n\r\n".encode())[0]

    def _ask(
        self, method: str, path: str, login: str, headers: str, body: Mapping[str, Any] | None
    ) -> tuple[int, Any, str | None]:
        content = b"" if body is None else json.dumps(body).encode()
        head = (
            f"{method} {API}{path} HTTP/1.1\r\nHost: here\r\n"
            f"Authorization: Bearer {self.tokens[login]}\r\n{headers}"
            f"Content-Length: {len(content)}\r\n\r\n"
        )
        status, answered, document = self._exchange(head.encode() + content)
        return status, json.loads(document), answered.get(b"etag")

    def _exchange(self, request: bytes) -> tuple[int, dict[bytes, str], bytes]:
        try:
            connection = self._connection()
            connection.sendall(request)
            status, headers, rest = self._head(connection)
            missing = int(headers.get(b"content-length", "-1"))
            if missing < 0:
                raise ValueError("an answer without its length")
            while len(rest) < missing:
                rest += self._more(connection)
        except (OSError, ValueError):
            self.close()
            raise
        if headers.get(b"connection") == "close":
            self.close()
        return status, headers, rest

    def _head(self, connection: socket.socket) -> tuple[int, dict[bytes, str], bytes]:
        came = b""
        while b"\r\n\r\n" not in came:
            came += self._more(connection)
        head, _, rest = came.partition(b"\r\n\r\n")
        first, *lines = head.split(b"\r\n")
        fields = (line.partition(b":") for line in lines)
        headers = {name.lower(): value.strip().decode("latin-1") for name, _, value in fields}
        return int(first.split(None, 2)[1]), headers, rest

    def _more(self, connection: socket.socket) -> bytes:
        came = connection.recv(65536)
        if not came:
            raise ConnectionResetError("the server hung up in the middle of an answer")
        return came

    def _connection(self) -> socket.socket:
        # A server ends a connection that was idle: what can be read from it now is its end.
        if self._socket is not None and select.select([self._socket], [], [], 0)[0]:
            self.close()
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self.port), self.timeout)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._socket

    def close(self) -> None:
        """End the connection."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None
