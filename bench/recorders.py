"""Receivers that write down what comes, and behave badly when they are told to: mail and webhooks."""

import re
import socket
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Lock, Thread
from types import TracebackType
from typing import Self

#: How a receiver may behave. `away` refuses connections, `cutting` hangs up behind the body.
MOODS = ("well", "away", "slow", "failing", "cutting")
#: `<region.position.role@host>`: what a mail's Message-ID is made of.
_MESSAGE_ID = re.compile(rb"^Message-ID:\s*<([^>@\s]+)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Receipt:
    """One message that came whole, whatever was answered then."""

    id: str
    body: bytes
    at: float


@dataclass
class Receiver:
    """A receiver's name, its mood and its book."""

    name: str
    make: Callable[["Receiver", int], "_Quiet"]
    mood: str = "well"
    #: Seconds that it takes when it is slow.
    takes: float = 2.0
    #: Whether a webhook with these headers and this body is taken; else it is answered 401.
    check: Callable[[Mapping[str, str], bytes], bool] = lambda _headers, _body: True
    receipts: list[Receipt] = field(default_factory=list)
    port: int = 0
    _server: "_Quiet | None" = None
    _lock: Lock = field(default_factory=Lock)

    def __enter__(self) -> Self:
        """Begin to receive."""
        self.come()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Receive no more."""
        self.go()

    def be(self, mood: str) -> None:
        """Behave so from now on."""
        if mood == "away":
            self.go()
        elif self._server is None:
            self.come()
        self.mood = mood

    def come(self) -> None:
        """Listen, on the same port as before."""
        self._server = server = self.make(self, self.port)
        self.port = server.port
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def go(self) -> None:
        """Refuse connections."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def write_down(self, id_: str, body: bytes) -> None:
        """This came."""
        with self._lock:
            self.receipts.append(Receipt(id_, body, time.time()))


class _Quiet(ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.socket.getsockname()[1])

    def handle_error(self, request: object, client_address: object) -> None:
        """Who hangs up is no news here."""


class _Hook(BaseHTTPRequestHandler):
    receiver: Receiver
    timeout = 30
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length)
        if len(body) < length:
            # Who sent it was killed in the middle: what did not come whole did not come
            # (RFC 9112 section 8).
            self.close_connection = True
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        if not self.receiver.check(headers, body):
            self._answer(401)
            return
        self.receiver.write_down(self.headers.get("webhook-id", ""), body)
        mood = self.receiver.mood
        if mood == "slow":
            time.sleep(self.receiver.takes)
        if mood == "cutting":
            with suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
            return
        self._answer(500 if mood == "failing" else 204)

    def _answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """The book is enough."""


class _Session(StreamRequestHandler):
    receiver: Receiver
    timeout = 30

    def handle(self) -> None:
        self._say("220 recorder")
        while line := self.rfile.readline(1000):
            verb = line[:4].strip().upper()
            if verb == b"QUIT":
                self._say("221 bye")
                return
            if verb != b"DATA":
                self._say("250 recorder")
            elif not self._data():
                return

    def _data(self) -> bool:
        """One mail; False to hang up."""
        self._say("354 go on")
        lines = []
        while (line := self.rfile.readline(65536)) != b".\r\n":
            if not line:
                # Who sent it was killed in the middle: a mail without its end was never handed over
                # (RFC 5321 section 4.1.1.4).
                return False
            lines.append(line[1:] if line.startswith(b".") else line)
        mail = b"".join(lines)
        found = _MESSAGE_ID.search(mail)
        self.receiver.write_down(found[1].decode() if found else "", mail)
        if self.receiver.mood == "slow":
            time.sleep(self.receiver.takes)
        if self.receiver.mood == "cutting":
            return False
        self._say("451 not now" if self.receiver.mood == "failing" else "250 kept")
        return True

    def _say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")


class _HttpServer(_Quiet, ThreadingHTTPServer):
    pass


def webhooks(receiver: Receiver, port: int) -> _Quiet:
    """An HTTP server for one subscriber."""
    return _HttpServer(("127.0.0.1", port), type("Hook", (_Hook,), {"receiver": receiver}))


def mails(receiver: Receiver, port: int) -> _Quiet:
    """As much of an SMTP server (RFC 5321) as a client needs who sends one mail."""
    return _Quiet(("127.0.0.1", port), type("Session", (_Session,), {"receiver": receiver}))
