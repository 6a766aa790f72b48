"""Reads event logs in XES (IEEE 1849-2016), plain or gzip, in constant memory.

Real logs seldom pass the schema, so reading is tolerant: with or without a namespace, extensions,
classifiers, nested attributes, lists and unknown attributes are passed over. Defaults of a `global`
are not filled in: what an event does not say, it does not say. What cannot be used is told apart:
an event without name or time is a `RejectedEvent` and reading goes on; a file that is no sound XML
raises BadInput. Every DOCTYPE is refused, and with it all entities and external references.
"""

import gzip
import hashlib
import os
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import MAXYEAR, UTC, datetime, timedelta, tzinfo
from pathlib import Path
from xml.parsers import expat

from casetrack.domain.errors import BadInput
from casetrack.gateways.logs.log_formats import OCEL_PARTS, OTHER_ROOTS, refuse_others

#: Longest value, in characters, of an attribute that is kept.
LONGEST_VALUE = 4_096
#: Most attributes kept of one trace.
MOST_TRACE_ATTRIBUTES = 64
#: Largest piece of markup, in bytes: a tag with all its attributes, or a comment.
LARGEST_MARKUP = 1 << 20
DEEPEST = 64
#: In minutes; XML Schema's dateTime goes no further from UTC.
LARGEST_OFFSET = 14 * 60

_CHUNK = 1 << 16
_GZIP_MAGIC = b"\x1f\x8b"
_NAME = "concept:name"
_TIME = "time:timestamp"
_EVENT_KEYS = frozenset(
    (_NAME, _TIME, "org:resource", "org:group", "lifecycle:transition", "concept:instance")
)


@dataclass(frozen=True, slots=True)
class TraceStarted:
    """A trace begins; its events follow until its `TraceEnded`.

    `index` counts the traces of the file from 0 and identifies this one: names may repeat or be
    missing. `name` is None where the log gives none that can be used, or only after an event.
    `attributes` are the trace's own, without the name, as text: at most 64 and none over 4,096
    characters, with control characters or nested.
    """

    index: int
    name: str | None
    attributes: dict[str, str]


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """One event as the log gives it.

    `index` is its place in the trace from 0, rejected events counted too; `time` is aware, in the
    log's own offset, which `offset_minutes` repeats (east of Greenwich positive). What is absent is
    None. `line` is where the event begins in the (decompressed) file.
    """

    trace: int
    index: int
    activity: str
    time: datetime
    offset_minutes: int
    resource: str | None
    group: str | None
    lifecycle: str | None
    instance: str | None
    line: int


@dataclass(frozen=True, slots=True)
class RejectedEvent:
    """An event that cannot be taken, and why. `trace` is None for one outside of any trace."""

    trace: int | None
    index: int
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class TraceEnded:
    """A trace is over; it had that many events, rejected ones included."""

    index: int
    events: int


LogItem = TraceStarted | LoggedEvent | RejectedEvent | TraceEnded
Progress = Callable[[int, int], None]


def read_log(
    path: Path, on_progress: Progress | None = None, *, zone: tzinfo | None = None
) -> Iterator[LogItem]:
    """Give the traces and events of a log in the order of the file, as they are read.

    Gzip is known by its first bytes, whatever the file is called. `on_progress` is told the bytes
    read and the size of the file (as stored). `zone` is that of times that name none; without it such
    events are rejected.

    Raises BadInput, with path and where known line and column, for what cannot be opened, is cut off or
    damaged, is packed otherwise or another kind of log, is not sound XML, has another root than `log`,
    no trace and no event, a DOCTYPE, markup of over 1 MiB or a nesting deeper than 64. That may come
    after many items were given: the items before the fault are sound.
    """
    assembler = _Assembler(path, zone)
    for chunk in _chunks(path, on_progress):
        assembler.feed(chunk)
        yield from assembler.items
        assembler.items.clear()
    assembler.feed(b"", last=True)
    yield from assembler.items
    assembler.require_something()


def log_digest(path: Path, zone: str | None = None) -> str:
    """Give the SHA-256 (hex) of the log's decompressed bytes: the same log, packed or not.

    Read in a `zone` of the reader's choice it is another log: its times are other facts.
    Raises BadInput for a file that cannot be opened, is empty, cut off or damaged.
    """
    digest = hashlib.sha256()
    for chunk in _chunks(path, None):
        digest.update(chunk)
    if zone is not None:
        digest.update(f"\0{zone}".encode())
    return digest.hexdigest()


def parse_time(text: str, zone: tzinfo | None = None) -> tuple[datetime, int]:
    """Read an ISO 8601 time: the aware time, and its offset from UTC in minutes.

    `zone` is that of a time that names none: where clocks were set back, the earlier of two. Digits
    past microseconds are cut off. Raises ValueError, saying what is wrong, for what is no time, has no
    offset, or one that is not whole minutes or is over 14 hours.
    """
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        time = _parse_rare(text)
    if time.tzinfo is None and zone is not None:
        time = _in_zone(time, zone, text)
    offset = time.utcoffset()
    if offset is None:
        raise ValueError(f"time {_shown(text)} has no time zone")
    minutes = offset.days * 1_440 + offset.seconds // 60
    if offset.seconds % 60 or offset.microseconds:
        raise ValueError(f"the offset of time {_shown(text)} is not in whole minutes")
    if not -LARGEST_OFFSET <= minutes <= LARGEST_OFFSET:
        raise ValueError(f"the offset of time {_shown(text)} is over 14 hours")
    if not 1 < time.year < MAXYEAR:
        _check_utc(time, text)
    return time, minutes


def _in_zone(time: datetime, zone: tzinfo, text: str) -> datetime:
    """Raises ValueError for a time that the zone's clocks never showed."""
    aware = time.replace(tzinfo=zone)
    if (
        1 < time.year < MAXYEAR
        and aware.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != time
    ):
        raise ValueError(f"time {_shown(text)} was left out when clocks were set forward")
    return aware


def _parse_rare(text: str) -> datetime:
    """Read what XML Schema allows and `fromisoformat` does not: blanks around, and 24:00:00."""
    stripped = text.strip(" \t\r\n")
    try:
        day, end_of_day, rest = stripped.partition("T24:00:00")
        if not end_of_day:
            return datetime.fromisoformat(stripped)
        midnight = datetime.fromisoformat(f"{day}T00:00:00{rest}")
        if midnight.microsecond:
            raise ValueError
        return midnight + timedelta(days=1)
    except (ValueError, OverflowError):
        raise ValueError(f"unreadable time {_shown(text)}") from None


def _check_utc(time: datetime, text: str) -> None:
    try:
        time.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"time {_shown(text)} is outside the years 1 to 9999") from None


def _shown(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:40] + "…")


def _has_control(text: str) -> bool:
    # Cc ends at U+009F; isprintable is the quick way out for nearly every text.
    return not text.isprintable() and any(c < " " or "\x7f" <= c <= "\x9f" for c in text)


class _Assembler:
    """Puts log items together from what the parser calls out; holds one event at a time.

    The two handlers run sixteen times for every event of a usual log: they do little, and no tree
    is built.
    """

    def __init__(self, path: Path, zone: tzinfo | None) -> None:
        self._zone = zone
        self.items: list[LogItem] = []
        self._path = path
        self._fed = 0
        self._depth = 0
        # The trace that is open, and the one event.
        self._traces = 0
        self._in_trace = False
        self._announced = False
        self._name: str | None = None
        self._attributes: dict[str, str] = {}
        self._events = 0
        self._loose_events = 0
        self._event_depth = 0
        self._value_depth = 0
        self._line = 0
        self._values: dict[str, str] = {}
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.StartDoctypeDeclHandler = self._doctype
        self._parser = parser

    def feed(self, chunk: bytes, last: bool = False) -> None:
        try:
            self._parser.Parse(chunk, last)
        except expat.ExpatError as error:
            raise self._broken(error, last) from None
        except (LookupError, ValueError) as error:
            raise self._bad(f"encoding cannot be read ({error}): save the log as UTF-8") from None
        self._fed += len(chunk)
        # The parser buffers an unfinished tag, and starts it anew with every chunk.
        if self._fed - self._parser.CurrentByteIndex > LARGEST_MARKUP:
            raise self._bad(
                "a tag or comment is over 1 MiB: take the giant attribute out of the log"
            )

    def require_something(self) -> None:
        """Raises BadInput when the whole file held nothing that could be recognised."""
        if not self._traces and not self._loose_events:
            raise BadInput(
                f"{self._path}: there is no <trace> and no <event> in it (small letters, right below "
                "<log>): give an XES log with cases"
            )

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        depth = self._depth = self._depth + 1
        if depth == self._value_depth:
            key = attributes.get("key")
            if key in _EVENT_KEYS and "value" in attributes:
                self._values[key] = attributes["value"]
        elif depth <= 3 or depth > DEEPEST:
            self._open(depth, tag.rpartition(":")[2], attributes)

    def _end(self, _tag: str) -> None:
        depth = self._depth
        self._depth = depth - 1
        if depth == self._event_depth:
            self._event_depth = self._value_depth = 0
            self.items.append(self._event())
        elif depth == 2 and self._in_trace:
            self._announce()
            self._in_trace = False
            self.items.append(TraceEnded(self._traces, self._events))
            self._traces += 1

    def _doctype(self, *_: object) -> None:
        raise self._bad("a DOCTYPE is not accepted (entities can be bombs): remove it")

    def _open(self, depth: int, tag: str, attributes: dict[str, str]) -> None:
        """Take an element that is not an attribute of an event."""
        if depth == 1 and tag != "log":
            cure = OTHER_ROOTS.get(tag, "give an XES log")
            raise self._bad(f"the root element is <{tag[:40]}>, not <log>: {cure}")
        if depth == 2 and tag in OCEL_PARTS:
            raise self._bad(OTHER_ROOTS["ocel"])
        if depth > DEEPEST:
            raise self._bad(f"nested deeper than {DEEPEST} elements: flatten the attributes")
        if depth == 2 and tag == "trace":
            self._in_trace, self._announced = True, False
            self._name, self._attributes, self._events = None, {}, 0
        elif tag == "event" and (depth == 2 or (depth == 3 and self._in_trace)):
            self._open_event(depth)
        elif depth == 3 and self._in_trace and not self._announced:
            self._trace_attribute(attributes.get("key"), attributes.get("value"))

    def _open_event(self, depth: int) -> None:
        self._announce()
        self._event_depth, self._value_depth = depth, depth + 1
        self._line = self._parser.CurrentLineNumber
        self._values = {}

    def _trace_attribute(self, key: str | None, value: str | None) -> None:
        if not key or value is None or max(len(key), len(value)) > LONGEST_VALUE:
            return
        if _has_control(value):
            return
        if key == _NAME:
            self._name = value if value.strip() else None
        elif key in self._attributes or len(self._attributes) < MOST_TRACE_ATTRIBUTES:
            self._attributes[key] = value

    def _announce(self) -> None:
        if self._in_trace and not self._announced:
            self._announced = True
            self.items.append(TraceStarted(self._traces, self._name, self._attributes))

    def _event(self) -> LoggedEvent | RejectedEvent:
        if not self._in_trace:
            self._loose_events += 1
            return RejectedEvent(
                None, self._loose_events - 1, self._line, "it stands outside of any trace"
            )
        index = self._events
        self._events = index + 1
        values = self._values
        get = values.get
        try:
            activity, text = values[_NAME], values[_TIME]
            if len(together := "".join(values.values())) > LONGEST_VALUE or not (
                together.isprintable()
            ):
                _check_values(values)
            if not activity or activity.isspace():
                raise ValueError("its concept:name is empty")
            time, offset = parse_time(text, self._zone)
        except KeyError as missing:
            return RejectedEvent(self._traces, index, self._line, f"it has no {missing.args[0]}")
        except ValueError as error:
            return RejectedEvent(self._traces, index, self._line, str(error))
        return LoggedEvent(
            self._traces,
            index,
            activity,
            time,
            offset,
            get("org:resource"),
            get("org:group"),
            get("lifecycle:transition"),
            get("concept:instance"),
            self._line,
        )

    def _broken(self, error: expat.ExpatError, last: bool) -> BadInput:
        what = expat.errors.messages[error.code]
        cure = "mend it, or export the log again"
        if last:
            what, cure = f"the file ends too early ({what})", "it was cut off; fetch it again"
        return BadInput(
            f"{self._path}: line {error.lineno}, column {error.offset + 1}: "
            f"broken XML, {what}: {cure}"
        )

    def _bad(self, message: str) -> BadInput:
        return BadInput(f"{self._path}: line {self._parser.CurrentLineNumber}: {message}")


def _check_values(values: dict[str, str]) -> None:
    for key, value in values.items():
        if len(value) > LONGEST_VALUE:
            raise ValueError(f"its {key} is over {LONGEST_VALUE:,} characters")
        if _has_control(value):
            raise ValueError(f"its {key} holds a control character")


def _chunks(path: Path, on_progress: Progress | None) -> Iterator[bytes]:
    """Give the decompressed bytes of a file, never more than 64 KiB at a time."""
    empty = True
    try:
        with path.open("rb") as raw:
            size = os.fstat(raw.fileno()).st_size
            packed = raw.peek(2)[:2] == _GZIP_MAGIC
            stream = gzip.GzipFile(fileobj=raw) if packed else raw
            while chunk := stream.read(_CHUNK):
                if empty:
                    refuse_others(path, chunk, unpacked=packed)
                empty = False
                if on_progress is not None:
                    on_progress(raw.tell(), size)
                yield chunk
    except EOFError:
        raise BadInput(f"{path}: the gzip file is cut off: fetch or copy it again") from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise BadInput(f"{path}: damaged gzip ({error}): fetch or copy it again") from None
    except OSError as error:
        raise BadInput(f"{path}: cannot be read ({error.strerror}): give an XES file") from None
    if empty:
        raise BadInput(f"{path}: the file is empty: give an XES file")
