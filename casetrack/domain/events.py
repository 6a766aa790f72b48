"""What a fact looks like: one event, appended once, hashed over the exact bytes that are stored."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from casetrack.domain.errors import Invalid

TYPE_PREFIX = "casetrack."
#: Hash that the first event of every chain follows.
GENESIS = "0" * 64
#: RFC 8785 rests on RFC 7493 (I-JSON): integers beyond this lose digits in other readers.
LARGEST_INTEGER = 2**53 - 1
_DEEPEST = 32
#: Streams beside a case's own (kind/number): deadlines, refused attempts, decisions that are questioned,
#: steps that nobody may take.
COMPANIONS = ("deadline", "refusal", "authority", "waiting", "files")


def check_json(value: Any) -> None:
    """Refuse what cannot be stored as canonical JSON: floats, NUL, lone surrogates, huge integers.

    Raises Invalid (`unstorable_value`). PostgreSQL cannot hold NUL in text, UTF-8 cannot hold a lone
    surrogate, and a float has no one spelling that all readers agree on.
    """
    level: list[Any] = [value]
    depth = 0
    # Level by level, without a call for each value: most are plain, and there are hundreds.
    while level:
        below: list[Any] = []
        for item in level:
            kind = type(item)
            if kind is str:
                if not item.isascii() or "\0" in item:
                    _check_text(item)
            elif item is not None and kind is not bool and kind is not int:
                below += _held(item)
            elif kind is int and not -LARGEST_INTEGER <= item <= LARGEST_INTEGER:
                raise Invalid("unstorable_value", "An integer is larger than 2^53 - 1.")
        if below and depth >= _DEEPEST:
            raise Invalid("unstorable_value", f"The value is nested deeper than {_DEEPEST} levels.")
        level, depth = below, depth + 1


def _held(value: Any) -> Iterable[Any]:
    """What a value holds, with keys that can be stored."""
    if isinstance(value, Mapping):
        for key in value:
            # Looked at here, without a call for each.
            if type(key) is not str or not key.isascii() or "\0" in key:
                _check_key(key)
        return value.values()
    if isinstance(value, list | tuple):
        return value
    _check_other(value)
    return ()


def _check_other(value: Any) -> None:
    """A value of a class that is made from one that can be stored, or of one that cannot."""
    if isinstance(value, str):
        _check_text(value)
    elif not isinstance(value, int):
        raise Invalid(
            "unstorable_value", f"A {type(value).__name__} cannot be stored; use text or integers."
        )
    elif abs(value) > LARGEST_INTEGER:
        raise Invalid("unstorable_value", "An integer is larger than 2^53 - 1.")


def _check_key(key: Any) -> None:
    if not isinstance(key, str) or not key.isascii() or "\0" in key:
        raise Invalid("unstorable_value", "A key is not plain ASCII text.")


def _check_text(text: str) -> None:
    if "\0" in text:
        raise Invalid("unstorable_value", "A text holds the NUL character.")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise Invalid("unstorable_value", "A text holds NUL or half of a surrogate pair.")


#: Made once: `json.dumps` with any argument makes an encoder each time.
_CANONICAL = json.JSONEncoder(
    sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
)


def canonical(value: Any) -> str:
    """The one spelling of a JSON value (RFC 8785, for values that `check_json` lets through).

    Keys are ASCII, so sorting them by code point is sorting them by UTF-16 unit, as the RFC asks.
    """
    check_json(value)
    return _CANONICAL.encode(value)


def instant(moment: datetime) -> str:
    """RFC 3339 in UTC with microseconds: sorts as text the way it sorts as time."""
    # Not strftime: its %Y writes years before 1000 with fewer than four digits.
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def parse_instant(text: str) -> datetime:
    """The moment that `instant` wrote."""
    return datetime.fromisoformat(text)


@dataclass(frozen=True, slots=True)
class NewEvent:
    """What a rule decided has happened; the unit of work gives it its place and its time.

    `occurred_at` is set only by a late entry: when the paper says that it was done. `type_version` says
    in which form the data are.
    """

    type: str
    data: dict[str, Any]
    occurred_at: datetime | None = None
    type_version: int = 1


@dataclass(frozen=True, slots=True)
class Event:
    """A fact in its stream.

    `occurred_at` and `recorded_at` differ only for imported logs and late entries. `id` comes from
    one database sequence and says what was drawn before what under the locks. `traceparent` says
    which request it came of; without one the body has no such key, as before there was any.
    """

    id: int
    region: str
    stream: str
    version: int
    type: str
    occurred_at: datetime
    recorded_at: datetime
    actor: Mapping[str, Any]
    data: Mapping[str, Any]
    type_version: int = 1
    traceparent: str | None = None

    def body(self) -> str:
        """The canonical bytes (as text) over which the chain runs."""
        traced = {"traceparent": self.traceparent} if self.traceparent is not None else {}
        return canonical(
            {
                **traced,
                "actor": self.actor,
                "data": self.data,
                "id": self.id,
                "occurred_at": instant(self.occurred_at),
                "recorded_at": instant(self.recorded_at),
                "region": self.region,
                "stream": self.stream,
                "type": self.type,
                "type_version": self.type_version,
                "version": self.version,
            }
        )

    @classmethod
    def from_body(cls, body: str) -> "Event":
        """The event that these canonical bytes spell."""
        fields = json.loads(body)
        return cls(
            id=fields["id"],
            region=fields["region"],
            stream=fields["stream"],
            version=fields["version"],
            type=fields["type"],
            occurred_at=parse_instant(fields["occurred_at"]),
            recorded_at=parse_instant(fields["recorded_at"]),
            actor=fields["actor"],
            data=fields["data"],
            type_version=fields["type_version"],
            traceparent=fields.get("traceparent"),
        )


def chain_hash(previous: str, body: str) -> str:
    """SHA-256 (hex) of the previous hash and this body: the link of one stream's chain."""
    return hashlib.sha256(previous.encode("ascii") + body.encode("utf-8")).hexdigest()
