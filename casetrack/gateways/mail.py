"""E-mail: through an SMTP server, or as files for those who have none.

A failure says whether another attempt can help. No address ever gets into an error's text, since
errors are kept beside the delivery and written to the log.
"""

import contextlib
import os
import re
import smtplib
import socket
import ssl
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from casetrack.domain.errors import BadInput

#: Seconds to connect, and again for the whole talk with the server: together well below a lease.
TIMEOUT = 15.0
DEFAULT_SENDER = "casetrack@localhost"

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,255}")
_MESSAGE_ID = re.compile(r"[A-Za-z0-9._+-]{1,120}(@[A-Za-z0-9.-]{1,120})?")
#: Refusals of a recipient that are about something else: 530 "authentication required" (RFC 4954)
#: is a setting, 552 at this point means "not now" (RFC 5321 section 4.5.3.1.10).
_NOT_ABOUT_THE_RECIPIENT = (530, 552)
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_URL_SHAPE = "smtp://[user:password@]host[:port][?starttls=1&from=address&ca=file] or smtps://…"


class DeliveryFailed(Exception):
    """A message did not leave. `permanent` says that another attempt cannot help."""

    def __init__(self, detail: str, *, permanent: bool) -> None:
        super().__init__(detail)
        self.permanent = permanent


class Mailer(Protocol):
    """Whatever takes a mail. `send` returns once it has been taken, and raises DeliveryFailed."""

    def send(self, to: str, subject: str, text: str, message_id: str) -> None:
        """One mail to one address; the same message id again means the same mail again."""


@dataclass(frozen=True)
class _Server:
    host: str
    port: int
    user: str | None
    password: str
    implicit_tls: bool
    starttls: bool
    sender: str
    ca: str | None


class SmtpMailer:
    """Sends through the server of a URL like `smtp://user:password@host:587?starttls=1&from=…`.

    `smtps://` speaks TLS from the first byte (port 465), `starttls=1` insists on STARTTLS (port
    587), plain `smtp://` uses port 25. Certificates are checked against the system's authorities
    or the PEM file named by `ca`. Raises BadInput for a URL that cannot be taken.
    """

    def __init__(self, url: str, *, timeout: float = TIMEOUT) -> None:
        self._server = _parse(url)
        self._timeout = timeout
        self._tls = _tls_context(self._server)

    def __repr__(self) -> str:
        return f"SmtpMailer({self._server.host}:{self._server.port})"

    def send(self, to: str, subject: str, text: str, message_id: str) -> None:
        """Hand the mail to the server; returns once the server has taken it.

        Permanent: a recipient or a content refused with 5xx, or an address that is none. Everything
        else (4xx, connection, time, certificates, a wrong password) may be mended meanwhile.
        """
        mail = _compose(self._server.sender, to, subject, text, message_id)
        try:
            with self._connected() as connection, _bounded(connection, self._timeout):
                self._introduce(connection)
                connection.sendmail(self._server.sender, [to], mail.as_bytes())
        except smtplib.SMTPRecipientsRefused as refused:
            raise _recipient_refused(refused) from None
        except smtplib.SMTPDataError as refused:
            raise DeliveryFailed(
                f"the mail server refused the content ({refused.smtp_code})",
                permanent=refused.smtp_code >= 500,
            ) from None
        except smtplib.SMTPResponseException as answer:
            raise DeliveryFailed(
                f"the mail server answered {answer.smtp_code} ({type(answer).__name__})",
                permanent=False,
            ) from None
        except (smtplib.SMTPException, OSError) as trouble:
            # Their texts may quote what the server said, and that may quote the address.
            raise DeliveryFailed(
                f"no talk with the mail server ({type(trouble).__name__})", permanent=False
            ) from None

    @contextlib.contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        server = self._server
        # Without a name of its own smtplib asks DNS for one, which can take longer than the mail.
        name = server.sender.rpartition("@")[2]
        connection = (
            smtplib.SMTP_SSL(
                server.host, server.port, name, timeout=self._timeout, context=self._tls
            )
            if server.implicit_tls
            else smtplib.SMTP(server.host, server.port, name, timeout=self._timeout)
        )
        try:
            yield connection
            # The mail is taken by now: a server that bungles the farewell must not make it twice.
            with contextlib.suppress(smtplib.SMTPException, OSError):
                connection.quit()
        finally:
            connection.close()

    def _introduce(self, connection: smtplib.SMTP) -> None:
        if self._server.starttls:
            connection.starttls(context=self._tls)
        if self._server.user is not None:
            connection.login(self._server.user, self._server.password)


class FileMailer:
    """Puts each mail into a folder as `<message id>.eml`, for places without a mail server."""

    def __init__(self, folder: Path, *, sender: str = DEFAULT_SENDER) -> None:
        self._folder = folder
        self._sender = sender
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as trouble:
            raise BadInput(
                f"mail folder {folder}: cannot be made ({trouble.strerror}); "
                "choose a data folder that can be written to, or set CASETRACK_SMTP_URL"
            ) from trouble

    def send(self, to: str, subject: str, text: str, message_id: str) -> None:
        """Write the file whole or not at all; the same message id overwrites its own file."""
        mail = _compose(self._sender, to, subject, text, message_id)
        try:
            self._write(f"{message_id}.eml", mail.as_bytes())
        except OSError as trouble:
            raise DeliveryFailed(
                f"the mail could not be written ({trouble.strerror})", permanent=False
            ) from None

    def _write(self, name: str, content: bytes) -> None:
        # mkstemp makes it readable by its owner only: the file holds an address.
        handle, temporary = tempfile.mkstemp(dir=self._folder, prefix=".", suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(self._folder / name)
        except OSError:
            Path(temporary).unlink(missing_ok=True)
            raise


def _compose(sender: str, to: str, subject: str, text: str, message_id: str) -> EmailMessage:
    """The mail. Nothing that is passed in can add a header: line breaks are permanent failures."""
    if not _ADDRESS.fullmatch(to):
        raise DeliveryFailed("the e-mail address is not one", permanent=True)
    if not _MESSAGE_ID.fullmatch(message_id):
        raise DeliveryFailed("the message id is not one", permanent=True)
    if not subject.isprintable():
        raise DeliveryFailed("the subject is not one printable line", permanent=True)
    mail = EmailMessage(policy=SMTP)
    mail["From"] = sender
    mail["To"] = to
    mail["Subject"] = subject
    mail["Date"] = format_datetime(datetime.now(UTC))
    domain = sender.rpartition("@")[2]
    mail["Message-ID"] = f"<{message_id}>" if "@" in message_id else f"<{message_id}@{domain}>"
    # RFC 3834: keeps answering machines and out-of-office notes quiet.
    mail["Auto-Submitted"] = "auto-generated"
    # Quoted-printable passes servers without 8BITMIME.
    mail.set_content(text, charset="utf-8", cte="quoted-printable")
    return mail


def _recipient_refused(refused: smtplib.SMTPRecipientsRefused) -> DeliveryFailed:
    code = next(code for code, _ in refused.recipients.values())
    return DeliveryFailed(
        f"the mail server refused the recipient ({code})",
        permanent=code >= 500 and code not in _NOT_ABOUT_THE_RECIPIENT,
    )


@contextlib.contextmanager
def _bounded(connection: smtplib.SMTP, seconds: float) -> Iterator[None]:
    """End the whole talk after so long: the socket's own limit starts anew with every byte."""
    watchdog = threading.Timer(seconds, _cut, [connection])
    watchdog.daemon = True
    watchdog.start()
    try:
        yield
    finally:
        watchdog.cancel()


def _cut(connection: smtplib.SMTP) -> None:
    if connection.sock is not None:
        # The plain shutdown, on a TLS socket too: its own would turn the talk into clear text.
        with contextlib.suppress(OSError):
            socket.socket.shutdown(connection.sock, socket.SHUT_RDWR)


def _tls_context(server: _Server) -> ssl.SSLContext | None:
    if not (server.implicit_tls or server.starttls):
        return None
    try:
        return ssl.create_default_context(cafile=server.ca)
    except OSError as trouble:
        raise _bad_url(f"the file {server.ca} holds no certificates ({trouble.strerror})") from None


def _bad_url(fault: str) -> BadInput:
    """The URL itself is not quoted: it may hold a password."""
    return BadInput(f"CASETRACK_SMTP_URL: {fault}; it looks like {_URL_SHAPE}")


def _parse(url: str) -> _Server:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _bad_url("host or port cannot be read") from None
    if parts.scheme not in ("smtp", "smtps"):
        raise _bad_url("it starts neither with smtp:// nor with smtps://")
    if not parts.hostname or parts.path not in ("", "/") or parts.fragment or port == 0:
        raise _bad_url("it is not a host, an optional port and options")
    options = _options(parts)
    server = _Server(
        host=parts.hostname,
        port=port or _default_port(parts.scheme, options["starttls"]),
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password or ""),
        implicit_tls=parts.scheme == "smtps",
        starttls=options["starttls"] == "1",
        sender=options["from"],
        ca=options.get("ca"),
    )
    _check_credentials(server)
    return server


def _options(parts: SplitResult) -> dict[str, str]:
    given = parse_qsl(parts.query, keep_blank_values=True)
    options = {"starttls": "0", "from": DEFAULT_SENDER, **dict(given)}
    unknown = sorted(set(options) - {"starttls", "from", "ca"})
    if unknown:
        raise _bad_url(f"unknown option {unknown[0]}")
    if len({name for name, _ in given}) < len(given):
        raise _bad_url("an option is given twice")
    if options["starttls"] not in ("0", "1"):
        raise _bad_url("starttls is 1 or 0")
    if options["starttls"] == "1" and parts.scheme == "smtps":
        raise _bad_url("smtps:// is encrypted already, so leave starttls out")
    if not _ADDRESS.fullmatch(options["from"]):
        raise _bad_url("from is not an e-mail address")
    return options


def _default_port(scheme: str, starttls: str) -> int:
    if scheme == "smtps":
        return 465
    return 587 if starttls == "1" else 25


def _check_credentials(server: _Server) -> None:
    if server.password and server.user is None:
        raise _bad_url("there is a password but no user")
    encrypted = server.implicit_tls or server.starttls
    if server.user is not None and not encrypted and server.host not in _LOOPBACK:
        raise _bad_url("a password would travel in the clear: add starttls=1 or use smtps://")
