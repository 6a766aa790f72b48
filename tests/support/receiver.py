"""A subscriber's endpoint: a real server on loopback that records, and behaves as it is told."""

import json
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any

#: What it does with one request: answers, or not.
Behaviour = Callable[["Handler"], None]


@dataclass(frozen=True)
class Got:
    """One request as it came."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def id(self) -> str:
        """The id by which a repeat is known."""
        return self.headers["webhook-id"]

    @property
    def event(self) -> dict[str, Any]:
        """The CloudEvent."""
        event: dict[str, Any] = json.loads(self.body)
        return event


@dataclass
class Receiver:
    """What came, in its order; the next answers, or 204 once there are none."""

    got: list[Got] = field(default_factory=list)
    answers: list[Behaviour] = field(default_factory=list)
    always: Behaviour | None = None
    port: int = 0
    scheme: str = "http"
    host: str = "127.0.0.1"
    lock: Lock = field(default_factory=Lock)
    #: How many connections came.
    connections: int = 0

    @property
    def url(self) -> str:
        """Where to send."""
        return f"{self.scheme}://{self.host}:{self.port}/hook?of=casetrack"

    @property
    def types(self) -> list[str]:
        """The types that came, in their order."""
        return [got.event["type"].removeprefix("casetrack.") for got in self.got]


class Handler(BaseHTTPRequestHandler):
    """One request."""

    receiver: Receiver

    def setup(self) -> None:
        """Count the connection."""
        self.receiver.connections += 1
        super().setup()

    def do_POST(self) -> None:
        """Record it, then do as told."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        with self.receiver.lock:
            self.receiver.got.append(Got(self.path, headers, body))
            answers = self.receiver.answers
            behaviour = answers.pop(0) if answers else self.receiver.always or says(204)
        with suppress(OSError):
            behaviour(self)

    def log_message(self, *_: object) -> None:
        """Silence."""


def says(status: int, **headers: str) -> Behaviour:
    """Answers with this status; `Retry_After="5"` is a header."""

    def answer(handler: Handler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


def sleeps(seconds: float) -> Behaviour:
    """Answers too late."""

    def answer(handler: Handler) -> None:
        time.sleep(seconds)
        says(204)(handler)

    return answer


def cuts(handler: Handler) -> None:
    """Has the body, and cuts the connection without a word."""
    handler.connection.shutdown(socket.SHUT_RDWR)


def drips(handler: Handler) -> None:
    """Sends a header's letters one by one, for ever."""
    for letter in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"a" * 1000:
        handler.wfile.write(bytes([letter]))
        handler.wfile.flush()
        time.sleep(0.05)


@contextmanager
def receiving(
    context: ssl.SSLContext | None = None, host: str = "127.0.0.1", *, keeps: bool = False
) -> Iterator[Receiver]:
    """A receiver that listens, with TLS if it is given a context; it ends each connection or keeps it."""
    receiver = Receiver(scheme="https" if context else "http", host=host)
    spoken = "HTTP/1.1" if keeps else "HTTP/1.0"
    handler = type("Bound", (Handler,), {"receiver": receiver, "protocol_version": spoken})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    receiver.port = server.server_address[1]
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
