"""Entries as JSON: written from the dataclasses, and read with every fault and its place.

One reader for all kinds, driven by their annotations, so that an API body, a region file and a
stored event are taken by the same rules.
"""

import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from casetrack.domain.authority.entries import CLASS_OF, Entry, EntryKind
from casetrack.domain.catalogue import MAX_TEXT
from casetrack.domain.errors import Invalid

#: Lines of one instrument, services of one grant, …: an annex of a city has some hundreds.
MOST_ITEMS = 2_000

At = tuple[str | int, ...]


def to_document(entry: Any) -> dict[str, Any]:
    """The entry's JSON; what has its default is left out."""
    document = {}
    for part in fields(entry):
        value = getattr(entry, part.name)
        if part.default is MISSING or value != part.default:
            document[part.name] = _plain(value)
    return document


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return to_document(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def read_entry(kind: EntryKind, document: Mapping[str, Any]) -> Entry:
    """The entry that this JSON says. Raises Invalid `invalid_entry`, with all faults in `errors`."""
    faults: list[tuple[At, str]] = []
    entry: Entry = _object(CLASS_OF[kind], document, (), faults)
    if faults:
        errors = [
            {"at": ".".join(str(part) for part in at) or "entry", "message": message}
            for at, message in faults
        ]
        told = "; ".join(f"{error['at']}: {error['message']}" for error in errors[:5])
        raise Invalid("invalid_entry", f"The {kind} cannot be taken: {told}.", errors=errors)
    return entry


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _object(kind: Any, value: Any, at: At, faults: list[tuple[At, str]]) -> Any:
    if not isinstance(value, Mapping):
        faults.append((at, f"give a map with {', '.join(_hints(kind))}"))
        return None
    known = {part.name: part for part in fields(kind)}
    for name in value:
        if name not in known:
            faults.append(((*at, str(name)), f"there is no such field; known: {', '.join(known)}"))
    given = {}
    for name, part in known.items():
        if name in value:
            given[name] = _value(_hints(kind)[name], value[name], (*at, name), faults)
        elif part.default is MISSING:
            faults.append(((*at, name), "is missing"))
    return None if faults else kind(**given)


def _value(hint: Any, value: Any, at: At, faults: list[tuple[At, str]]) -> Any:
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return None if value is None else _value(inner[0], value, at, faults)
    if origin is tuple:
        return _tuple(inner[0], value, at, faults)
    if origin is Literal:
        if value not in inner:
            faults.append((at, f"is none of {', '.join(inner)}"))
        return value
    if is_dataclass(hint):
        return _object(hint, value, at, faults)
    return _scalar(hint, value, at, faults)


def _tuple(hint: Any, value: Any, at: At, faults: list[tuple[At, str]]) -> Any:
    if not isinstance(value, list | tuple) or len(value) > MOST_ITEMS:
        faults.append((at, f"give a list of at most {MOST_ITEMS}"))
        return ()
    return tuple(_value(hint, item, (*at, place), faults) for place, item in enumerate(value))


def _scalar(hint: Any, value: Any, at: At, faults: list[tuple[At, str]]) -> Any:
    if hint is date:
        return _date(value, at, faults)
    fits = type(value) is hint
    if fits and hint is str:
        fits = bool(value.strip()) and len(value) <= MAX_TEXT
    if not fits:
        wanted = {str: f"a text of 1 to {MAX_TEXT} characters", int: "a whole number"}
        faults.append((at, f"give {wanted.get(hint, 'true or false')}"))
    return value


def _date(value: Any, at: At, faults: list[tuple[At, str]]) -> date | None:
    if type(value) is date:
        return value
    try:
        if isinstance(value, str) and len(value) == len("2026-01-31"):
            return date.fromisoformat(value)
    except ValueError:
        pass
    faults.append((at, "give a day as YYYY-MM-DD"))
    return None
