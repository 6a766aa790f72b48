"""How a region numbers its products: a pattern with its legal basis, in force from a day on."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from casetrack.domain.service.day_words import ROMAN_MONTHS
from casetrack.domain.service.definition import ID_PATTERN

_PART = re.compile(r"\{(serial(?::([1-9]))?|code|year|month)\}")
#: Printed on paper and typed in again: letters, digits and what stands between them.
_PLAIN = re.compile(r"[A-Za-z0-9 ./-]*")
#: A product's number and a filing code are at most so long.
LONGEST = 64


@dataclass(frozen=True, slots=True)
class NumberPattern:
    """A pattern such as `{code}/{serial:4}/DPMPTSP/{year}`: its serial counts up within a year, for all
    products of the region that are numbered by it.
    """

    id: str
    pattern: str
    basis: str
    since: date

    def number(self, serial: int, day: date, code: str | None) -> str:
        """The number with this serial, of a product that is numbered on this day."""

        def filled(part: re.Match[str]) -> str:
            if part[1].startswith("serial"):
                return str(serial).zfill(int(part[2] or 1))
            known = {
                "code": code or "",
                "year": str(day.year),
                "month": ROMAN_MONTHS[day.month - 1],
            }
            return known[part[1]]

        return _PART.sub(filled, self.pattern)

    def faults(self) -> Iterator[tuple[str, str, str]]:
        """Key, what is wrong, and the cure."""
        if not ID_PATTERN.fullmatch(self.id):
            yield "id", f"{self.id!r} is not an id", "use small letters, digits and single - _ ."
        names = [part[1].partition(":")[0] for part in _PART.finditer(self.pattern)]
        if not _PLAIN.fullmatch(_PART.sub("", self.pattern)) or len(self.pattern) > LONGEST:
            yield (
                "pattern",
                f"the pattern {self.pattern!r} cannot be printed",
                "use letters, digits, . / - and {serial}, {serial:4}, {code}, {year}, {month}",
            )
        if names.count("serial") != 1 or "year" not in names:
            # The serial begins anew each year: without either, two products get one number.
            yield (
                "pattern",
                f"the pattern {self.pattern!r} gives a number twice",
                "write {serial} once, and {year}",
            )
        if not self.basis.strip():
            yield "basis", "the legal basis is missing", "name the rule on official letters"

    @property
    def needs_code(self) -> bool:
        """Whether a product must say its filing code."""
        return "{code}" in self.pattern

    def as_dict(self) -> dict[str, Any]:
        """As the region's document keeps it."""
        since = self.since.isoformat()
        return {"id": self.id, "pattern": self.pattern, "basis": self.basis, "since": since}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "NumberPattern":
        """What `as_dict` gave."""
        since = date.fromisoformat(data["since"])
        return cls(data["id"], data["pattern"], data["basis"], since)


def pattern_on(patterns: Iterable[NumberPattern], name: str, day: date) -> NumberPattern | None:
    """The pattern of this id that is in force on a day: the newest that has begun."""
    begun = [each for each in patterns if each.id == name and each.since <= day]
    return max(begun, key=lambda each: each.since, default=None)
