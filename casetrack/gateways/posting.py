"""One POST to the outside: resolved once, connected to just that, bounded in size and time.

The name is resolved and every address judged. The socket is opened to an address that passed, while
TLS and Host keep the name: between the check and the connection there is no second look-up that
somebody could answer otherwise (DNS rebinding). A redirect is a new address and judged as one. No proxy
of the environment is asked, and no connection is kept.

Gateways and subscribers' endpoints differ in their `Policy` alone.
"""

import http.client
import socket
import ssl
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from io import BufferedIOBase
from ipaddress import ip_address
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from casetrack import __version__
from casetrack.domain.delivery.outside_addresses import Allowed, refusal
from casetrack.domain.errors import BadInput
from casetrack.domain.people.mail_address import is_domain
from casetrack.gateways.watchdog import Watchdog

#: Seconds for each address that is tried.
CONNECT = 5.0
#: Bytes: what is sent at most, and what is read of an answer's body.
LARGEST_BODY = 256 * 1024
LARGEST_ANSWER = 64 * 1024
_FOLLOWED = (307, 308)
#: An answer to what was not asked for.
_SWITCHING = 101
#: RFC 3986: reserved marks, and the % of what is encoded already.
_AS_IT_IS = "%:/?#[]@!$&'()*+,;=-._~"

Resolve = Callable[[str, int], Sequence[str]]


class PostRefused(Exception):
    """Nothing was sent: the address may not be sent to."""


class PostBroken(Exception):
    """No answer came: look-up, connection, TLS or time."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What sets one kind of receiver apart: where a POST may go, how far, and for how long."""

    allowed: Allowed
    #: Seconds from the look-up to the last byte of all hops; well below a lease (60 s).
    deadline: float
    redirects: int = 0
    #: Where a secret belongs that stands in the address.
    instead_of_login: str = ""
    #: What can be done about an address that is refused.
    cure: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other side said. `body` is its beginning; None where it broke off before its end."""

    status: int
    retry_after: timedelta | None = None
    body: bytes | None = b""
    #: Where it sends us on, if that is to be followed.
    location: str | None = None


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a name, by the system's resolver. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def parse_url(url: str, instead_of_login: str = "") -> SplitResult:
    """An http or https address with a host and without a login. Raises BadInput."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise BadInput("the URL cannot be read") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise BadInput("the URL must look like https://host/path")
    if parts.username is not None or parts.password is not None or "@" in parts.netloc:
        raise BadInput(f"the URL must hold no login: {instead_of_login}".removesuffix(": "))
    if not url.isascii() or any(c.isspace() or ord(c) < 33 or c == "\\" for c in url):
        raise BadInput("the URL must be plain ASCII without blanks; write a name as xn--…")
    if not _is_host(parts.hostname):
        raise BadInput("the URL's host is neither a name nor an address")
    return parts


def _is_host(host: str) -> bool:
    """A name that can be looked up, or an address without a zone (RFC 9110 section 4.2 has none)."""
    try:
        return "%" not in host and bool(ip_address(host))
    except ValueError:
        # Names of containers may have a _.
        return is_domain(host.removesuffix(".").replace("_", "-"), one_word=True)


@cache
def system_trust() -> ssl.SSLContext:
    """What this machine trusts, read once a process: it is some hundred certificates."""
    return ssl.create_default_context()


@dataclass(frozen=True)
class Poster:
    """Posts as its policy says. `resolve` and `trust` are there for tests' own names and CA."""

    policy: Policy
    resolve: Resolve = resolve
    trust: ssl.SSLContext = field(default_factory=system_trust)

    def check(self, url: str) -> None:
        """Whether something could be sent there now. Raises BadInput, PostRefused, PostBroken."""
        parts = self.parse(url)
        if parts.fragment:
            raise BadInput("what follows # would not be sent; leave it out")
        self._addresses(parts)

    def reach(self, url: str) -> None:
        """Connect, with TLS where the address asks for it, and post nothing.

        Raises PostRefused, PostBroken.
        """
        with Watchdog(self.policy.deadline) as watchdog:
            parts = self.parse(url)
            connection = _Pinned(parts, *self._addresses(parts), self.trust, watchdog)
            try:
                connection.connect()
            except (OSError, ValueError) as error:
                raise PostBroken(_plain(error)) from error
            finally:
                connection.close()

    def parse(self, url: str) -> SplitResult:
        """The parts of an address, as far as it can be judged without a look-up. Raises BadInput."""
        return parse_url(url, self.policy.instead_of_login)

    def __call__(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Post, following as many redirects as allowed. Raises PostRefused, PostBroken."""
        if len(body) > LARGEST_BODY:
            raise PostRefused(f"the message is larger than {LARGEST_BODY} bytes")
        with Watchdog(self.policy.deadline) as watchdog:
            for _ in range(self.policy.redirects + 1):
                try:
                    parts = self.parse(url)
                except BadInput as error:
                    raise PostRefused(str(error)) from None
                answer = self._once(parts, headers, body, watchdog)
                if answer.location is None:
                    return answer
                url = self._next(parts, answer.location)
        raise PostRefused(f"more than {self.policy.redirects} redirects")

    @staticmethod
    def _next(parts: SplitResult, location: str) -> str:
        # Bytes beyond ASCII came as Latin-1 and are meant as they are.
        given = quote(location.encode("latin-1", "replace"), safe=_AS_IT_IS)
        target = urljoin(parts.geturl(), given)
        if parts.scheme == "https" and not target.lower().startswith("https:"):
            raise PostRefused("a redirect leads from https to something else")
        return target

    def _addresses(self, parts: SplitResult) -> tuple[Sequence[str], int]:
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
            reason = refusal(parts.scheme, host, address, self.policy.allowed, port)
            if reason is not None:
                raise PostRefused("; ".join(filter(None, (reason, self.policy.cure))))
        return addresses, port

    def _once(
        self, parts: SplitResult, headers: Mapping[str, str], body: bytes, watchdog: Watchdog
    ) -> Answer:
        addresses, port = self._addresses(parts)
        connection = _Pinned(parts, addresses, port, self.trust, watchdog)
        try:
            return connection.post(headers, body, follow=self.policy.redirects > 0)
        except (OSError, http.client.HTTPException, ValueError) as error:
            if watchdog.barked():
                raise PostBroken(f"no answer within {self.policy.deadline:g} seconds") from error
            raise PostBroken(_plain(error)) from error
        finally:
            connection.close()


class _Pinned(http.client.HTTPConnection):
    """A connection to addresses that were judged, for a host of another name."""

    def __init__(
        self,
        parts: SplitResult,
        addresses: Sequence[str],
        port: int,
        trust: ssl.SSLContext,
        watchdog: Watchdog,
    ) -> None:
        super().__init__(parts.hostname or "", port)
        self._path = request_target(parts)
        self._addresses, self._watchdog = addresses, watchdog
        self._trust = trust if parts.scheme == "https" else None
        if parts.scheme == "https":
            # What it leaves out of Host when the port is the scheme's own.
            self.default_port = http.client.HTTPS_PORT

    def connect(self) -> None:
        """To an address that was judged; TLS asks for the name."""
        self.sock = self._reach()
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

    def post(self, headers: Mapping[str, str], body: bytes, *, follow: bool) -> Answer:
        """One request, and its answer. Raises OSError, HTTPException, ValueError."""
        agent = {"User-Agent": f"casetrack/{__version__}", "Connection": "close"}
        self.request("POST", self._path, body, {**agent, **headers})
        # An answer is closed by hand: a connection that is not kept has passed itself on to it.
        with _final(self.getresponse()) as response:
            if self._watchdog.barked():
                raise TimeoutError  # headers that were cut off look like headers that ended
            return self._answer(response, follow)

    def _answer(self, response: http.client.HTTPResponse, follow: bool) -> Answer:
        location = response.getheader("Location")
        if follow and response.status in _FOLLOWED and location:
            return Answer(response.status, location=location)
        wait = retry_after(response.getheader("Retry-After"))
        # It is read for an honest server, too, that would be cut off while it answers.
        beginning = _beginning(response)
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
    return quote(f"{parts.path or '/'}{query}", safe=_AS_IT_IS)


def _beginning(response: http.client.HTTPResponse) -> bytes | None:
    """The beginning of an answer's body; None where it broke off before that, and before its end."""
    try:
        body = response.read(LARGEST_ANSWER)
    except (OSError, http.client.HTTPException, ValueError):
        return None
    return None if response.length and len(body) < LARGEST_ANSWER else body


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
