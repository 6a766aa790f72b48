"""The facts of an application, checked against what its service asks."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from casetrack.domain.errors import Invalid
from casetrack.domain.service.definition import (
    CODE_PATTERN,
    MAX_INTEGER,
    MAX_TEXT,
    FactDefinition,
    FactType,
    ServiceDefinition,
)

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def check_facts(definition: ServiceDefinition, facts: Mapping[str, Any]) -> None:
    """Check the facts of an application against what the service asks.

    Raises Invalid `invalid_facts`, which names every fault at once in `errors`.
    """
    known = {fact.id: fact for fact in definition.facts}
    errors = [
        {"at": f"facts.{name}", "message": f"not asked for; known: {', '.join(known) or 'none'}"}
        for name in facts
        if name not in known
    ]
    for fact in known.values():
        fault = fact_fault(fact, facts[fact.id]) if fact.id in facts else _absence(fact)
        if fault:
            errors.append({"at": f"facts.{fact.id}", "message": fault})
    if errors:
        told = "; ".join(f"{error['at']}: {error['message']}" for error in errors)
        raise Invalid("invalid_facts", f"The facts cannot be taken: {told}.", errors=errors)


def _absence(fact: FactDefinition) -> str | None:
    return f"is missing; {wanted(fact)}" if fact.required else None


def fact_fault(fact: FactDefinition, value: object) -> str | None:
    return None if _FITS[fact.type](fact, value) else f"cannot be taken; {wanted(fact)}"


def _is_integer(fact: FactDefinition, value: object) -> bool:
    return (
        type(value) is int
        and (-MAX_INTEGER if fact.minimum is None else fact.minimum) <= value
        and value <= (MAX_INTEGER if fact.maximum is None else fact.maximum)
    )


def _is_code(fact: FactDefinition, value: object) -> bool:
    if fact.choices:
        return value in fact.choices
    return isinstance(value, str) and CODE_PATTERN.fullmatch(value) is not None


def _is_boolean(_: FactDefinition, value: object) -> bool:
    return isinstance(value, bool)


def _is_date(_: FactDefinition, value: object) -> bool:
    try:
        return (
            isinstance(value, str)
            and _DATE.fullmatch(value) is not None
            and bool(date.fromisoformat(value))
        )
    except ValueError:
        return False


def _is_text(_: FactDefinition, value: object) -> bool:
    return (
        isinstance(value, str)
        and bool(value.strip())
        and len(value) <= MAX_TEXT
        and not _UNSTORABLE.search(value)
    )


_FITS: Mapping[FactType, Callable[[FactDefinition, object], bool]] = {
    "integer": _is_integer,
    "boolean": _is_boolean,
    "code": _is_code,
    "date": _is_date,
    "text": _is_text,
}


def wanted(fact: FactDefinition) -> str:
    if fact.type == "code":
        return f"give one of {', '.join(fact.choices)}" if fact.choices else "give a code"
    if fact.type == "integer":
        bounds = [
            f"{word} {bound}"
            for word, bound in (("from", fact.minimum), ("to", fact.maximum))
            if bound is not None
        ]
        return " ".join(["give a whole number", *bounds])
    return {
        "boolean": "give true or false",
        "date": "give a day as YYYY-MM-DD",
        "text": f"give a text of 1 to {MAX_TEXT} characters",
    }[fact.type]
