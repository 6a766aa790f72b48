"""Who reads a document or a free-text fact of a case, where its service says so: part of a definition."""

from collections.abc import Iterator

from casetrack.domain.access import Actor
from casetrack.domain.service.definition import (
    FactDefinition,
    Problem,
    Requirement,
    ServiceDefinition,
    concerned_agencies,
)


def may_read(part: Requirement | FactDefinition, front_office: str, actor: Actor) -> bool:
    """Whether the actor, who sees the case, reads this part of it.

    The front office and the agencies named do; where none is named, everybody who sees the case.
    """
    return not part.readers or actor.agency in (front_office, *part.readers)


def hidden_from(definition: ServiceDefinition, actor: Actor) -> tuple[set[str], set[str]]:
    """The requirements and the facts that the actor does not read."""
    front = definition.front_office
    requirements = {r.id for r in definition.requirements if not may_read(r, front, actor)}
    facts = {fact.id for fact in definition.facts if not may_read(fact, front, actor)}
    return requirements, facts


def reader_problems(definition: ServiceDefinition) -> Iterator[Problem]:
    """What is wrong with `readers` and `public`: agencies that have no step, facts that everybody reads
    anyway, and public ones that not everybody may."""
    concerned = concerned_agencies(definition)
    parts: list[tuple[str, int, Requirement | FactDefinition]] = [
        *(("requirements", place, part) for place, part in enumerate(definition.requirements)),
        *(("facts", place, part) for place, part in enumerate(definition.facts)),
    ]
    for key, place, part in parts:
        at = (key, place, "readers")
        for agency in part.readers:
            if agency not in concerned:
                yield Problem(
                    at,
                    f"{part.id!r}: readers names {agency}, which has no step in this service",
                    f"use {', '.join(sorted(concerned))}",
                )
        if part.readers and isinstance(part, FactDefinition) and part.type != "text":
            yield Problem(
                at,
                f"fact {part.id!r}: a {part.type} stands in events, where all concerned read it",
                "make it a text, or drop readers",
            )
    yield from _public_problems(definition)


def _public_problems(definition: ServiceDefinition) -> Iterator[Problem]:
    """Facts that everybody who verifies would read, though not everybody may."""
    for place, fact in enumerate(definition.facts):
        if not fact.public:
            continue
        at = ("facts", place, "public")
        if definition.specific_data:
            yield Problem(
                at,
                f"fact {fact.id!r}: of a service about specific data nothing is public",
                "drop public",
            )
        elif fact.readers:
            yield Problem(
                at,
                f"fact {fact.id!r}: public, and yet only some read it",
                "drop public or readers",
            )
