"""What the answer to an opening says beside the case: doubts, other open cases, missing powers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from casetrack.domain.people import company_numbers, identity
from casetrack.domain.region.revisions import Revisions
from casetrack.domain.service.definition import ServiceDefinition
from casetrack.storage.people import search_words, subjects
from casetrack.usecases.authority.mall import outside_of, outside_views
from casetrack.usecases.authority.missing_powers import missing_powers
from casetrack.usecases.case.links import other_open_cases
from casetrack.usecases.case.unprinted_letters import letter_warnings, printed_of
from casetrack.usecases.context import Context


class Person(Protocol):
    """A party as the counter took it down."""

    @property
    def role(self) -> str: ...
    @property
    def nik(self) -> str | None: ...
    @property
    def acting_nik(self) -> str | None: ...
    @property
    def company_number(self) -> str | None: ...
    def document(self) -> dict[str, Any]:
        """What is sealed of it."""


@dataclass(frozen=True, slots=True)
class FoundBy:
    """By what the applicant is found: the index of a NIK, the words of a company's or passport's numbers;
    and whether a supervisor is to say who somebody is."""

    index: str | None
    numbers: tuple[str, ...]
    asked: bool


def told_at_opening(
    ctx: Context,
    region: str,
    current: tuple[ServiceDefinition, Revisions],
    parties: Sequence[Person],
    facts: Mapping[str, Any],
    found: FoundBy,
) -> dict[str, Any]:
    """All of it, by the names of the answer."""
    definition, at = current
    return {
        "identity_question": found.asked,
        "open_cases": _open_cases(ctx, region, definition, found),
        "outside_mall": outside_views(outside_of(ctx, region, definition, at)),
        "missing_powers": missing_powers(ctx, region, definition, at),
        "warnings": [
            *_doubts(parties),
            *letter_warnings(ctx, _printed(parties, facts, definition)),
        ],
    }


def _doubts(parties: Sequence[Person]) -> list[dict[str, object]]:
    """A doubtful number warns and never bars: real cards have such faults. None repeats the number."""
    return [
        {"at": f"{party.role}.{name}", "message": doubt["en"], "said": doubt}
        for party in parties
        for name, number, doubts in (
            ("nik", party.nik, identity.doubts),
            ("acting_nik", party.acting_nik, identity.doubts),
            ("company_number", party.company_number, company_numbers.doubts),
        )
        if number
        for doubt in doubts(number)
    ]


def _printed(
    parties: Sequence[Person], facts: Mapping[str, Any], definition: ServiceDefinition
) -> Iterator[tuple[str, str | None]]:
    """What of it may stand on a paper, each with its place."""
    for party in parties:
        yield from printed_of(party.role, party.document())
    for name, value in facts.items():
        if is_text(definition, name):
            yield f"facts.{name}", value


def is_text(definition: ServiceDefinition, name: str) -> bool:
    """Whether a fact is free text, which is sealed."""
    return any(fact.id == name and fact.type == "text" for fact in definition.facts)


def _open_cases(
    ctx: Context, region: str, definition: ServiceDefinition, found: FoundBy
) -> list[dict[str, Any]]:
    """What the same applicant, by NIK or company number, has open of this service. A person who is new
    here has nothing, and costs no read.

    Read before the locks: two openings at the same instant may not know of one another either way.
    """
    if found.index is None and not found.numbers:
        return []
    with ctx.database.read() as connection:
        rows = subjects.all_with_nik(connection, region, found.index) if found.index else []
        people = {row.subject for row in rows}
        if found.numbers:
            people |= set(search_words.subjects_of(connection, region, found.numbers))
        return other_open_cases(connection, definition, region, sorted(people))
