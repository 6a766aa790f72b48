"""One POST to an address that was checked: resolved once, connected to just that, never elsewhere.

The name is resolved, every address judged, and the socket opened to the very address that passed, while
TLS and Host keep the name: between the check and the connection there is no second look-up that
somebody could answer otherwise (DNS rebinding). A redirect is a new address and judged as one.
"""

import http.client
import socket
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from threading import Timer
from urllib.parse import SplitResult, urljoin, urlsplit

from casetrack import __version__
from casetrack.domain.delivery.webhook_addresses import Allowed, refusal
from casetrack.domain.errors import BadInput

#: Seconds from the look-up to the last byte of all hops; well below a lease (60 s).
DEADLINE = 10.0
CONNECT = 5.0
#: Bytes: what is sent at most, and what is read of an answer's body.
LARGEST_BODY = 256 * 1024
READ = 16 * 1024
REDIRECTS = 3
_FOLLOWED = (307, 308)

Resolve = Callable[[str, int], Sequence[str]]


class PostRefused(Exception):
    """Nothing was sent: the address may not be sent to."""


class PostBroken(Exception):
    """No answer came: look-up, connection, TLS or time."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the endpoint said; nothing of its body is kept."""

    status: int
    retry_after: timedelta | None = None


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a name, by the system's resolver. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def parse_url(url: str) -> SplitResult:
    """An http or https address with a host and without a login. Raises BadInput."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise BadInput("the URL cannot be read") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise BadInput("the URL must look like https://host/path")
    if parts.username is not None or parts.password is not None or "@" in parts.netloc:
        raise BadInput("the URL must hold no login: deliveries are signed instead")
    if not url.isascii() or any(c.isspace() or ord(c) < 33 or c == "\\" for c in url):
        raise BadInput("the URL must be plain ASCII without blanks; write a name as xn--…")
    return parts


@dataclass(frozen=True)
class Poster:
    """Posts to endpoints. `allowed` is the operator's list; `trust` tests' own CA."""

    allowed: Allowed
    resolve: Resolve = resolve
    trust: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    deadline: float = DEADLINE

    def check(self, url: str) -> None:
        """Whether something could be sent there now. Raises BadInput, PostRefused, PostBroken."""
        self._address(parse_url(url))

    def __call__(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Post, following at most three redirects. Raises PostRefused, PostBroken."""
        if len(body) > LARGEST_BODY:
            raise PostRefused(f"the message is larger than {LARGEST_BODY} bytes")
        until = time.monotonic() + self.deadline
        for _ in range(REDIRECTS + 1):
            try:
                parts = parse_url(url)
            except BadInput as error:
                raise PostRefused(str(error)) from None
            answer, location = self._once(parts, headers, body, until)
            if location is None:
                return answer
            url = self._next(parts, location)
        raise PostRefused(f"more than {REDIRECTS} redirects")

    @staticmethod
    def _next(parts: SplitResult, location: str) -> str:
        target = urljoin(parts.geturl(), location)
        if parts.scheme == "https" and not target.startswith("https:"):
            raise PostRefused("a redirect leads from https to something else")
        return target

    def _address(self, parts: SplitResult) -> tuple[str, int]:
        host = parts.hostname or ""
        port = parts.port or (443 if parts.scheme == "https" else 80)
        try:
            addresses = self.resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise PostBroken("the host name cannot be resolved") from error
        if not addresses:
            raise PostBroken("the host name has no address")
        for address in addresses:
            # One bad address is enough: which of them is taken must not be a matter of luck.
            reason = refusal(parts.scheme, host, address, self.allowed)
            if reason is not None:
                raise PostRefused(f"{reason}; the operator may allow it (CASETRACK_WEBHOOK_ALLOW)")
        return addresses[0], port

    def _once(
        self, parts: SplitResult, headers: Mapping[str, str], body: bytes, until: float
    ) -> tuple[Answer, str | None]:
        address, port = self._address(parts)
        left = until - time.monotonic()
        connection = _Pinned(parts, address, port, self.trust, min(CONNECT, max(left, 0.001)))
        # A byte now and then keeps every single wait short: only a clock of its own ends that.
        timer = Timer(max(left, 0.001), connection.cut)
        timer.daemon = True
        timer.start()
        try:
            return connection.post(parts, headers, body, until)
        except (OSError, http.client.HTTPException, ValueError) as error:
            if time.monotonic() >= until:
                raise PostBroken(f"no answer within {self.deadline:g} seconds") from error
            raise PostBroken(_plain(error)) from error
        finally:
            timer.cancel()
            connection.close()


class _Pinned(http.client.HTTPConnection):
    """A connection to one address, for a host of another name."""

    def __init__(
        self, parts: SplitResult, address: str, port: int, trust: ssl.SSLContext, patience: float
    ) -> None:
        super().__init__(parts.hostname or "", port, timeout=patience)
        self._address = address
        self._trust = trust if parts.scheme == "https" else None
        if parts.scheme == "https":
            # What it leaves out of Host when the port is the scheme's own.
            self.default_port = http.client.HTTPS_PORT

    def connect(self) -> None:
        """To the address that was checked; TLS asks for the name."""
        self.sock = socket.create_connection((self._address, self.port), self.timeout)
        if self._trust is not None:
            # The handshake comes after the assignment: `cut` must reach a socket that hangs in it.
            self.sock = self._trust.wrap_socket(
                self.sock, server_hostname=self.host, do_handshake_on_connect=False
            )
            self.sock.do_handshake()
        self.sock.settimeout(DEADLINE)

    def post(
        self, parts: SplitResult, headers: Mapping[str, str], body: bytes, until: float
    ) -> tuple[Answer, str | None]:
        """One request; gives the answer, or where it redirects to."""
        path = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
        agent = {"User-Agent": f"casetrack/{__version__}", "Connection": "close"}
        self.request("POST", path, body, {**agent, **headers})
        response = self.getresponse()
        if time.monotonic() >= until:
            raise TimeoutError  # headers that were cut off look like headers that ended
        location = response.getheader("Location")
        if response.status in _FOLLOWED and location:
            return Answer(response.status), location
        # Read a little, so that an honest server is not cut off while it answers.
        with suppress(OSError, http.client.HTTPException, ValueError):
            response.read(READ)
        return Answer(response.status, retry_after(response.getheader("Retry-After"))), None

    def cut(self) -> None:
        """Time is up, whatever it is waiting for."""
        sock = self.sock
        if sock is not None:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)


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


def _plain(error: Exception) -> str:
    """One phrase without addresses or content."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the certificate does not hold: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        return "TLS failed"
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, http.client.HTTPException):
        return "the connection ended before an answer, or the answer is not HTTP"
    return (getattr(error, "strerror", None) or "the connection failed").lower()
