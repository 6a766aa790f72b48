"""How a fact is printed: a choice and a place of the region by name, never by code."""

from collections.abc import Mapping
from datetime import date

from casetrack.domain.service.asked import Fact, FactDefinition, Name
from casetrack.domain.service.day_words import day_in_words


def called(fact: FactDefinition, value: Fact, places: Mapping[str, str]) -> Name | None:
    """What a code is called: the choice's name, or the region's place of this code; None: it has no
    name, or is no code."""
    if fact.type != "code" or not isinstance(value, str):
        return None
    name = fact.choice_names.get(value)
    if name is None and value in places:
        name = Name(places[value], places[value])
    return name


def printed(fact: FactDefinition, value: Fact, places: Mapping[str, str]) -> str:
    """What a paper says, in Bahasa Indonesia; a code without a name goes as it is."""
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    if fact.type == "date" and isinstance(value, str):
        return day_in_words(date.fromisoformat(value))
    name = called(fact, value, places)
    return name.id if name is not None else str(value)
