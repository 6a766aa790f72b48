"""A connection to addresses that were judged, for a host of another name: one POST after another."""

import http.client
import select
import socket
import ssl
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from io import BufferedIOBase
from urllib.parse import SplitResult, quote

from casetrack import __version__
from casetrack.gateways.watchdog import Watchdog

#: Seconds for each address that is tried.
CONNECT = 5.0
#: Bytes that are read of an answer's body, where nobody says otherwise.
LARGEST_ANSWER = 64 * 1024
#: RFC 3986: reserved marks, and the % of what is encoded already.
AS_IT_IS = "%:/?#[]@!$&'()*+,;=-._~"
_FOLLOWED = (307, 308)
#: An answer to what was not asked for.
_SWITCHING = 101


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other side said. `body` is its beginning; None where it broke off before its end."""

    status: int
    retry_after: timedelta | None = None
    body: bytes | None = b""
    #: Where it sends us on, if that is to be followed.
    location: str | None = None


class Pinned(http.client.HTTPConnection):
    """A connection to addresses that were judged, for a host of another name."""

    def __init__(
        self,
        parts: SplitResult,
        addresses: Sequence[str],
        port: int,
        trust: ssl.SSLContext,
        watchdog: Watchdog,
        largest: int = LARGEST_ANSWER,
    ) -> None:
        super().__init__(parts.hostname or "", port)
        self._addresses, self._watchdog, self._largest = addresses, watchdog, largest
        self._trust = trust if parts.scheme == "https" else None
        #: Whether it can carry another message: the answer to the last was read to its end.
        self.ready = False
        if parts.scheme == "https":
            # What it leaves out of Host when the port is the scheme's own.
            self.default_port = http.client.HTTPS_PORT

    def connect(self) -> None:
        """To an address that was judged; TLS asks for the name."""
        self.sock = self._reach()
        # Else a body waits until its head is acknowledged, 40 ms later.
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._watchdog.guard(self.sock)
        if self._trust is not None:
            # RFC 6066 section 3: the name without the full stop at its end.
            name = self.host.removesuffix(".")
            self.sock = self._trust.wrap_socket(self.sock, server_hostname=name)
        self.sock.settimeout(self._watchdog.left)

    def _reach(self) -> socket.socket:
        """The first address that answers. Raises what the last one said."""
        *others, last = self._addresses
        for address in others:
            with suppress(OSError):
                return self._dial(address)
        return self._dial(last)

    def _dial(self, address: str) -> socket.socket:
        return socket.create_connection((address, self.port), min(CONNECT, self._watchdog.left))

    def again(self, watchdog: Watchdog) -> bool:
        """Be watched anew for another message; False when the other side has ended it meanwhile."""
        if self.sock is None or select.select([self.sock], [], [], 0)[0]:
            return False
        self._watchdog = watchdog
        watchdog.guard(self.sock)
        self.sock.settimeout(watchdog.left)
        return True

    def post(
        self, target: str, headers: Mapping[str, str], body: bytes, *, follow: bool, keep: bool
    ) -> Answer:
        """One request, and its answer. Raises OSError, HTTPException, ValueError."""
        self.ready = False
        agent = {"User-Agent": f"casetrack/{__version__}"}
        ends = {} if keep else {"Connection": "close"}
        self.request("POST", target, body, {**agent, **ends, **headers})
        # An answer is closed by hand: a connection that is not kept has passed itself on to it.
        first = self.getresponse()
        with _final(first) as response:
            if self._watchdog.barked():
                raise TimeoutError  # headers that were cut off look like headers that ended
            answer = self._answer(response, follow)
            # Behind one that only said that another will come, http.client knows of no end.
            whole = response is first and response.isclosed() and not response.will_close
            self.ready = keep and whole and not self._watchdog.barked()
            return answer

    def _answer(self, response: http.client.HTTPResponse, follow: bool) -> Answer:
        location = response.getheader("Location")
        if follow and response.status in _FOLLOWED and location:
            return Answer(response.status, location=location)
        wait = retry_after(response.getheader("Retry-After"))
        # It is read for an honest server, too, that would be cut off while it answers.
        beginning = _beginning(response, self._largest)
        return Answer(response.status, wait, None if self._watchdog.barked() else beginning)


class _Rest:
    """What comes behind an answer on the same connection, for the next answer to read."""

    def __init__(self, stream: BufferedIOBase) -> None:
        self._stream = stream

    def makefile(self, _mode: str) -> BufferedIOBase:
        """Bytes that were read ahead are in it, and lost to a new stream of the socket."""
        return self._stream


def _final(response: http.client.HTTPResponse) -> http.client.HTTPResponse:
    """The answer behind those that only say that one will come (RFC 9110 section 15.2)."""
    while 100 <= response.status < 200 and response.status != _SWITCHING:
        stream = response.fp
        # Else the first would close what the next one reads from.
        response.fp = None  # type: ignore[assignment]
        response = http.client.HTTPResponse(_Rest(stream), method="POST")  # type: ignore[arg-type]
        try:
            response.begin()
        except BaseException:
            response.close()
            raise
    return response


def request_target(parts: SplitResult) -> str:
    """What is asked for: path and query, "/" where there is no path (RFC 9112 section 3.2.1).

    What may not stand in an address (RFC 3986) goes as %XX, as browsers send it.
    """
    query = f"?{parts.query}" if parts.query else ""
    return quote(f"{parts.path or '/'}{query}", safe=AS_IT_IS)


def _beginning(response: http.client.HTTPResponse, largest: int) -> bytes | None:
    """The beginning of an answer's body; None where it broke off before that, and before its end."""
    try:
        body = response.read(largest)
    except (OSError, http.client.HTTPException, ValueError):
        return None
    return None if response.length and len(body) < largest else body


def retry_after(header: str | None, now: datetime | None = None) -> timedelta | None:
    """What a Retry-After asks for (RFC 9110 section 10.2.3), seconds or a date; None if unreadable."""
    text = (header or "").strip()
    if text.isascii() and text.isdigit():
        return timedelta(seconds=min(int(text[:9]), 10**8))
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(moment - (now or datetime.now(UTC)), timedelta(0))
