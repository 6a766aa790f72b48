"""Entries as JSON: written from the dataclasses, and read with every fault and its place.

One reader for all kinds, driven by their annotations, so that an API body, a region file and a
stored event are taken by the same rules. One rule differs: what is stored may hold a key that this
release does not know, because a newer one wrote it; what comes in may not.
"""

import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from functools import cache
from typing import Any, Literal, Union, cast, get_args, get_origin, get_type_hints

from casetrack.domain.authority.entries import CLASS_OF, Entry, EntryKind, Grant
from casetrack.domain.errors import Invalid
from casetrack.domain.service.definition import MAX_TEXT, Name, Problem, meant

#: Lines of one instrument, services of one grant, …: an annex of a city has some hundreds.
MOST_ITEMS = 2_000

At = tuple[str | int, ...]
Problems = list[Problem]


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
    entry, problems = parse_entry(kind, document)
    if entry is None:
        errors = [
            {
                "at": ".".join(str(part) for part in problem.at) or "entry",
                "message": f"{problem.message}; {problem.cure}",
            }
            for problem in problems
        ]
        told = "; ".join(f"{error['at']}: {error['message']}" for error in errors[:5])
        raise Invalid("invalid_entry", f"The {kind} cannot be taken: {told}.", errors=errors)
    return entry


def stored_entry(kind: EntryKind, document: Mapping[str, Any]) -> Entry:
    """The entry that a row or an event holds. Raises Invalid, as `read_entry`.

    A key that takes a right away must not be written before every release that runs knows it
    (docs/decisions/0018-two-halves.md).
    """
    known: Mapping[str, Any] = _without_unknown(CLASS_OF[kind], document)
    return read_entry(kind, known)


def _without_unknown(hint: Any, value: Any) -> Any:
    """This value of the hinted type, without the keys that the type does not have."""
    inner = get_args(hint)
    if is_dataclass(hint) and isinstance(value, Mapping):
        hints = _hints(cast(type, hint))
        return {n: _without_unknown(hints[n], item) for n, item in value.items() if n in hints}
    if get_origin(hint) in (Union, types.UnionType) and value is not None:
        return _without_unknown(inner[0], value)
    if get_origin(hint) is tuple and isinstance(value, list | tuple):
        return [_without_unknown(inner[0], item) for item in value]
    return value


def parse_entry(kind: EntryKind, document: object) -> tuple[Entry | None, Problems]:
    """The entry, or None and everything that is wrong with it, each with its place and its cure."""
    problems: Problems = []
    entry: Entry | None = _object(CLASS_OF[kind], document, (), problems)
    if isinstance(entry, Grant) and entry.giver_acts != "unknown" and entry.giver_article is None:
        cure = "name the article that says so, or leave giver_acts out"
        problems.append(Problem(("giver_article",), "is missing", cure))
    return (None if problems else entry), problems


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _object(kind: Any, value: Any, at: At, problems: Problems) -> Any:
    if not isinstance(value, Mapping):
        cure = f"give a map with {', '.join(_hints(kind))}"
        problems.append(Problem(at, "keys with values are wanted", cure))
        return None
    if kind is Name and "id" in value:
        # Where the English name is left out, the Indonesian one stands for it.
        value = {"en": value["id"], **value}
    known = {part.name: part for part in fields(kind)}
    for name in value:
        if name not in known:
            there = (*at, str(name))
            problems.append(Problem(there, f"unknown key {str(name)!r}", meant(str(name), known)))
    given = {}
    for name, part in known.items():
        if name in value:
            given[name] = _value(_hints(kind)[name], value[name], (*at, name), problems)
        elif part.default is MISSING:
            problems.append(Problem((*at, name), "is missing", f"give {name!r}"))
    return None if problems else kind(**given)


def _value(hint: Any, value: Any, at: At, problems: Problems) -> Any:
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return None if value is None else _value(inner[0], value, at, problems)
    if origin is tuple:
        return _tuple(inner[0], value, at, problems)
    if origin is Literal:
        if type(value) is bool and {"yes", "no"} <= set(inner):
            value = "yes" if value else "no"  # YAML takes an unquoted yes for true
        if value not in inner:
            told, what = str(value)[:80], next(part for part in at[::-1] if isinstance(part, str))
            problems.append(Problem(at, f"unknown {what} {told!r}", meant(told, inner)))
        return value
    if is_dataclass(hint):
        return _object(hint, value, at, problems)
    return _scalar(hint, value, at, problems)


def _tuple(hint: Any, value: Any, at: At, problems: Problems) -> Any:
    if not isinstance(value, list | tuple) or len(value) > MOST_ITEMS:
        problems.append(Problem(at, "a list is wanted", f"give a list of at most {MOST_ITEMS}"))
        return ()
    return tuple(_value(hint, item, (*at, place), problems) for place, item in enumerate(value))


_CURES = {
    str: ("a text is wanted", f"give 1 to {MAX_TEXT} characters; a number stands in quotes"),
    int: ("a whole number is wanted", "write digits only, without quotes"),
    bool: ("true or false is wanted", "write true or false, without quotes"),
}


def _scalar(hint: Any, value: Any, at: At, problems: Problems) -> Any:
    if hint is date:
        return _date(value, at, problems)
    fits = type(value) is hint
    if fits and hint is str:
        fits = bool(value.strip()) and len(value) <= MAX_TEXT
    if not fits:
        problems.append(Problem(at, *_CURES[hint]))
    return value


def _date(value: Any, at: At, problems: Problems) -> date | None:
    if type(value) is date:
        return value
    try:
        # Python reads weeks too, 2026-W05-1.
        if isinstance(value, str) and (day := date.fromisoformat(value)).isoformat() == value:
            return day
    except ValueError:
        pass
    problems.append(Problem(at, "a day is wanted", "write it as YYYY-MM-DD"))
    return None
