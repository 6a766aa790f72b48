"""Who calls when proxies stand between: the address that the last trusted one saw.

An address that a caller wrote into the header themselves stands to the left of what a trusted proxy
added, and is never read.
"""

from collections.abc import Callable, Iterable, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Any

Network = IPv4Network | IPv6Network


def caller(connected: str, forwarded: str, trusted: Sequence[Network]) -> str:
    """The address behind the trusted proxies; `forwarded` is X-Forwarded-For, nearest hop last."""
    address = connected
    hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
    while hops and _within(address, trusted):
        hop = _bare(hops.pop())
        if hop is None:
            break  # "unknown", or nonsense: then the proxy itself is the caller
        address = hop
    return address


def _within(address: str, trusted: Sequence[Network]) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    found = getattr(found, "ipv4_mapped", None) or found
    return any(found in network for network in trusted if network.version == found.version)


def _bare(hop: str) -> str | None:
    """Some proxies add the port: 192.0.2.1:4711, [2001:db8::1]:4711."""
    text = hop.strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        return str(ip_address(text))
    except ValueError:
        return None


class BehindProxies:
    """Gives the application the address of who really calls, and whether they came over https."""

    def __init__(self, application: Callable[..., Any], trusted: Sequence[Network]) -> None:
        self._application = application
        self._trusted = trusted

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        connected = environ.get("REMOTE_ADDR") or ""
        forwarded = environ.get("HTTP_X_FORWARDED_FOR", "")
        environ["REMOTE_ADDR"] = caller(connected, forwarded, self._trusted)
        # The last word is that of the proxy that is connected.
        spoken = environ.get("HTTP_X_FORWARDED_PROTO", "").rpartition(",")[2].strip().lower()
        if spoken in ("http", "https") and _within(connected, self._trusted):
            environ["wsgi.url_scheme"] = spoken
        answer: Iterable[bytes] = self._application(environ, start_response)
        return answer
