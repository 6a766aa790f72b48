"""Who calls, behind proxies of our own: X-Forwarded-For is believed as far as trusted hands wrote it."""

from collections.abc import Callable, Iterable, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Any

WsgiApp = Callable[[dict[str, Any], Any], Iterable[bytes]]
Network = IPv4Network | IPv6Network


class Proxied:
    """Puts the caller's own address where the application looks for it."""

    def __init__(self, app: WsgiApp, trusted: Sequence[Network]) -> None:
        self._app, self._trusted = app, trusted

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """One request."""
        forwarded = environ.get("HTTP_X_FORWARDED_FOR", "")
        environ["REMOTE_ADDR"] = caller(environ.get("REMOTE_ADDR", ""), forwarded, self._trusted)
        return self._app(environ, start_response)


def caller(connected: str, forwarded: str, trusted: Sequence[Network]) -> str:
    """The last address that no trusted proxy has.

    Each proxy adds the address that connected to it on the right. What stands left of the first one
    that is not trusted, anybody may have written.
    """
    chain = forwarded.split(",")
    while chain and _is_in(connected, trusted):
        before = chain.pop().strip()
        if _parsed(before) is None:
            break
        connected = before
    return connected


def _is_in(address: str, networks: Sequence[Network]) -> bool:
    found = _parsed(address)
    return found is not None and any(found in network for network in networks)


def _parsed(address: str) -> Any:
    try:
        found = ip_address(address)
    except ValueError:
        return None
    # As a socket for both kinds of address names one of the older kind.
    return getattr(found, "ipv4_mapped", None) or found
