"""A plain mail as it goes over the wire, by hand: the email package costs more than all else of it.

It says the same as the package's own would (tests/unit/test_composing.py), and leaves to the package
what is not plain: heads with anything but ASCII in them, or too long for one line.
"""

import binascii
import re
from datetime import UTC, datetime
from email.headerregistry import Address
from email.policy import SMTP
from email.utils import format_datetime

from casetrack.domain.people import mail_address
from casetrack.gateways.failure import DeliveryFailed

_MESSAGE_ID = re.compile(r"[A-Za-z0-9._+-]{1,120}(@[A-Za-z0-9.-]{1,120})?")
#: A name that needs no quotes (RFC 5322 section 3.2.3), with blanks between its words.
_PLAIN_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+( [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
#: What means itself in a head of free text: no encoded word begins in it.
_PLAIN_TEXT = re.compile(r"(?!.*=\?)[!-~]+( [!-~]+)*")
_PLAIN_ADDRESS = re.compile(r"[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+")
#: Longer lines are folded, by the package.
_LINE = 76


def composed(
    sender: tuple[str | None, str], to: str, subject: str, text: str, message_id: str
) -> bytes:
    """The mail. Nothing that is passed in can add a header: line breaks are permanent failures.

    `sender` is a name, where there is one, and an address. Raises DeliveryFailed.
    """
    name, address = sender
    if mail_address.fault(to) is not None:
        raise DeliveryFailed("the e-mail address is not one", permanent=True)
    if not _MESSAGE_ID.fullmatch(message_id):
        raise DeliveryFailed("the message id is not one", permanent=True)
    if not subject.isprintable():
        raise DeliveryFailed("the subject is not one printable line", permanent=True)
    domain = address.rpartition("@")[2]
    named = message_id if "@" in message_id else f"{message_id}@{domain}"
    heads = (
        _from(name, address),
        _head("To", to, plain=_PLAIN_ADDRESS.fullmatch(to) is not None),
        _head("Subject", subject, plain=_PLAIN_TEXT.fullmatch(subject) is not None),
        _head("Date", format_datetime(datetime.now(UTC))),
        _head("Message-ID", f"<{named}>"),
        # RFC 3834: keeps answering machines and out-of-office notes quiet.
        _head("Auto-Submitted", "auto-generated"),
        _head("Content-Type", 'text/plain; charset="utf-8"'),
        # Passes servers without 8BITMIME.
        _head("Content-Transfer-Encoding", "quoted-printable"),
        _head("MIME-Version", "1.0"),
    )
    return "".join(heads).encode("ascii") + b"\r\n" + _body(text)


def _from(name: str | None, address: str) -> str:
    """The address, under a name of one printable line where there is one."""
    told = " ".join("".join(m if m.isprintable() else " " for m in name or "").split())
    if _PLAIN_ADDRESS.fullmatch(address) and _PLAIN_NAME.fullmatch(told or "-"):
        return _head("From", f"{told} <{address}>" if told else address)
    return _head("From", str(Address(told, addr_spec=address)), plain=False)


def _head(name: str, value: str, *, plain: bool = True) -> str:
    line = f"{name}: {value}\r\n"
    if plain and len(line) <= _LINE:
        return line
    return str(SMTP.header_factory(name, value).fold(policy=SMTP))


def _body(text: str) -> bytes:
    """Quoted-printable (RFC 2045 section 6.7), whose last line has an end, too."""
    whole = b"\r\n".join([*text.encode().splitlines(), b""]) or b"\r\n"
    return binascii.b2a_qp(whole, istext=True)
