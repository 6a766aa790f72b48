"""A decree on holidays and joint leave, as an operator loads it for all regions at once."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from casetrack.domain.clock import DECREED_KINDS, NamedDay
from casetrack.domain.service import definition_check
from casetrack.domain.service.definition import Name, Problem

#: Years that a decree may speak of.
_YEARS = range(2000, 2100)
MOST_DAYS = 400
_LONGEST_SOURCE, _LONGEST_NAME = 300, 200


@dataclass(frozen=True, slots=True)
class Decree:
    """What it is called, when it was signed, and what it makes of which days."""

    source: str
    decreed_on: date
    days: tuple[NamedDay, ...]


def decree_problems(decree: Decree) -> Iterator[Problem]:
    """Say everything that does not fit together."""
    if not decree.source.strip() or len(decree.source) > _LONGEST_SOURCE:
        what = f"source has {len(decree.source)} characters"
        yield Problem(("source",), what, f"name the decree in 1 to {_LONGEST_SOURCE}")
    if not decree.days or len(decree.days) > MOST_DAYS:
        what = f"the decree speaks of {len(decree.days)} days"
        yield Problem(("days",), what, f"give 1 to {MOST_DAYS} days")
    seen = set()
    for place, day in enumerate(decree.days):
        at = ("days", place)
        if day.day.year not in _YEARS:
            what = f"the day is {day.day}"
            yield Problem((*at, "day"), what, f"give a year from {_YEARS[0]} to {_YEARS[-1]}")
        if day.day in seen:
            yield Problem((*at, "day"), f"{day.day} is there twice", "keep one of the two")
        if day.kind not in DECREED_KINDS:
            cure = f"use one of {', '.join(DECREED_KINDS)}"
            yield Problem((*at, "kind"), f"the kind is {day.kind!r}", cure)
        if max(len(day.id), len(day.en)) > _LONGEST_NAME:
            what = f"the name of {day.day} is too long"
            yield Problem((*at, "name"), what, f"give {_LONGEST_NAME} characters at most")
        name = Name(day.id, day.en)
        yield from definition_check.name_problems(f"{day.day}", (*at, "name"), name)
        seen.add(day.day)
