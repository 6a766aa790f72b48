"""What WhatsApp says later of a message: whether it is genuine, and which of ours did not arrive.

The Cloud API calls a webhook with the statuses sent, delivered, read and failed, as often as it likes and
in any order; `biz_opaque_callback_data` is the name that we gave the message. Only failures are read:
who has read what when is nobody's business here, and neither is what people answer.
"""

import hashlib
import hmac
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from casetrack.gateways.mail.bounces import NAME

#: The provider's calls are at most so large.
MAX_BYTES = 3 * 1024 * 1024
_SIGNATURE = re.compile(rb"sha256=([0-9a-f]{64})")
_CHALLENGE = re.compile(r"[!-~]{1,256}")
#: Statuses in which nothing is wrong.
_WELL = ("sent", "delivered", "read")


@dataclass(frozen=True, slots=True)
class Report:
    """A message of ours that did not arrive, the provider's code for why, and when it said so."""

    region: str
    position: int
    role: str
    seal: str
    code: int
    at: datetime


@dataclass(slots=True)
class Told:
    """What one call says: failures of messages of ours, and how many statuses change nothing, by why."""

    failed: list[Report] = field(default_factory=list)
    ignored: Counter[str] = field(default_factory=Counter)


def is_genuine(secret: str, raw: bytes, header: str | None) -> bool:
    """Whether the header signs these bytes by the secret of our app: HMAC-SHA256, in constant time."""
    given = _SIGNATURE.fullmatch((header or "").encode("utf-8", "replace"))
    ours = hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
    return given is not None and hmac.compare_digest(given[1], ours.encode())


def challenge(token: str, asked: Mapping[str, str]) -> str | None:
    """What to answer to who sets up the webhook; None for somebody who does not know the token."""
    given = asked.get("hub.verify_token", "").encode("utf-8", "replace")
    if not hmac.compare_digest(given, token.encode()) or asked.get("hub.mode") != "subscribe":
        return None
    said = asked.get("hub.challenge", "")
    return said if _CHALLENGE.fullmatch(said) else None


def read(raw: bytes) -> Told:
    """The statuses of a call. Raises ValueError for what is no JSON; all else in it is ignored."""
    try:
        document = json.loads(raw)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    told = Told()
    for status in _statuses(document):
        report = _report(status)
        if isinstance(report, Report):
            told.failed.append(report)
        else:
            told.ignored[report] += 1
    return told


def _statuses(document: Any) -> Iterator[Mapping[str, Any]]:
    for entry in _each(document, "entry"):
        for change in _each(entry, "changes"):
            if isinstance(change.get("value"), dict):
                yield from _each(change["value"], "statuses")


def _each(document: Any, key: str) -> list[Mapping[str, Any]]:
    """The objects in the list of this name; none where there is no such list."""
    found = document.get(key) if isinstance(document, dict) else None
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _report(status: Mapping[str, Any]) -> Report | str:
    """A failure of a message of ours, or why it is none."""
    kind = status.get("status")
    if kind != "failed":
        return "arrived" if kind in _WELL else "unknown_status"
    data = status.get("biz_opaque_callback_data")
    name = NAME.fullmatch(data) if isinstance(data, str) else None
    if name is None:
        return "no_message_of_ours"
    codes = [each["code"] for each in _each(status, "errors") if type(each.get("code")) is int]
    at = _moment(status.get("timestamp"))
    if not codes or at is None:
        return "no_reason"
    region, position, role, seal = name.groups()
    return Report(region, int(position), role, seal, codes[0], at)


def _moment(seconds: Any) -> datetime | None:
    """Unix time, which the provider writes as a text."""
    if not isinstance(seconds, str | int) or not re.fullmatch(r"[0-9]{1,11}", str(seconds)):
        return None
    return datetime.fromtimestamp(int(seconds), UTC)
