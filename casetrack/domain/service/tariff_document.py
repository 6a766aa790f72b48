"""A bill rule as a document: as a definition is published, hashed and read again."""

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from typing import Any

from casetrack.domain.clock import TimeLimit
from casetrack.domain.service.tariff import (
    Band,
    BillRule,
    Choice,
    Factor,
    Part,
    Rounding,
    Tariff,
)


def rule_document(rule: BillRule) -> dict[str, Any]:
    """The rule's JSON; what has its default is left out."""
    document = _plain(rule)
    return {**document, "due": {"value": rule.due.value, "unit": rule.due.unit}}


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {
            part.name: _plain(getattr(value, part.name))
            for part in fields(value)
            if part.default is MISSING or getattr(value, part.name) != part.default
        }
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def read_rule(data: Mapping[str, Any] | None) -> BillRule | None:
    """Reads what `rule_document` gave. KeyError for a required key that is absent."""
    if data is None:
        return None
    return BillRule(
        basis=data["basis"],
        due=TimeLimit.from_dict(data["due"]),
        holds=data["holds"],
        formula=_tariff(data.get("formula")),
        external=data.get("external", False),
    )


def _tariff(data: Mapping[str, Any] | None) -> Tariff | None:
    if data is None:
        return None
    rounding = data.get("rounding")
    return Tariff(
        parts=tuple(_part(part) for part in data["parts"]),
        factors=_factors(data),
        rounding=None if rounding is None else Rounding(rounding["to"], rounding["mode"]),
        minimum=data.get("minimum"),
        maximum=data.get("maximum"),
    )


def _part(data: Mapping[str, Any]) -> Part:
    return Part(
        amount=data.get("amount"),
        fact=data.get("fact"),
        each=data.get("each", 1),
        bands=_bands(data),
        progressive=data.get("progressive", False),
        table=_table(data),
        factors=_factors(data),
    )


def _factors(data: Mapping[str, Any]) -> tuple[Factor, ...]:
    return tuple(
        Factor(each["fact"], _bands(each), _table(each)) for each in data.get("factors") or ()
    )


def _bands(data: Mapping[str, Any]) -> tuple[Band, ...]:
    return tuple(
        Band(each["value"], each.get("up_to"), each.get("over", 1))
        for each in data.get("bands") or ()
    )


def _table(data: Mapping[str, Any]) -> tuple[Choice, ...]:
    return tuple(
        Choice(each["code"], each["value"], each.get("over", 1)) for each in data.get("table") or ()
    )
