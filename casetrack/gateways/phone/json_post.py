"""One POST of JSON to a gateway: bounded in time and size, no redirects, certificates checked."""

import contextlib
import json
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from http.client import (
    HTTPConnection,
    HTTPException,
    HTTPResponse,
    HTTPSConnection,
    IncompleteRead,
)
from typing import Any
from urllib.parse import urlsplit

from casetrack.domain.errors import BadInput
from casetrack.gateways.failure import DeliveryFailed
from casetrack.gateways.posting import retry_after

#: Seconds for connecting and again for the whole talk: together well below a lease.
TIMEOUT = 15.0
#: What is read of an answer; a gateway says in a few lines whether it took the message.
MAX_BYTES = 64 * 1024
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Reply:
    """What a gateway answered: status, the JSON object in it ({} when there is none), Retry-After."""

    status: int
    document: Mapping[str, Any]
    wait: timedelta | None


class JsonPost:
    """POSTs to one address. Raises BadInput, which names the setting, for one that cannot be."""

    def __init__(self, setting: str, url: str, *, timeout: float = TIMEOUT) -> None:
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise BadInput(f"{setting}: host or port cannot be read; {_SHAPE}") from None
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.fragment:
            raise BadInput(f"{setting}: it is no address of a gateway; {_SHAPE}")
        if parts.username or parts.password:
            raise BadInput(f"{setting}: put the token into its own setting, not into the address")
        if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
            raise BadInput(f"{setting}: telephone numbers would travel in the clear; use https://")
        self._host, self._port, self._timeout = parts.hostname, port, timeout
        self._tls = ssl.create_default_context() if parts.scheme == "https" else None
        self._target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")

    def __call__(self, headers: Mapping[str, str], document: Mapping[str, Any]) -> Reply:
        """The gateway's answer, whatever its status. Raises DeliveryFailed when there is none."""
        body = json.dumps(document, ensure_ascii=False).encode()
        connection = self._connection()
        try:
            # Connecting resolves the name and shakes hands within its own limit.
            connection.connect()
            with _bounded(connection, self._timeout) as cut:
                sent = {"Content-Type": "application/json", "Accept": "application/json", **headers}
                connection.request("POST", self._target, body, sent)
                reply = _reply(connection.getresponse())
            if cut.is_set():
                # What was cut among the headers reads as an answer that ended there.
                raise TimeoutError
            return reply
        except (HTTPException, OSError, ValueError) as trouble:
            # Their texts may quote the address; the gateway is named by its setting alone.
            raise DeliveryFailed(
                f"no talk with the gateway ({type(trouble).__name__})", permanent=False
            ) from None
        finally:
            connection.close()

    def _connection(self) -> HTTPConnection:
        if self._tls is None:
            return HTTPConnection(self._host, self._port, timeout=self._timeout)
        return HTTPSConnection(self._host, self._port, timeout=self._timeout, context=self._tls)


_SHAPE = "it looks like https://gateway.example/messages"


def _reply(response: HTTPResponse) -> Reply:
    raw = response.read(MAX_BYTES)
    if response.length and len(raw) < MAX_BYTES:
        raise IncompleteRead(raw)
    try:
        document = json.loads(raw)
    except (ValueError, RecursionError):
        document = {}
    wait = retry_after(response.headers.get("Retry-After"))
    return Reply(response.status, document if isinstance(document, dict) else {}, wait)


@contextlib.contextmanager
def _bounded(connection: HTTPConnection, seconds: float) -> Iterator[threading.Event]:
    """End the whole talk after so long: the socket's own limit starts anew with every byte."""
    cut = threading.Event()
    watchdog = threading.Timer(seconds, _cut, [connection, cut])
    watchdog.daemon = True
    watchdog.start()
    try:
        yield cut
    finally:
        watchdog.cancel()


def _cut(connection: HTTPConnection, cut: threading.Event) -> None:
    cut.set()
    if connection.sock is not None:
        # The plain shutdown, on a TLS socket too: its own would turn the talk into clear text.
        with contextlib.suppress(OSError):
            socket.socket.shutdown(connection.sock, socket.SHUT_RDWR)
