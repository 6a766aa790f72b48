"""E-mail: through an SMTP server, or as files for those who have none.

A failure says whether another attempt can help. No address ever gets into an error's text, since
errors are kept beside the delivery and written to the log.
"""

import contextlib
import re
import smtplib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Protocol

from casetrack.domain.people import mail_address
from casetrack.gateways.failure import DeliveryFailed
from casetrack.gateways.files import Outbox
from casetrack.gateways.mail import refusals
from casetrack.gateways.mail.smtp_url import (
    DEFAULT_SENDER,
    parse,
    require_sender,
    tls_context,
)
from casetrack.gateways.watchdog import Watchdog

#: Seconds to connect, and again for the whole talk with the server: together well below a lease.
TIMEOUT = 15.0

#: "Closing", whatever was asked (RFC 5321 section 3.8).
_CLOSING = 421
_MESSAGE_ID = re.compile(r"[A-Za-z0-9._+-]{1,120}(@[A-Za-z0-9.-]{1,120})?")


class Mailer(Protocol):
    """Whatever takes a mail. `send` returns once it has been taken, and raises DeliveryFailed."""

    def send(
        self, to: str, subject: str, text: str, message_id: str, sender: str | None = None
    ) -> None:
        """One mail to one address, under this name of who sends it.

        The same message id again means the same mail again.
        """

    def file(self, message_id: str) -> str | None:
        """The file that a mail lies in, from the data folder on; None where it is sent."""


class SmtpMailer:
    """Sends through the server of a URL like `smtp://user:password@host:587?starttls=1&from=…`.

    `smtps://` speaks TLS from the first byte (port 465), `starttls=1` insists on STARTTLS (port
    587), plain `smtp://` uses port 25. Certificates are checked against the system's authorities
    or the PEM file named by `ca`. Raises BadInput for a URL that cannot be taken.
    """

    def __init__(self, url: str, *, timeout: float = TIMEOUT) -> None:
        self._server = parse(url)
        self._timeout = timeout
        self._tls = tls_context(self._server)

    def __repr__(self) -> str:
        return f"SmtpMailer({self._server.host}:{self._server.port})"

    def send(
        self, to: str, subject: str, text: str, message_id: str, sender: str | None = None
    ) -> None:
        """Hand the mail to the server; returns once the server has taken it.

        Permanent: a recipient or a content refused with 5xx, or an address that is none. Everything
        else (4xx, connection, time, certificates, a wrong password, a relay that refuses us) may be
        mended meanwhile.
        """
        mail = _compose((sender, self._server.sender), to, subject, text, message_id)
        with self._talk() as connection:
            of_mail, of_recipient = _asked_for(connection, to, message_id)
            connection.sendmail(
                self._return_path(message_id), [to], mail.as_bytes(), of_mail, of_recipient
            )

    def reach(self) -> str:
        """Connect, log in where there is a login, and send nothing. Raises DeliveryFailed."""
        with self._talk() as connection:
            connection.noop()
        took = "took the login" if self._server.user else "answers"
        return (
            f"{self._server.host}:{self._server.port} {took}; mail comes from {self._server.sender}"
        )

    @contextlib.contextmanager
    def _talk(self) -> Iterator[smtplib.SMTP]:
        """A server that knows us; what goes wrong in the block is told as DeliveryFailed."""
        try:
            with self._connected() as connection, Watchdog(self._timeout) as watchdog:
                if connection.sock is not None:
                    watchdog.guard(connection.sock)
                self._introduce(connection)
                yield connection
        except smtplib.SMTPRecipientsRefused as refused:
            raise refusals.of_recipient(refused) from None
        except smtplib.SMTPDataError as refused:
            raise refusals.of_content(refused) from None
        except smtplib.SMTPResponseException as answer:
            raise refusals.of_talk(answer) from None
        except (smtplib.SMTPException, OSError) as trouble:
            # Their texts may quote what the server said, and that may quote the address.
            raise DeliveryFailed(
                f"no talk with the mail server ({type(trouble).__name__})", permanent=False
            ) from None

    def file(self, message_id: str) -> None:
        """Nowhere: it is sent."""

    def _return_path(self, message_id: str) -> str:
        """Where a bounce goes: an address that names the message, where the settings give one."""
        local, at, domain = self._server.bounces.rpartition("@")
        return f"{local}+{message_id.partition('@')[0]}{at}{domain}" if at else self._server.sender

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
        code, said = connection.ehlo()
        if code == _CLOSING:
            # smtplib would go on with HELO, to a server that has said that it goes.
            raise smtplib.SMTPHeloError(code, said)
        if self._server.starttls:
            connection.starttls(context=self._tls)
        if self._server.user is not None:
            connection.login(self._server.user, self._server.password)
        connection.ehlo_or_helo_if_needed()


class FileMailer:
    """Puts each mail into a folder as `<message id>.eml`, for places without a mail server."""

    def __init__(self, folder: Path, *, sender: str = DEFAULT_SENDER) -> None:
        self._outbox = Outbox(folder, ".eml")
        self._sender = sender

    def send(
        self, to: str, subject: str, text: str, message_id: str, sender: str | None = None
    ) -> None:
        """Write the file whole or not at all; the same message id overwrites its own file."""
        mail = _compose((sender, self._sender), to, subject, text, message_id)
        self._outbox.write(message_id, mail.as_bytes())

    def file(self, message_id: str) -> str:
        """In the mail folder."""
        return self._outbox.file(message_id)


def mailer(url: str | None, folder: Path) -> Mailer:
    """The mail server of the setting; without one, mails are files. Raises BadInput."""
    return mail_server(url) if url else FileMailer(folder)


def mail_server(url: str) -> SmtpMailer:
    """The mail server of the setting, which must say from whom mail comes. Raises BadInput."""
    made = SmtpMailer(url)
    require_sender(url)
    return made


def _compose(
    sender: tuple[str | None, str], to: str, subject: str, text: str, message_id: str
) -> EmailMessage:
    """The mail. Nothing that is passed in can add a header: line breaks are permanent failures."""
    name, address = sender
    if mail_address.fault(to) is not None:
        raise DeliveryFailed("the e-mail address is not one", permanent=True)
    if not _MESSAGE_ID.fullmatch(message_id):
        raise DeliveryFailed("the message id is not one", permanent=True)
    if not subject.isprintable():
        raise DeliveryFailed("the subject is not one printable line", permanent=True)
    mail = EmailMessage(policy=SMTP)
    mail["From"] = _named(name, address)
    mail["To"] = to
    mail["Subject"] = subject
    mail["Date"] = format_datetime(datetime.now(UTC))
    domain = address.rpartition("@")[2]
    mail["Message-ID"] = f"<{message_id}>" if "@" in message_id else f"<{message_id}@{domain}>"
    # RFC 3834: keeps answering machines and out-of-office notes quiet.
    mail["Auto-Submitted"] = "auto-generated"
    # Quoted-printable passes servers without 8BITMIME.
    mail.set_content(text, charset="utf-8", cte="quoted-printable")
    return mail


def _named(name: str | None, address: str) -> Address:
    """The address, under a name of one printable line where there is one."""
    told = " ".join("".join(m if m.isprintable() else " " for m in name or "").split())
    return Address(told, addr_spec=address)


def _asked_for(
    connection: smtplib.SMTP, to: str, message_id: str
) -> tuple[Sequence[str], Sequence[str]]:
    """What a server that knows notifications (RFC 3461) is asked for: options of MAIL and of RCPT.

    The envelope's id comes back even where the Message-ID was replaced and the headers were left out.
    """
    if not connection.has_extn("dsn"):
        return (), ()
    name = message_id.partition("@")[0]
    asked = ("NOTIFY=FAILURE", f"ORCPT=rfc822;{_xtext(to)}")
    return (f"ENVID={_xtext(name)}", "RET=HDRS"), asked


def _xtext(text: str) -> str:
    return re.sub(r"[^!-*,-<>-~]", lambda mark: f"+{ord(mark[0]):02X}", text)
