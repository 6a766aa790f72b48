"""Mail that came back: which of our messages it was, and whether the person has been given up.

A notification has a status part (RFC 3464; RFC 6533 where addresses are in any script), usually in a
`multipart/report` (RFC 6522), and servers send it in other wrappings too. Which message it is about
stands in the returned headers, in the envelope's id, or in the address that it came to, where the mail
server was given one of its own for each message (`bounces` in CASETRACK_SMTP_URL). Whether that name is
genuine is not decided here: it ends in a seal that only we can make.
"""

import mailbox
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser
from itertools import islice
from pathlib import Path
from typing import Protocol

from casetrack.domain.errors import BadInput
from casetrack.gateways.mail import status_part

#: A notification with the whole mail in it is a few kilobytes; more is no notification.
MAX_BYTES = 1024 * 1024
#: Parts that are looked at, and names of messages that are taken; ours have three, and one.
_MAX_PARTS, _MAX_NAMES = 50, 20
#: REGION.POSITION.ROLE.SEAL, as the messages are named.
NAME = re.compile(r"([0-9]{2}(?:\.[0-9]{2})?)\.([1-9][0-9]{0,15})\.([a-z]{1,16})\.([0-9a-f]{16})")
#: Some servers write an address that they answer in capitals.
_ANY_CASE = re.compile(rf"(?<![0-9.]){NAME.pattern}(?![0-9a-z])", re.IGNORECASE)
_ARRIVED_AT = (
    *("To", "Delivered-To", "X-Delivered-To", "X-Original-To"),
    *("Envelope-To", "X-Envelope-To", "X-RCPT-TO", "Apparently-To"),
)
_STATUS_PARTS = ("message/delivery-status", "message/global-delivery-status")
_RETURNED = (
    *("message/rfc822", "message/global", "message/news"),
    *("text/rfc822-headers", "message/rfc822-headers", "message/global-headers"),
)
#: A report of another kind (RFC 8098, RFC 5965), whatever parts it carries.
_OTHER_REPORTS = ("disposition-notification", "feedback-report")


@dataclass(frozen=True, slots=True)
class Bounce:
    """A message of ours that reached nobody, as the notification says, and the status it gives."""

    region: str
    position: int
    role: str
    seal: str
    status: str


@dataclass(frozen=True, slots=True)
class Ignored:
    """Mail that changes nothing, and why: a code, since mail may hold anything."""

    why: str


class _Part(Message):
    """A part whose own parts are looked into only where it is a multipart.

    The parser opens every `message/…`, and that only where it is not encoded; left closed, all of them
    are read alike, and a notification that somebody forwards is no notification.
    """

    @property
    def kind(self) -> str:
        """Its type, as it says."""
        return super().get_content_type()

    def get_content_type(self) -> str:
        """What the parser is told."""
        kind = self.kind
        return "application/octet-stream" if kind.startswith("message/") else kind

    def text(self) -> str:
        """What is in it, decoded; nothing for a multipart."""
        raw = self.get_payload(decode=True)
        return raw.decode("utf-8", "replace") if isinstance(raw, bytes) else ""


def read(raw: bytes) -> list[Bounce] | Ignored:
    """Which messages this mail says reached nobody. Never raises for what is in it."""
    if len(raw) > MAX_BYTES:
        return Ignored("too_large")
    try:
        mail = _parsed(raw)
        return _read(mail)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        # The parser trips over some of what anybody may send.
        return Ignored("unreadable")


def _parsed(raw: bytes) -> _Part:
    return BytesParser(_Part).parsebytes(raw)


def _read(mail: _Part) -> list[Bounce] | Ignored:
    if str(mail.get_param("report-type")).strip().lower() in _OTHER_REPORTS:
        return Ignored("no_status_notification")
    parts = list(islice(mail.walk(), _MAX_PARTS))
    told = [part.text() for part in parts if part.kind in _STATUS_PARTS]
    if not told:
        return Ignored("no_status_notification")
    groups = [group for text in told for group in status_part.groups(text)]
    failed = [status for group in groups if (status := status_part.failure(group)) is not None]
    if not failed:
        return Ignored("not_for_good")
    names = {
        tuple(part.lower() for part in name.groups())
        for place in _places(mail, parts, groups)
        for name in _ANY_CASE.finditer(place)
    }
    if not names:
        return Ignored("no_message_of_ours")
    return [
        Bounce(region, int(position), role, seal, failed[0])
        for region, position, role, seal in sorted(names)[:_MAX_NAMES]
    ]


def _places(mail: Message, parts: list[_Part], groups: list[status_part.Group]) -> Iterator[str]:
    """Where a name of a message of ours may stand. What it answers to (References) is no such place."""
    for header in _ARRIVED_AT:
        yield from map(str, mail.get_all(header, []))
    for group in groups:
        yield from status_part.names_of_mail(group)
    for part in parts:
        if part.kind in _RETURNED:
            yield from _named_in(_parsed(part.text().encode()))


def _named_in(returned: Message) -> Iterator[str]:
    """Relays that give a mail another Message-ID keep ours under a name like it."""
    for field, said in returned.items():
        if field.lower().endswith("message-id") or field.lower() == "return-path":
            yield str(said)


def mails(source: Path) -> Iterator[bytes]:
    """Every mail of a Maildir, of an mbox, or of a file with one mail. Raises BadInput."""
    if source.is_dir():
        yield from _maildir(source)
        return
    try:
        with source.open("rb") as file:
            if file.read(5) != b"From ":
                file.seek(0)
                yield one(file)
                return
        box = mailbox.mbox(source, create=False)
    except (OSError, mailbox.Error) as error:
        raise BadInput(f"cannot read {source}: {getattr(error, 'strerror', None)}") from error
    try:
        for key in box.iterkeys():
            yield _bounded(box, key)
    finally:
        box.close()


def _maildir(folder: Path) -> Iterator[bytes]:
    if not (folder / "new").is_dir() or not (folder / "cur").is_dir():
        raise BadInput(f"{folder} is no Maildir: it has no folders new and cur")
    box = mailbox.Maildir(folder, create=False)
    for key in box.iterkeys():
        yield _bounded(box, key)


def _bounded(box: mailbox.mbox | mailbox.Maildir, key: str) -> bytes:
    with box.get_file(key) as file:
        return one(file)


class Readable(Protocol):
    """Anything with bytes in it."""

    def read(self, size: int, /) -> bytes:
        """At most so many."""


def one(file: Readable) -> bytes:
    """One mail, and a byte more than may be, so that one that is too large is seen to be."""
    return file.read(MAX_BYTES + 1)
