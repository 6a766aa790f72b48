"""Mail that came back: which of our messages it was, and whether it came back for good.

A delivery status notification is `multipart/report; report-type=delivery-status` (RFC 3464, RFC 6522).
Which message it is about stands in the returned headers (Message-ID), or in the address that it came
to, where the mail server was given one of its own for each message (`bounces` in CASETRACK_SMTP_URL).
Whether that name is genuine is not decided here: it ends in a seal that only we can make.
"""

import mailbox
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message
from itertools import islice
from pathlib import Path
from typing import Protocol, TypeGuard

from casetrack.domain.errors import BadInput

#: A notification with the whole mail in it is a few kilobytes; more is no notification.
MAX_BYTES = 1024 * 1024
#: Parts that are looked at; ours have three.
_MAX_PARTS = 50
#: REGION.POSITION.ROLE.SEAL, as the messages are named.
NAME = re.compile(r"([0-9]{2}(?:\.[0-9]{2})?)\.([1-9][0-9]{0,15})\.([a-z]{1,16})\.([0-9a-f]{16})")
#: RFC 3463: class 5 is for good; x.7.x is about policy and trust, so it is about us or about now.
_STATUS = re.compile(r"5\.(?!7\.)[0-9]{1,3}\.[0-9]{1,3}")
_ARRIVED_AT = ("To", "Delivered-To", "X-Original-To", "Envelope-To")


@dataclass(frozen=True, slots=True)
class Bounce:
    """A message of ours that came back for good, as the notification says."""

    region: str
    position: int
    role: str
    seal: str
    status: str


@dataclass(frozen=True, slots=True)
class Ignored:
    """Mail that changes nothing, and why: a code, since mail may hold anything."""

    why: str


def read(raw: bytes) -> list[Bounce] | Ignored:
    """What this mail says came back for good. Never raises for what is in it."""
    if len(raw) > MAX_BYTES:
        return Ignored("too_large")
    try:
        mail = message_from_bytes(raw, policy=policy.compat32)
        return _read(mail)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        # The parser trips over some of what anybody may send.
        return Ignored("unreadable")


def _read(mail: Message) -> list[Bounce] | Ignored:
    report = mail.get_param("report-type")
    if mail.get_content_type() != "multipart/report" or str(report).lower() != "delivery-status":
        return Ignored("no_status_notification")
    status = _hard_status(mail)
    if status is None:
        return Ignored("not_for_good")
    names = {name.groups() for name in _names(mail)}
    if not names:
        return Ignored("no_message_of_ours")
    return [
        Bounce(region, int(position), role, seal, status)
        for region, position, role, seal in sorted(names)
    ]


def _hard_status(mail: Message) -> str | None:
    """The status of a notification in which every recipient failed for good, else None.

    Our mails go to one address each, so a group that says otherwise is about another mail.
    """
    statuses = []
    for part in islice(mail.walk(), _MAX_PARTS):
        if part.get_content_type() != "message/delivery-status":
            continue
        # The first group is about the mail as a whole, each other one about a recipient.
        for group in _inside(part)[1:]:
            found = _STATUS.match(str(group.get("Status", "")).strip())
            if str(group.get("Action", "")).strip().lower() != "failed" or found is None:
                return None
            statuses.append(found.group())
    return statuses[0] if statuses else None


def _inside(part: Message) -> list[Message]:
    """The parts of a part; none for one that is a text."""
    payload = part.get_payload()
    return [each for each in payload if isinstance(each, Message)] if _is_list(payload) else []


def _is_list(payload: object) -> TypeGuard[list[object]]:
    return isinstance(payload, list)


def _names(mail: Message) -> Iterator[re.Match[str]]:
    """The names of our messages in it, from whichever place has one."""
    for header in _ARRIVED_AT:
        for value in mail.get_all(header, []):
            yield from NAME.finditer(str(value))
    for part in _inside(mail):
        returned = _returned(part)
        if returned is not None:
            yield from NAME.finditer(str(returned.get("Message-ID", "")))


def _returned(part: Message) -> Message | None:
    """The mail that came back, or its headers."""
    if part.get_content_type() == "text/rfc822-headers":
        raw = part.get_payload(decode=True)
        return message_from_bytes(raw) if isinstance(raw, bytes) else None
    if part.get_content_type() == "message/rfc822":
        return next(iter(_inside(part)), None)
    return None


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
