"""Where a POST may go: a pure rule over an address that was resolved, and the operator's list.

And what an address in a setting may look like.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from urllib.parse import urlsplit

from casetrack.domain.errors import BadInput

#: In place of a gateway's address: messages as files, or the channel is not there.
FILES, NONE = "files", "none"

#: Where web servers listen. Anything else may be a service that is no web server at all.
WEB_PORTS = (443, 80)
_PORT = re.compile(r":[0-9]{1,5}")

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

#: IPv6 that carries an IPv4 address inside: 6to4 (RFC 3056), Teredo (RFC 4380), NAT64 (RFC 6052,
#: RFC 8215), IPv4-compatible (RFC 4291), and what is not yet given out as global unicast.
_TUNNELS = tuple(
    ip_network(text)
    for text in ("2002::/16", "2001::/23", "64:ff9b::/96", "64:ff9b:1::/48", "::/96")
)
_GLOBAL_UNICAST = ip_network("2000::/3")
#: Documentation, benchmarking and 6to4 relays, whatever this Python's own table says of them.
_NOT_FOR_USE = tuple(
    ip_network(text)
    for text in (
        "192.0.0.0/24",
        "192.88.99.0/24",
        "198.18.0.0/15",
        "100.64.0.0/10",
        "2001:db8::/32",
        "3fff::/20",
    )
)


@dataclass(frozen=True, slots=True)
class Allowed:
    """Networks and host names that the operator vouches for, at any port; and ports of all others."""

    networks: tuple[Network, ...] = ()
    hosts: frozenset[str] = frozenset()
    ports: frozenset[int] = frozenset()

    @classmethod
    def parse(cls, text: str) -> "Allowed":
        """CASETRACK_WEBHOOK_ALLOW, parted by commas. Raises BadInput naming the part that is none."""
        networks, hosts, ports = [], set(), set()
        for part in filter(None, (part.strip() for part in text.split(","))):
            if _PORT.fullmatch(part) and 0 < int(part[1:]) < 65536:
                ports.add(int(part[1:]))
                continue
            try:
                networks.append(ip_network(part))
            except ValueError:
                if not _is_host(part):
                    raise BadInput(
                        f"CASETRACK_WEBHOOK_ALLOW: {part!r} is neither a network such as "
                        "10.1.0.0/16 nor a host name nor a port such as :8443."
                    ) from None
                hosts.add(part.lower())
        return cls(tuple(networks), frozenset(hosts), frozenset(ports))


#: For an address that the operator has set: they vouch for it, wherever it is.
ANYWHERE = Allowed((ip_network("0.0.0.0/0"), ip_network("::/0")))


def is_this_machine(host: str) -> bool:
    """Whether this name of a host can only mean the machine itself."""
    return host in ("localhost", "127.0.0.1", "::1")


def _is_host(text: str) -> bool:
    labels = text.rstrip(".").split(".")
    # Digits alone are an address that is misspelt (10.0.0.1/33, 10.0.0), not a name.
    return not labels[-1].isdigit() and all(
        0 < len(label) < 64 and label.replace("-", "").replace("_", "").isalnum()
        for label in labels
    )


def refusal(
    scheme: str, host: str, address: str, allowed: Allowed, port: int | None = None
) -> str | None:
    """Why nothing may be sent to this address and port of this host; None when it may.

    https goes to the public internet, to the ports of the web. The operator's list alone opens other
    addresses and ports. Plain http goes to this machine itself only, and only where the list has it.
    The words do not tell the address: who names hosts must not learn what the names inside lead to.
    """
    # A zone (fe80::1%eth0) is this machine's own business.
    ip = unmapped(ip_address(address.partition("%")[0]))
    vouched = host.lower().rstrip(".") in allowed.hosts or _in(ip, allowed.networks)
    if not vouched and not _public(ip):
        return "the host is not on the public internet"
    if not vouched and port not in (None, *WEB_PORTS, *allowed.ports):
        return f"the port {port} is not one of the web (443, 80)"
    if scheme == "https" or (scheme == "http" and vouched and ip.is_loopback):
        return None
    return "only https may leave this machine"


def unmapped(ip: Address) -> Address:
    """The IPv4 address that an IPv4-mapped one is (::ffff:10.0.0.1)."""
    return (isinstance(ip, IPv6Address) and ip.ipv4_mapped) or ip


def _in(ip: Address, networks: Iterable[Network]) -> bool:
    return any(ip in network for network in networks)


def _public(ip: Address) -> bool:
    if isinstance(ip, IPv6Address) and (ip not in _GLOBAL_UNICAST or _in(ip, _TUNNELS)):
        return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved and not _in(ip, _NOT_FOR_USE)


#: One server or several, with ports, or none: a socket's folder may stand in the options.
_SERVER = re.compile(
    r"[A-Za-z0-9._-]*(:[0-9]*)?(,[A-Za-z0-9._-]+(:[0-9]*)?)*"
    r"|\[[0-9A-Fa-f:.]+\](:[0-9]*)?(,\[[0-9A-Fa-f:.]+\](:[0-9]*)?)*"
)
#: Options of mail that hold an address.
_ADDRESSES = ("from", "bounces")
#: What leads to no server.
_NO_SERVER = ("sqlite", "memory")


def check_scheme(name: str, url: str, schemes: tuple[str, ...]) -> None:
    """Raises BadInput for a setting whose address begins otherwise."""
    scheme, separated, _ = url.partition("://")
    if not separated or scheme.partition("+")[0] not in schemes:
        # How it begins is not shown: who mistook the setting may have put a password there.
        raise BadInput(f"{name}: it must begin with {' or '.join(f'{s}://' for s in schemes)}.")


def check_server(name: str, url: str) -> None:
    """Raises BadInput for a user or password with a character that would end it too early.

    The rest of the password would be taken for a host, and be printed as one.
    """
    if url.startswith(_NO_SERVER):
        return
    try:
        parts = urlsplit(url)
        login, _, server = parts.netloc.rpartition("@")
        # Several servers of PostgreSQL have ports that urlsplit does not read.
        _ = parts.port if "," not in server else None
        options = (piece.partition("=") for piece in parts.query.split("&"))
        query = [option + ("" if option in _ADDRESSES else value) for option, _, value in options]
        sound = bool(_SERVER.fullmatch(server)) and "#" not in url
        sound = sound and not any("@" in part for part in (login, parts.path, *query))
    except ValueError:
        sound = False
    if not sound:
        raise BadInput(
            f"{name}: host and port cannot be read; if user or password hold one of @ : / ? # [ ] %, "
            "write it percent-encoded, @ as %40 and # as %23."
        )


def place(url: str) -> str:
    """Where a setting leads, for a person or a log line: without login and options."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
