"""Parties and texts of cases as they are sealed, each with the key that opens it: one read each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, and_, select

from casetrack.domain.people import contact
from casetrack.storage import schema


@dataclass(frozen=True, slots=True)
class SealedParty:
    """A party; `wrapped_key` and `sealed` are None once the person is erased."""

    number: str
    role: str
    subject: str
    text: str
    channels: tuple[str, ...]
    language: str
    wrapped_key: bytes | None
    sealed: bytes | None
    #: Whether somebody is still to say who this is.
    asked: bool


def parties_of_cases(
    connection: Connection, region: str, numbers: Sequence[str]
) -> list[SealedParty]:
    """Everybody in these cases, by case and role."""
    parties, subjects, texts = schema.parties, schema.subjects, schema.texts
    query = (
        select(
            parties.c.number,
            parties.c.role,
            parties.c.subject,
            parties.c.text,
            parties.c.channels,
            parties.c.language,
            subjects.c.wrapped_key,
            texts.c.sealed,
            subjects.c.identity_question,
        )
        .join(
            subjects,
            and_(subjects.c.region == parties.c.region, subjects.c.subject == parties.c.subject),
        )
        .outerjoin(texts, and_(texts.c.region == parties.c.region, texts.c.text == parties.c.text))
        .where(parties.c.region == region, parties.c.number.in_(numbers))
        .order_by(parties.c.number, parties.c.role)
    )
    return [
        SealedParty(
            row.number,
            row.role,
            row.subject,
            row.text,
            contact.read(row.channels),
            row.language,
            row.wrapped_key,
            row.sealed,
            bool(row.identity_question),
        )
        for row in connection.execute(query)
    ]


@dataclass(frozen=True, slots=True)
class SealedText:
    """A text of a case, and the wrapped key that opens it."""

    text: str
    subject: str
    kind: str
    wrapped_key: bytes
    sealed: bytes


def texts_of_case(
    connection: Connection, region: str, number: str, kinds: Sequence[str]
) -> list[SealedText]:
    """The case's texts of these kinds; those of an erased person are not there."""
    table = schema.texts.c
    query = _texts(region).where(table.number == number, table.kind.in_(kinds))
    return [SealedText(*row) for row in connection.execute(query)]


def texts_by_id(connection: Connection, region: str, names: Sequence[str]) -> list[SealedText]:
    """These texts; those of an erased person are not there."""
    query = _texts(region).where(schema.texts.c.text.in_(names))
    return [SealedText(*row) for row in connection.execute(query)]


def _texts(region: str) -> Select[Any]:
    subjects, texts = schema.subjects, schema.texts
    return (
        select(texts.c.text, texts.c.subject, texts.c.kind, subjects.c.wrapped_key, texts.c.sealed)
        .join(
            subjects,
            and_(subjects.c.region == texts.c.region, subjects.c.subject == texts.c.subject),
        )
        .where(texts.c.region == region, subjects.c.wrapped_key.is_not(None))
    )
