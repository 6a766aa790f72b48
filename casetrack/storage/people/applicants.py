"""Whose cases these are: the sealed party data of many cases at once, for a page of a list."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, bindparam, select

from casetrack.storage import schema


@dataclass(frozen=True, slots=True)
class ApplicantRow:
    """The applicant of a case, sealed, with the key that opens it."""

    number: str
    subject: str
    wrapped_key: bytes
    text: str
    sealed: bytes


def of_cases(connection: Connection, region: str, numbers: Sequence[str]) -> list[ApplicantRow]:
    """The applicants of these cases, but for who was erased: one read whatever their number."""
    if not numbers:
        return []
    rows = connection.execute(_APPLICANTS, {"in_region": region, "of_numbers": list(numbers)})
    return [ApplicantRow(*row) for row in rows]


def _applicants() -> Select[Any]:
    parties, subjects, texts = schema.parties, schema.subjects, schema.texts
    return (
        select(
            parties.c.number,
            parties.c.subject,
            subjects.c.wrapped_key,
            parties.c.text,
            texts.c.sealed,
        )
        .join(
            subjects,
            (subjects.c.region == parties.c.region) & (subjects.c.subject == parties.c.subject),
        )
        .join(texts, (texts.c.region == parties.c.region) & (texts.c.text == parties.c.text))
        .where(
            parties.c.region == bindparam("in_region"),
            parties.c.number.in_(bindparam("of_numbers", expanding=True)),
            parties.c.role == "applicant",
            subjects.c.wrapped_key.is_not(None),
        )
    )


_APPLICANTS = _applicants()
