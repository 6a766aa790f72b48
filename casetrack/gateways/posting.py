"""One POST to the outside: resolved once, connected to just that, bounded in size and time.

The name is resolved and every address judged. The socket is opened to an address that passed, while
TLS and Host keep the name: between the check and the connection there is no second look-up that
somebody could answer otherwise (DNS rebinding). A redirect is a new address and judged as one. No proxy
of the environment is asked. Where a connection is kept for the next message of a set to the same host,
it goes to an address that passed.

Gateways and subscribers' endpoints differ in their `Policy` alone.
"""

import http.client
import socket
import ssl
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from ipaddress import ip_address
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from casetrack.domain.delivery.outside_addresses import Allowed, refusal
from casetrack.domain.errors import BadInput
from casetrack.domain.people.mail_address import is_domain
from casetrack.gateways.pinned import (
    AS_IT_IS,
    LARGEST_ANSWER,
    Answer,
    Pinned,
    request_target,
)
from casetrack.gateways.talks import here
from casetrack.gateways.watchdog import Watchdog

#: Bytes that are sent at most, where a policy says nothing else.
LARGEST_BODY = 256 * 1024
#: How it shows that the other side ended a connection that was kept, before it took the message.
_GONE = (ConnectionResetError, BrokenPipeError)

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
    #: Whether a set of messages goes over one connection. One that ends in between makes a message be
    #: sent again at once: so only to who knows it again by its name.
    keeps: bool = False
    #: Where a secret belongs that stands in the address.
    instead_of_login: str = ""
    #: What can be done about an address that is refused.
    cure: str = ""
    #: Bytes that are sent at most, and that are read of an answer.
    largest_body: int = LARGEST_BODY
    largest_answer: int = LARGEST_ANSWER


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
            connection = Pinned(parts, *self._addresses(parts), self.trust, watchdog)
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
        most = self.policy.largest_body
        if len(body) > most:
            raise PostRefused(f"the message is larger than {most} bytes")
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
        given = quote(location.encode("latin-1", "replace"), safe=AS_IT_IS)
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
        talks = here() if self.policy.keeps else None
        key = (id(self), parts.scheme, parts.hostname, parts.port)
        kept: Pinned | None = talks.take(key) if talks is not None else None
        target, follow = request_target(parts), self.policy.redirects > 0
        connection: Pinned | None = None
        try:
            if kept is not None and kept.again(watchdog):
                connection = kept
                with suppress(*_GONE):
                    return kept.post(target, headers, body, follow=follow, keep=True)
                if watchdog.barked():
                    raise TimeoutError
                # The other side had ended it, as it may between two messages.
                kept.close()
            connection = Pinned(
                parts, *self._addresses(parts), self.trust, watchdog, self.policy.largest_answer
            )
            return connection.post(target, headers, body, follow=follow, keep=talks is not None)
        except (OSError, http.client.HTTPException, ValueError) as error:
            if watchdog.barked():
                raise PostBroken(f"no answer within {self.policy.deadline:g} seconds") from error
            raise PostBroken(_plain(error)) from error
        finally:
            if talks is not None and connection is not None and connection.ready:
                talks.keep(key, connection)
            elif connection is not None:
                connection.close()
            if kept is not None and kept is not connection:
                kept.close()


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
