"""Values as PostgreSQL writes and reads them in text, for the statements that are made once."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any

import psycopg

Reader = Callable[[bytes], Any]


def written(value: Any) -> bytes | None:
    """A value as text; None is null.

    Raises DataError for a text with NUL: libpq would end it there, and say nothing.
    """
    if value is None:
        return None
    write = _WRITE.get(type(value))
    text: bytes = write(value) if write is not None else _as_base(value)
    if b"\0" in text:
        raise psycopg.DataError("PostgreSQL text cannot contain NUL (0x00) bytes")
    return text


def _as_base(value: Any) -> bytes:
    for kind, write in _WRITE.items():
        if isinstance(value, kind):
            return write(value)
    if isinstance(value, Sequence):
        return _array(value)
    raise TypeError(f"{type(value).__name__} cannot be a value of a statement")


def _array(items: Iterable[str | int]) -> bytes:
    quoted = (
        str(item)
        if isinstance(item, int)
        else '"' + item.replace("\\", "\\\\").replace('"', '\\"') + '"'
        for item in items
    )
    return ("{" + ",".join(quoted) + "}").encode()


def _moment(text: bytes) -> datetime:
    return datetime.fromisoformat(text.decode()).astimezone(UTC)


def _bytes(text: bytes) -> bytes:
    return bytes.fromhex(text[2:].decode())


_WRITE: dict[type, Callable[[Any], bytes]] = {
    str: str.encode,
    bool: lambda value: b"t" if value else b"f",
    int: lambda value: b"%d" % value,
    datetime: lambda value: value.isoformat().encode(),
    date: lambda value: value.isoformat().encode(),
    bytes: lambda value: b"\\x" + value.hex().encode(),
    list: _array,
    tuple: _array,
}
#: By the number of the type; whatever is not here stays text.
_READ: dict[int, Reader] = {
    16: lambda text: text == b"t",
    17: _bytes,
    20: int,
    21: int,
    23: int,
    1184: _moment,
}


def reader(type_number: int) -> Reader:
    """What reads a column of this type."""
    return _READ.get(type_number, bytes.decode)
