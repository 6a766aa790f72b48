"""Where mail is handed over: the settings of an SMTP server, from one URL."""

import ssl
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TypeGuard
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from casetrack.domain.delivery.outside_addresses import is_this_machine
from casetrack.domain.errors import BadInput
from casetrack.domain.people import mail_address
from casetrack.domain.service.notices import PARTIES

#: Of mail that is only a file.
DEFAULT_SENDER = "casetrack@localhost"
#: REGION.POSITION.ROLE.SEAL, with a position below a thousand million.
LONGEST_NAME = len("64.72.") + 9 + 1 + max(map(len, PARTIES)) + 1 + 16
_URL_SHAPE = "smtp://[user:password@]host[:port][?starttls=1&from=address&ca=file&bounces=address] or smtps://…"


@dataclass(frozen=True)
class Server:
    """What CASETRACK_SMTP_URL says. `bounces` is empty where mail comes back to the sender."""

    host: str
    port: int
    user: str | None
    password: str
    implicit_tls: bool
    starttls: bool
    sender: str
    ca: str | None
    bounces: str


def tls_context(server: Server) -> ssl.SSLContext | None:
    """What checks the server's certificate; None for a talk in the clear. Raises BadInput."""
    if not (server.implicit_tls or server.starttls):
        return None
    try:
        return ssl.create_default_context(cafile=server.ca)
    except OSError as trouble:
        raise _bad_url(f"the file {server.ca} holds no certificates ({trouble.strerror})") from None


def _bad_url(fault: str) -> BadInput:
    """The URL itself is not quoted: it may hold a password."""
    return BadInput(f"CASETRACK_SMTP_URL: {fault}; it looks like {_URL_SHAPE}")


def parse(url: str) -> Server:
    """The server of this URL. Raises BadInput, which never quotes it: it may hold a password."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _bad_url("host or port cannot be read") from None
    if parts.scheme not in ("smtp", "smtps"):
        raise _bad_url("it starts neither with smtp:// nor with smtps://")
    if not _is_host(parts.hostname) or parts.path not in ("", "/") or parts.fragment or port == 0:
        raise _bad_url("it is not a host, an optional port and options")
    options = _options(parts)
    server = Server(
        host=parts.hostname,
        port=port or _default_port(parts.scheme, options["starttls"]),
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password or ""),
        implicit_tls=parts.scheme == "smtps",
        starttls=options["starttls"] == "1",
        sender=options["from"],
        ca=options.get("ca"),
        bounces=options.get("bounces", ""),
    )
    _check_credentials(server)
    return server


def _is_host(host: str | None) -> TypeGuard[str]:
    """An address, or a name that a look-up does not trip over; the names of containers may have a _."""
    try:
        return bool(ip_address(host or ""))
    except ValueError:
        return host is not None and mail_address.is_domain(host.replace("_", "-"), one_word=True)


def require_sender(url: str) -> None:
    """Raises BadInput unless the URL says from whom mail comes.

    Mail from an invented address is thrown away somewhere on its way, and nobody hears of it.
    """
    if "from" not in dict(parse_qsl(urlsplit(url).query, keep_blank_values=True)):
        raise _bad_url("from is missing, the address that mail comes from: from=izin@kota.example")


def _options(parts: SplitResult) -> dict[str, str]:
    given = parse_qsl(parts.query, keep_blank_values=True)
    options = {"starttls": "0", "from": DEFAULT_SENDER, **dict(given)}
    unknown = sorted(set(options) - {"starttls", "from", "ca", "bounces"})
    if unknown:
        raise _bad_url(f"unknown option {unknown[0]}")
    if len({name for name, _ in given}) < len(given):
        raise _bad_url("an option is given twice")
    if options["starttls"] not in ("0", "1"):
        raise _bad_url("starttls is 1 or 0")
    if options["starttls"] == "1" and parts.scheme == "smtps":
        raise _bad_url("smtps:// is encrypted already, so leave starttls out")
    _check_addresses(options["from"], options.get("bounces"))
    return options


def _check_addresses(sender: str, bounces: str | None) -> None:
    for name, address in (("from", sender), ("bounces", bounces)):
        # A relay on this machine may know a domain of one word.
        if address is not None and mail_address.fault(address, one_word=True) is not None:
            raise _bad_url(f"{name} is not an e-mail address")
    if bounces is None:
        return
    local, _, domain = bounces.rpartition("@")
    if "+" in local:
        raise _bad_url("bounces is not an e-mail address without a + in it")
    most = min(mail_address.LOCAL, mail_address.WHOLE - len(domain) - 1)
    room = max(0, most - len("+") - LONGEST_NAME)
    if len(local) > room:
        raise _bad_url(
            f"bounces has {len(local)} characters before the @, and {room} leave room for the name of "
            "a message behind them"
        )


def _default_port(scheme: str, starttls: str) -> int:
    if scheme == "smtps":
        return 465
    return 587 if starttls == "1" else 25


def _check_credentials(server: Server) -> None:
    if server.password and server.user is None:
        raise _bad_url("there is a password but no user")
    if not f"{server.user}{server.password}".isascii():
        raise _bad_url("user and password must be ASCII, since logins know nothing else")
    encrypted = server.implicit_tls or server.starttls
    if server.user is not None and not encrypted and not is_this_machine(server.host):
        raise _bad_url("a password would travel in the clear: add starttls=1 or use smtps://")
