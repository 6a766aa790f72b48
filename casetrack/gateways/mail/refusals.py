"""What a mail server's refusal is about: this person, this mail, now, or us.

Whoever was refused for good was not told, whatever the class (5.7.x too): the next channel tells them.
Only where the server would take no mail of ours, another attempt may help once the operator has
mended it; so it is not for good, or one wrong setting would turn a whole region's mails into SMS.
"""

import re
import smtplib

from casetrack.gateways.failure import DeliveryFailed

#: Commands out of order, and authentication (RFC 4954): 503 where a server wants it first.
_US = (503, 530, 534, 535, 538)
#: 552 for a recipient is "too many now" (RFC 5321 section 4.5.3.1.10); for the mail it is its size.
_NOT_NOW = (552,)
_ENHANCED = re.compile(rb"\s*([245]\.[0-9]{1,3}\.[0-9]{1,3})(?![0-9.])")
#: RFC 4954, RFC 5248 and what Exchange says to who may not relay.
_US_ENHANCED = re.compile(rb"[45]\.7\.(0|3|8|9|10|11|12|13|14|5[0-9]|6[0-4])$")
#: About an address or its box (RFC 3463), also where the words hold "relay": a relay has lists of users.
_THEM_ENHANCED = re.compile(rb"[45]\.(1|2)\.[0-9]+$")
_US_WORDS = re.compile(
    rb"""relay(ing)?\b[^.;,]{0,30}\b(denied|prohibited|disallowed|refused|rejected|forbidden)
    | relay(ing)?\b[^.;,]{0,30}\bnot\s+(be\s+)?(permitted|allowed|authori[sz]ed|possible|supported)
    | (unable|not\s+(permitted|allowed|authori[sz]ed|able)|refus\w+|den\w+)\s+to\s+relay
    | (cannot|can't|won't|not|no|denied|refused)\s+(an?\s+)?(open\s+)?relay(ing)?\b
    | rcpthosts
    | (?<!un)authenticat\w*\s+(is\s+)?(required|needed|first)
    | not\s+(been\s+)?authenticated
    | (must|need\s+to|please)\s+(be\s+)?(authenticate|log\s?in)
    | need\s+(smtp\s+)?auth\b""",
    re.IGNORECASE | re.VERBOSE,
)


def of_recipient(refused: smtplib.SMTPRecipientsRefused) -> DeliveryFailed:
    """The only recipient was refused."""
    code, said = next(iter(refused.recipients.values()))
    us = is_about_us(code, said)
    return DeliveryFailed(
        f"the mail server refused {'us' if us else 'the recipient'} ({code})",
        permanent=code >= 500 and not us and code not in _NOT_NOW,
        refuses_us=us,
    )


def of_content(refused: smtplib.SMTPDataError) -> DeliveryFailed:
    """The mail was refused after the recipient was taken."""
    us = is_about_us(refused.smtp_code, _bytes(refused.smtp_error))
    return DeliveryFailed(
        f"the mail server refused {'us' if us else 'the content'} ({refused.smtp_code})",
        permanent=refused.smtp_code >= 500 and not us,
        refuses_us=us,
    )


def of_talk(answer: smtplib.SMTPResponseException) -> DeliveryFailed:
    """The server took neither us nor our sender: it has not seen the recipient yet."""
    return DeliveryFailed(
        f"the mail server answered {answer.smtp_code} ({type(answer).__name__})",
        permanent=False,
        refuses_us=answer.smtp_code >= 500,
    )


def is_about_us(code: int, said: bytes) -> bool:
    """Whether the server refuses who sends: its code says so, or its words."""
    found = _ENHANCED.match(said)
    if found is not None and _THEM_ENHANCED.match(found[1]):
        return False
    if code in _US:
        return True
    if found is not None and _US_ENHANCED.match(found[1]):
        return True
    return code >= 500 and _US_WORDS.search(said) is not None


def _bytes(said: bytes | str) -> bytes:
    return said if isinstance(said, bytes) else said.encode("ascii", "replace")
