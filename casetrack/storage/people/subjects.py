"""Rows about persons: sealed under the subject's own key, found by HMAC, gone when it is erased."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, literal_column, select, update

from casetrack.domain.events import GENESIS
from casetrack.storage import schema
from casetrack.storage.fixed import Call, Fixed, ask, ask_all
from casetrack.storage.people import search_words
from casetrack.storage.row_sets import Rows, Writes
from casetrack.storage.unit_of_work import UnitOfWork


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


_SUBJECT = (
    schema.subjects.c.subject,
    schema.subjects.c.wrapped_key,
    schema.subjects.c.version,
    schema.subjects.c.hash,
    schema.subjects.c.nik_index,
    schema.subjects.c.nik_asked,
    schema.subjects.c.identity_question,
)


_S = schema.subjects.c


_HERE = (_S.region == bindparam("region"), _S.subject == bindparam("subject"))


_BY_NIK = Fixed(
    select(*_SUBJECT).where(_S.region == bindparam("region"), _S.nik_index == bindparam("nik"))
)


_ASKED = Fixed(
    select(*_SUBJECT).where(_S.region == bindparam("region"), _S.nik_asked == bindparam("nik"))
)


_ONE = Fixed(select(*_SUBJECT).where(*_HERE))


_HELD = Fixed(select(*_SUBJECT).where(*_HERE).with_for_update(read=True))


_HELD_ALONE = Fixed(select(*_SUBJECT).where(*_HERE).with_for_update())


def by_nik(region: str, nik_index: str) -> Call:
    """Asks for the person with this NIK."""
    return _BY_NIK, {"region": region, "nik": nik_index}


def find_by_nik(connection: Connection, region: str, nik_index: str) -> SubjectRow | None:
    """The person with this NIK, through its keyed index."""
    return read_subject(ask(connection, *by_nik(region, nik_index)))


def read_subject(rows: Sequence[Any]) -> SubjectRow | None:
    """The subject that was asked for."""
    return SubjectRow(*rows[0]) if rows else None


def all_with_nik(connection: Connection, region: str, nik_index: str) -> list[SubjectRow]:
    """Everybody who goes by this NIK: whom it joins first, then those who are kept apart."""
    # One after the other: SQLite would read the whole table for either of two columns.
    calls = [(fixed, {"region": region, "nik": nik_index}) for fixed in (_BY_NIK, _ASKED)]
    return [
        found
        for rows in ask_all(connection, calls)
        for found in sorted((SubjectRow(*row) for row in rows), key=lambda row: row.subject)
    ]


def subject(connection: Connection, region: str, subject_id: str) -> SubjectRow | None:
    """A subject by id."""
    return read_subject(ask(connection, _ONE, {"region": region, "subject": subject_id}))


_APPLICANT = Fixed(
    select(*_SUBJECT)
    .join(
        schema.parties,
        (schema.parties.c.region == _S.region) & (schema.parties.c.subject == _S.subject),
    )
    .where(
        _S.region == bindparam("region"),
        schema.parties.c.region == bindparam("region"),
        schema.parties.c.number == bindparam("number"),
        schema.parties.c.role == literal_column("'applicant'"),
    )
)


def applicant(connection: Connection, region: str, number: str) -> SubjectRow | None:
    """The applicant as the case's row has them, and not its first event: they may have been joined
    with another person or separated since."""
    return read_subject(ask(connection, _APPLICANT, {"region": region, "number": number}))


def held(region: str, subject_id: str) -> Call:
    """Holds a subject still until the commit, to write texts under its key; `read_subject` reads it."""
    return _HELD, {"region": region, "subject": subject_id}


def lock_subject(
    uow: UnitOfWork, region: str, subject_id: str, *, exclusive: bool = False
) -> SubjectRow | None:
    """Hold a subject still until the commit: shared to write texts under its key, else to change it.

    Who writes and who erases wait for each other here, so no text stays under a destroyed key.
    """
    statement = _HELD_ALONE if exclusive else _HELD
    return read_subject(uow.ask(statement, {"region": region, "subject": subject_id}))


def regions_of_subject(connection: Connection, subject_id: str) -> str | None:
    """The region that keeps this subject."""
    return connection.execute(
        select(schema.subjects.c.region).where(schema.subjects.c.subject == subject_id)
    ).scalar()


def subject_values(
    region: str, row: SubjectRow, nik_index: str | None, now: datetime
) -> dict[str, Any]:
    """The columns of a new subject's row."""
    return {
        "region": region,
        "subject": row.subject,
        "wrapped_key": row.wrapped_key,
        "nik_index": nik_index,
        "nik_asked": row.nik_asked,
        "identity_question": row.identity_question,
        "created_at": now,
        "erased_at": None,
        "version": row.version,
        "hash": row.hash,
    }


def put_subject(
    uow: UnitOfWork, region: str, row: SubjectRow, nik_index: str | None, now: datetime
) -> None:
    """Keep a new subject."""
    put_subjects(uow, [subject_values(region, row, nik_index, now)])


def put_subjects(uow: UnitOfWork, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep new subjects."""
    if rows:
        uow.put(_SUBJECTS, {"subjects": rows})


_SUBJECTS = Writes(Rows(schema.subjects))


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


def erase(uow: UnitOfWork, region: str, subject_id: str, now: datetime) -> int:
    """Destroy the key, the texts, and all by which the person is found. Gives how many texts went.

    Parties keep their role with nobody to be reached; open deliveries find that out when tried.
    """
    gone = uow.execute(
        delete(schema.texts).where(
            schema.texts.c.region == region, schema.texts.c.subject == subject_id
        )
    ).rowcount
    complaints, said = schema.complaints.c, schema.complaint_texts
    theirs = select(complaints.complaint).where(
        complaints.region == region, complaints.subject == subject_id
    )
    gone += uow.execute(
        delete(said).where(said.c.region == region, said.c.complaint.in_(theirs))
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
            erasing_since=None,
        )
    )
    uow.execute(
        update(schema.parties)
        .where(schema.parties.c.region == region, schema.parties.c.subject == subject_id)
        .values(channels=None)
    )
    return int(gone)
