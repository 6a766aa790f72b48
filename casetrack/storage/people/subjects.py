"""Rows about persons: sealed under the subject's own key, found by HMAC, gone when it is erased."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, or_, select, update

from casetrack.domain.events import GENESIS
from casetrack.domain.people import contact
from casetrack.storage import schema
from casetrack.storage.bulk import upsert
from casetrack.storage.people import search_words
from casetrack.storage.unit_of_work import UnitOfWork, Write


@dataclass(frozen=True, slots=True)
class SubjectRow:
    """A person or company; `wrapped_key` is None once erased."""

    subject: str
    wrapped_key: bytes | None
    version: int = 0
    hash: str = GENESIS
    nik_index: str | None = None
    #: A NIK under which another person is known, and whether somebody is still to say who this is.
    nik_asked: str | None = None
    identity_question: bool | None = None


@dataclass(frozen=True, slots=True)
class TextRow:
    """A sealed text: party data, a note, a defect, a document's name."""

    text: str
    subject: str
    kind: str
    number: str
    sealed: bytes


@dataclass(frozen=True, slots=True)
class PartyRow:
    """Who stands in which role to a case, and how to reach them."""

    number: str
    role: str
    subject: str
    text: str
    channels: tuple[str, ...]
    language: str


_SUBJECT = (
    schema.subjects.c.subject,
    schema.subjects.c.wrapped_key,
    schema.subjects.c.version,
    schema.subjects.c.hash,
    schema.subjects.c.nik_index,
    schema.subjects.c.nik_asked,
    schema.subjects.c.identity_question,
)


def find_by_nik(connection: Connection, region: str, nik_index: str) -> SubjectRow | None:
    """The person with this NIK, through its keyed index."""
    row = connection.execute(
        select(*_SUBJECT).where(
            schema.subjects.c.region == region, schema.subjects.c.nik_index == nik_index
        )
    ).first()
    return SubjectRow(*row) if row else None


def all_with_nik(connection: Connection, region: str, nik_index: str) -> list[SubjectRow]:
    """Everybody who goes by this NIK: whom it joins first, then those who are kept apart."""
    found = []
    # One after the other: SQLite would read the whole table for either of two columns.
    for column in (schema.subjects.c.nik_index, schema.subjects.c.nik_asked):
        rows = connection.execute(
            select(*_SUBJECT).where(schema.subjects.c.region == region, column == nik_index)
        )
        found += sorted((SubjectRow(*row) for row in rows), key=lambda row: row.subject)
    return found


def subject(connection: Connection, region: str, subject_id: str) -> SubjectRow | None:
    """A subject by id."""
    row = connection.execute(
        select(*_SUBJECT).where(
            schema.subjects.c.region == region, schema.subjects.c.subject == subject_id
        )
    ).first()
    return SubjectRow(*row) if row else None


def is_party(connection: Connection, region: str, number: str, login: str) -> bool:
    """Whether this officer is a party of the case, by the keyed index of their NIK."""
    officers, subjects, parties = schema.officers.c, schema.subjects.c, schema.parties.c
    query = (
        select(subjects.subject)
        .join(
            schema.officers,
            (officers.region == subjects.region)
            & or_(
                officers.nik_index == subjects.nik_index, officers.nik_index == subjects.nik_asked
            ),
        )
        .join(
            schema.parties,
            (parties.region == subjects.region) & (parties.subject == subjects.subject),
        )
        .where(
            officers.region == region,
            officers.login == login,
            subjects.region == region,
            parties.region == region,
            parties.number == number,
        )
        .limit(1)
    )
    return connection.execute(query).first() is not None


def lock_subject(
    uow: UnitOfWork, region: str, subject_id: str, *, exclusive: bool = False
) -> SubjectRow | None:
    """Hold a subject still until the commit: shared to write texts under its key, else to change it.

    Who writes and who erases wait for each other here, so no text stays under a destroyed key.
    """
    row = uow.execute(
        select(*_SUBJECT)
        .where(schema.subjects.c.region == region, schema.subjects.c.subject == subject_id)
        .with_for_update(read=not exclusive)
    ).first()
    return SubjectRow(*row) if row else None


def regions_of_subject(connection: Connection, subject_id: str) -> str | None:
    """The region that keeps this subject."""
    return connection.execute(
        select(schema.subjects.c.region).where(schema.subjects.c.subject == subject_id)
    ).scalar()


def new_subject(region: str, row: SubjectRow, nik_index: str | None, now: datetime) -> Write:
    """The write that makes a subject."""
    return insert(schema.subjects).values(
        region=region,
        subject=row.subject,
        wrapped_key=row.wrapped_key,
        nik_index=nik_index,
        nik_asked=row.nik_asked,
        identity_question=row.identity_question,
        created_at=now,
        version=row.version,
        hash=row.hash,
    )


def new_texts(region: str, rows: Sequence[TextRow]) -> list[Write]:
    """The writes that keep sealed texts."""
    return [
        insert(schema.texts).values(
            region=region,
            text=row.text,
            subject=row.subject,
            kind=row.kind,
            number=row.number,
            sealed=row.sealed,
        )
        for row in rows
    ]


def new_parties(region: str, rows: Sequence[PartyRow]) -> list[Write]:
    """The writes that say who stands in which role to a case."""
    return [insert(schema.parties).values(**party_values(region, row)) for row in rows]


def party_values(region: str, row: PartyRow) -> dict[str, str | None]:
    """The columns of a party's row."""
    return {
        "region": region,
        "number": row.number,
        "role": row.role,
        "subject": row.subject,
        "text": row.text,
        "channels": contact.written(row.channels),
        "language": row.language,
    }


def put_party(uow: UnitOfWork, region: str, row: PartyRow) -> None:
    """Change how a party is reached."""
    uow.execute(upsert(uow.dialect, schema.parties, [party_values(region, row)]))


def _party(row: Any) -> PartyRow:
    reached = contact.read(row.channels)
    return PartyRow(row.number, row.role, row.subject, row.text, reached, row.language)


def parties_of_subject(connection: Connection, region: str, subject_id: str) -> list[PartyRow]:
    """Every case in which the subject stands."""
    rows = connection.execute(
        select(schema.parties)
        .where(schema.parties.c.region == region, schema.parties.c.subject == subject_id)
        .order_by(schema.parties.c.number, schema.parties.c.role)
    )
    return [_party(row) for row in rows]


def party(connection: Connection, region: str, number: str, role: str) -> PartyRow | None:
    """One party of a case."""
    row = connection.execute(
        select(schema.parties).where(
            schema.parties.c.region == region,
            schema.parties.c.number == number,
            schema.parties.c.role == role,
        )
    ).first()
    return _party(row) if row else None


def parties_of_case(connection: Connection, region: str, number: str) -> list[PartyRow]:
    """Everybody who stands in a role to the case."""
    rows = connection.execute(
        select(schema.parties)
        .where(schema.parties.c.region == region, schema.parties.c.number == number)
        .order_by(schema.parties.c.role)
    )
    return [_party(row) for row in rows]


def texts_of_subject(connection: Connection, region: str, subject_id: str) -> list[TextRow]:
    """All sealed texts of a subject."""
    table = schema.texts
    rows = connection.execute(
        select(table.c.text, table.c.subject, table.c.kind, table.c.number, table.c.sealed).where(
            table.c.region == region, table.c.subject == subject_id
        )
    )
    return [TextRow(*row) for row in rows]


def party_texts(connection: Connection, region: str, subject_id: str) -> list[TextRow]:
    """What was taken down of the person in each of their cases."""
    texts = texts_of_subject(connection, region, subject_id)
    return [text for text in texts if text.kind == "party"]


def one_text(connection: Connection, region: str, text_id: str) -> TextRow | None:
    """A sealed text by id."""
    table = schema.texts
    row = connection.execute(
        select(table.c.text, table.c.subject, table.c.kind, table.c.number, table.c.sealed).where(
            table.c.region == region, table.c.text == text_id
        )
    ).first()
    return TextRow(*row) if row else None


def drop_text(uow: UnitOfWork, region: str, text_id: str) -> None:
    """Remove one text that a corrected one replaces."""
    uow.execute(
        delete(schema.texts).where(schema.texts.c.region == region, schema.texts.c.text == text_id)
    )


def advance_subject(uow: UnitOfWork, region: str, row: SubjectRow) -> None:
    """The subject's stream has grown."""
    uow.execute(
        update(schema.subjects)
        .where(schema.subjects.c.region == region, schema.subjects.c.subject == row.subject)
        .values(version=row.version, hash=row.hash)
    )


def set_nik_index(uow: UnitOfWork, region: str, subject_id: str, nik_index: str | None) -> None:
    """The NIK was corrected."""
    uow.execute(
        update(schema.subjects)
        .where(schema.subjects.c.region == region, schema.subjects.c.subject == subject_id)
        .values(nik_index=nik_index, nik_asked=None, identity_question=None)
    )


def answer_identity(uow: UnitOfWork, region: str, subject_id: str) -> None:
    """Somebody said who this is."""
    uow.execute(
        update(schema.subjects)
        .where(schema.subjects.c.region == region, schema.subjects.c.subject == subject_id)
        .values(identity_question=None)
    )


def identity_asked(connection: Connection, region: str, number: str) -> bool:
    """Whether it is still to be said who somebody in this case is."""
    subjects, parties = schema.subjects.c, schema.parties.c
    query = (
        select(subjects.subject)
        .join(
            schema.parties,
            (parties.region == subjects.region) & (parties.subject == subjects.subject),
        )
        .where(
            parties.region == region,
            parties.number == number,
            subjects.region == region,
            subjects.identity_question.is_(True),
        )
        .limit(1)
    )
    return connection.execute(query).first() is not None


def put_text(uow: UnitOfWork, region: str, row: TextRow) -> None:
    """The text stands under another subject's key now."""
    table = schema.texts
    uow.execute(
        update(table)
        .where(table.c.region == region, table.c.text == row.text)
        .values(subject=row.subject, sealed=row.sealed)
    )


def move_case(uow: UnitOfWork, region: str, number: str, source: str, target: str) -> None:
    """In this case the one subject stands where the other did."""
    table = schema.parties
    uow.execute(
        update(table)
        .where(table.c.region == region, table.c.number == number, table.c.subject == source)
        .values(subject=target)
    )


def erase(uow: UnitOfWork, region: str, subject_id: str, now: datetime) -> int:
    """Destroy the key, the texts, and all by which the person is found. Gives how many texts went.

    Parties keep their role with nobody to be reached; open deliveries find that out when tried.
    """
    gone = uow.execute(
        delete(schema.texts).where(
            schema.texts.c.region == region, schema.texts.c.subject == subject_id
        )
    ).rowcount
    search_words.remove(uow, region, subject_id)
    uow.execute(
        update(schema.subjects)
        .where(schema.subjects.c.region == region, schema.subjects.c.subject == subject_id)
        .values(
            wrapped_key=None,
            nik_index=None,
            nik_asked=None,
            identity_question=None,
            erased_at=now,
        )
    )
    uow.execute(
        update(schema.parties)
        .where(schema.parties.c.region == region, schema.parties.c.subject == subject_id)
        .values(channels=None)
    )
    return int(gone)
