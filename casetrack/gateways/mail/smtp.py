"""E-mail: through an SMTP server, or as files for those who have none.

A failure says whether another attempt can help. No address ever gets into an error's text, since
errors are kept beside the delivery and written to the log.
"""

import contextlib
import re
import smtplib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from casetrack.gateways.failure import DeliveryFailed
from casetrack.gateways.files import Outbox
from casetrack.gateways.mail import refusals
from casetrack.gateways.mail.composing import composed
from casetrack.gateways.mail.smtp_url import (
    DEFAULT_SENDER,
    parse,
    require_sender,
    tls_context,
)
from casetrack.gateways.talks import here
from casetrack.gateways.watchdog import Watchdog

#: Seconds to connect, and again for the whole talk with the server: together well below a lease.
TIMEOUT = 15.0
#: Seconds to forget a mail, or to take leave.
_SHORT = 5.0
_DONE = 250
#: "Closing", whatever was asked (RFC 5321 section 3.8).
_CLOSING = 421


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

        The mails of a set go over one connection. What the server does to that counts for the mail in
        hand alone, and not even for that while it has not begun.

        Permanent: a recipient or a content refused with 5xx, or an address that is none. Everything
        else (4xx, connection, time, certificates, a wrong password, a relay that refuses us) may be
        mended meanwhile.
        """
        mail = composed((sender, self._server.sender), to, subject, text, message_id)

        def hand_over(connection: smtplib.SMTP) -> None:
            of_mail, of_recipient = _asked_for(connection, to, message_id)
            connection.sendmail(self._return_path(message_id), [to], mail, of_mail, of_recipient)

        with _told_as_failures():
            if not self._handed_over(hand_over):
                self._use(self._connected(), hand_over, begin=self._introduce)

    def reach(self) -> str:
        """Connect, log in where there is a login, and send nothing. Raises DeliveryFailed."""
        with _told_as_failures():
            self._use(self._connected(), lambda talk: talk.noop(), begin=self._introduce)
        took = "took the login" if self._server.user else "answers"
        return (
            f"{self._server.host}:{self._server.port} {took}; mail comes from {self._server.sender}"
        )

    def _handed_over(self, hand_over: Callable[[smtplib.SMTP], object]) -> bool:
        """Whether the connection of this set, if there is one, took the mail."""
        kept = self._kept()
        if kept is None:
            return False
        try:
            self._use(kept, hand_over)
        except smtplib.SMTPSenderRefused:
            # Not that mail: perhaps it takes no more of them on one connection.
            return False
        return True

    def _use(
        self,
        connection: smtplib.SMTP,
        do: Callable[[smtplib.SMTP], object],
        begin: Callable[[smtplib.SMTP], object] = lambda _: None,
    ) -> None:
        """Do this with a server; afterwards it is kept for the next mail of a set, or let go."""
        polite = False
        try:
            with Watchdog(self._timeout) as watchdog:
                if connection.sock is not None:
                    watchdog.guard(connection.sock)
                begin(connection)
                do(connection)
                polite = True
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError):
            # This mail alone was refused, and smtplib has put it out of the server's mind.
            polite = connection.sock is not None
            raise
        finally:
            talks = here()
            line = _Line(connection)
            if not polite:
                connection.close()
            elif talks is None:
                line.close()
            else:
                talks.keep(self, line)

    def _kept(self) -> smtplib.SMTP | None:
        """The connection of this set, if there is one on which the server still answers."""
        talks = here()
        line: _Line | None = talks.take(self) if talks is not None else None
        if line is None or line.answers():
            return line.connection if line is not None else None
        line.connection.close()
        return None

    def file(self, message_id: str) -> None:
        """Nowhere: it is sent."""

    def _return_path(self, message_id: str) -> str:
        """Where a bounce goes: an address that names the message, where the settings give one."""
        local, at, domain = self._server.bounces.rpartition("@")
        return f"{local}+{message_id.partition('@')[0]}{at}{domain}" if at else self._server.sender

    def _connected(self) -> smtplib.SMTP:
        server = self._server
        # Without a name of its own smtplib asks DNS for one, which can take longer than the mail.
        name = server.sender.rpartition("@")[2]
        if server.implicit_tls:
            return smtplib.SMTP_SSL(
                server.host, server.port, name, timeout=self._timeout, context=self._tls
            )
        return smtplib.SMTP(server.host, server.port, name, timeout=self._timeout)

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


@dataclass(frozen=True, slots=True)
class _Line:
    """A connection to a server that knows us."""

    connection: smtplib.SMTP

    def answers(self) -> bool:
        """Whether the server is still there, and has forgotten the mail before."""
        with contextlib.suppress(smtplib.SMTPException, OSError), self._bounded():
            return self.connection.rset()[0] == _DONE
        return False

    def close(self) -> None:
        """Take leave. The mail is taken by now: a server that bungles the farewell changes nothing."""
        with contextlib.suppress(smtplib.SMTPException, OSError), self._bounded():
            self.connection.quit()
        self.connection.close()

    @contextlib.contextmanager
    def _bounded(self) -> Iterator[None]:
        with Watchdog(_SHORT) as watchdog:
            if self.connection.sock is not None:
                watchdog.guard(self.connection.sock)
            yield


@contextlib.contextmanager
def _told_as_failures() -> Iterator[None]:
    """What goes wrong with a server is told as DeliveryFailed."""
    try:
        yield
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


class FileMailer:
    """Puts each mail into a folder as `<message id>.eml`, for places without a mail server."""

    def __init__(self, folder: Path, *, sender: str = DEFAULT_SENDER) -> None:
        self._outbox = Outbox(folder, ".eml")
        self._sender = sender

    def send(
        self, to: str, subject: str, text: str, message_id: str, sender: str | None = None
    ) -> None:
        """Write the file whole or not at all; the same message id overwrites its own file."""
        mail = composed((sender, self._sender), to, subject, text, message_id)
        self._outbox.write(message_id, mail)

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
