"""A small door beside a process that has none: /metrics, /healthz, /readyz."""

import json
import socket
import threading
from collections.abc import Callable, Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

from casetrack.domain.errors import BadInput
from casetrack.operations.metrics import CONTENT_TYPE

#: Gives what is wrong, a sentence each; nothing when the process does what it is there for.
Check = Callable[[], Iterable[str]]
#: Gives the metrics as text.
Exposition = Callable[[], bytes]


def take(address: tuple[str, int]) -> socket.socket:
    """Take the address; processes that are forked afterwards may share it. Raises BadInput."""
    host, port = address
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        door = socket.create_server((host, port), family=family)
    except (OSError, OverflowError) as error:
        raise BadInput(
            f"CASETRACK_METRICS_PORT: cannot listen on {host}:{port}: "
            f"{getattr(error, 'strerror', None) or error}; choose another port"
        ) from error
    # Of several processes that hear of one caller all but one find nobody, and must not wait.
    door.setblocking(False)
    return door


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, door: socket.socket, handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(door.getsockname()[:2], handler, bind_and_activate=False)
        self.socket.close()
        self.socket = door


class Port:
    """Listens while the block lasts; asks `check` and `exposition` at each call."""

    def __init__(
        self,
        at: tuple[str, int] | socket.socket | None,
        exposition: Exposition,
        check: Check,
    ) -> None:
        self._server: _Server | None = None
        if at is not None:
            door = at if isinstance(at, socket.socket) else take(at)
            self._server = _Server(door, _handler(exposition, check))

    def __enter__(self) -> Self:
        """Answer from now on."""
        if self._server is not None:
            threading.Thread(target=self._server.serve_forever, name="port", daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Answer no more."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()


def _handler(exposition: Exposition, check: Check) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = 10

        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            if path == "/metrics":
                self._answer(200, CONTENT_TYPE, exposition())
            elif path == "/healthz":
                self._say(200, {"ok": True})
            elif path == "/readyz":
                wrong = list(check())
                self._say(503 if wrong else 200, {"ok": not wrong, "wrong": wrong})
            else:
                self._say(404, {"ok": False, "wrong": ["there are /metrics, /healthz and /readyz"]})

        def _say(self, status: int, document: dict[str, object]) -> None:
            self._answer(status, "application/json", json.dumps(document).encode())

        def _answer(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Scrapes are no news."""

    return Handler
