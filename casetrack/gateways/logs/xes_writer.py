"""Writes event logs in XES that are valid against the schema of IEEE 1849-2016, one event at a time.

The schema has no namespace and wants: extensions, globals, classifiers, attributes, traces. Nothing
is filled in: what an event does not have is not written.
"""

import gzip
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta, timezone
from io import TextIOWrapper
from pathlib import Path
from typing import IO, Self, TextIO

from casetrack.domain.errors import BadInput

Value = str | int | bool | datetime

_EXTENSIONS = (("Concept", "concept"), ("Time", "time"), ("Organizational", "org"))
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<log xes.version="1849.2016">\n'
    + "".join(
        f'\t<extension name="{name}" prefix="{prefix}"'
        f' uri="http://www.xes-standard.org/{prefix}.xesext"/>\n'
        for name, prefix in (*_EXTENSIONS, ("Lifecycle", "lifecycle"))
    )
    + '\t<global scope="event">\n'
    '\t\t<string key="concept:name" value="UNKNOWN"/>\n'
    '\t\t<date key="time:timestamp" value="1970-01-01T00:00:00.000+00:00"/>\n'
    "\t</global>\n"
    '\t<classifier name="Activity" keys="concept:name"/>\n'
)
# What is an argument of its own; XES wants every key once.
_TRACE_KEYS = frozenset(("concept:name",))
_EVENT_KEYS = frozenset(
    (
        "concept:name",
        "time:timestamp",
        "org:resource",
        "org:group",
        "lifecycle:transition",
        "concept:instance",
    )
)

# XML 1.0 section 2.2: these characters cannot stand in a document, not even as references.
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# An attribute's line ends and tabs come back as blanks unless they are written as references.
_ESCAPES = str.maketrans(
    {"&": "&amp;", "<": "&lt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}
)
# XML 1.0 section 2.3, without the rarer scripts: a key is an xs:Name.
_NOT_IN_KEY = re.compile(r"[^A-Za-z0-9_:.\-]")
_LARGEST_INTEGER = 2**63 - 1


class XesWriter:
    """Writes one log to a text stream: `with XesWriter(stream) as log`, then trace by trace.

    The context manager writes the root element's end, unless it is left by an error; the stream is
    the caller's. Calls out of order raise RuntimeError. A value that XML cannot hold (control
    characters but tab and line ends, half a surrogate pair) raises ValueError: nothing is replaced
    silently in what may become evidence.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._in_trace = False

    def __enter__(self) -> Self:
        self._stream.write(_HEAD)
        return self

    def __exit__(self, error: object, *_: object) -> None:
        if error is None:
            self._expect(in_trace=False)
            self._stream.write("</log>\n")

    def start_trace(self, name: str | None, attributes: Mapping[str, Value] | None = None) -> None:
        """Begin a trace. `attributes` are further ones, without concept:name."""
        self._expect(in_trace=False)
        own = "" if name is None else _attribute("concept:name", name, 2)
        self._stream.write(f"\t<trace>\n{own}{_extra(attributes, _TRACE_KEYS, 2)}")
        self._in_trace = True

    def event(
        self,
        activity: str,
        time: datetime,
        offset_minutes: int,
        *,
        resource: str | None = None,
        group: str | None = None,
        lifecycle: str | None = None,
        instance: str | None = None,
        extra: Mapping[str, Value] | None = None,
    ) -> None:
        """Write an event of the open trace: the instant of `time` as clocks at that offset show it.

        None is not written; an empty text is. Further attributes come in `extra`. Raises ValueError
        for a naive time or an offset of over 14 hours.
        """
        self._expect(in_trace=True)
        parts = [
            "\t\t<event>\n",
            _attribute("concept:name", activity, 3),
            f'\t\t\t<date key="time:timestamp" value="{format_time(time, offset_minutes)}"/>\n',
        ]
        for key, value in (
            ("org:resource", resource),
            ("org:group", group),
            ("lifecycle:transition", lifecycle),
            ("concept:instance", instance),
        ):
            if value is not None:
                parts.append(_attribute(key, value, 3))
        parts.append(_extra(extra, _EVENT_KEYS, 3))
        parts.append("\t\t</event>\n")
        self._stream.write("".join(parts))

    def end_trace(self) -> None:
        """End the open trace; it may be without events."""
        self._expect(in_trace=True)
        self._stream.write("\t</trace>\n")
        self._in_trace = False

    def _expect(self, *, in_trace: bool) -> None:
        if self._in_trace is not in_trace:
            raise RuntimeError("no trace is open" if in_trace else "a trace is still open")


@contextmanager
def xes_file(path: Path) -> Iterator[XesWriter]:
    """Write a log to a file, gzip when the name ends in .gz, the same bytes for the same log.

    The file appears whole or not at all: an error leaves what was there before. Raises BadInput
    when it cannot be written.
    """
    if path.exists() and not path.is_file():
        raise BadInput(f"{path}: is a folder or a device: give the name of a file")
    partial = path.with_name(path.name + ".part")
    try:
        with (
            partial.open("wb") as raw,
            _text(raw, path.suffix == ".gz") as text,
            XesWriter(text) as log,
        ):
            yield log
        partial.replace(path)
    except OSError as error:
        raise BadInput(
            f"{path}: cannot be written ({error.strerror}): give a file in a folder that you own"
        ) from error
    finally:
        # After the rename there is none; in a folder that is read-only there never was.
        with suppress(OSError):
            partial.unlink()


@contextmanager
def _text(raw: IO[bytes], packed: bool) -> Iterator[TextIO]:
    if not packed:
        with TextIOWrapper(raw, "utf-8", newline="\n") as text:
            yield text
        return
    # No name and no time inside, so that two exports of the same log are equal.
    with (
        gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as stream,
        TextIOWrapper(stream, "utf-8", newline="\n") as text,
    ):
        yield text


def format_time(time: datetime, offset_minutes: int) -> str:
    """Give the instant as XML Schema's dateTime at that offset, microseconds only where there are.

    Raises ValueError for a naive time or an offset of over 14 hours.
    """
    if time.utcoffset() is None:
        raise ValueError(f"{time} has no time zone: give an aware datetime")
    if abs(offset_minutes) > 14 * 60:
        raise ValueError(f"offset {offset_minutes} minutes: at most 840 either way")
    local = time.astimezone(timezone(timedelta(minutes=offset_minutes)))
    return local.isoformat(timespec="microseconds" if local.microsecond % 1_000 else "milliseconds")


def safe_key(key: str) -> str:
    """Give the key as an XML name: what may not stand in one becomes "_". Keys of logs have blanks."""
    name = _NOT_IN_KEY.sub("_", key)
    return name if name[:1].isalpha() or name[:1] in ("_", ":") else f"_{name}"


def _extra(attributes: Mapping[str, Value] | None, own: frozenset[str], depth: int) -> str:
    if not attributes:
        return ""
    if taken := own & attributes.keys():
        raise ValueError(f"{', '.join(sorted(taken))}: give it as an argument of its own")
    return "".join(_attribute(safe_key(key), value, depth) for key, value in attributes.items())


def _attribute(key: str, value: Value, depth: int) -> str:
    kind, text = _typed(value)
    indent = "\t" * depth
    return f'{indent}<{kind} key="{key}" value="{text}"/>\n'


def _typed(value: Value) -> tuple[str, str]:
    if isinstance(value, bool):
        return "boolean", "true" if value else "false"
    if isinstance(value, int):
        if abs(value) > _LARGEST_INTEGER:
            raise ValueError(f"{value} is beyond 64 bits: give it as text")
        return "int", str(value)
    if isinstance(value, datetime):
        offset = value.utcoffset()
        if offset is None:
            raise ValueError(f"{value} has no time zone: give an aware datetime")
        return "date", format_time(value, round(offset / timedelta(minutes=1)))
    if illegal := _ILLEGAL.search(value):
        raise ValueError(f"character U+{ord(illegal[0]):04X} cannot stand in XML: take it out")
    return "string", value.translate(_ESCAPES)
