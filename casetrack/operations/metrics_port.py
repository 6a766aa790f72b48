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


class Port:
    """Listens while the block lasts; asks `check` and `exposition` at each call."""

    def __init__(
        self, address: tuple[str, int] | None, exposition: Exposition, check: Check
    ) -> None:
        self._server: ThreadingHTTPServer | None = None
        if address is None:
            return
        host, port = address

        class Server(ThreadingHTTPServer):
            address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
            daemon_threads = True

        try:
            self._server = Server((host, port), _handler(exposition, check))
        except (OSError, OverflowError) as error:
            raise BadInput(
                f"CASETRACK_METRICS_PORT: cannot listen on {host}:{port}: "
                f"{getattr(error, 'strerror', None) or error}; choose another port"
            ) from error

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
