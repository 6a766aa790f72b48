"""Parties and texts of cases as they are sealed, each with the key that opens it: one read each."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from sqlalchemy import (
    Connection,
    Select,
    String,
    and_,
    bindparam,
    func,
    literal_column,
    select,
    true,
)

from casetrack.domain.people import contact
from casetrack.storage import schema
from casetrack.storage.fixed import Call, Fixed, ask
from casetrack.storage.row_sets import Texts, among


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


_P, _S, _T = schema.parties.c, schema.subjects.c, schema.texts.c
_PARTY = (_P.number, _P.role, _P.subject, _P.text, _P.channels, _P.language)
_AT_ONCE = (
    select(*_PARTY, _S.wrapped_key, _T.sealed, _S.identity_question)
    .join(schema.subjects, and_(_S.region == _P.region, _S.subject == _P.subject))
    .outerjoin(schema.texts, and_(_T.region == _P.region, _T.text == _P.text))
    .where(
        _P.region == bindparam("in_region"), among(_P.number, bindparam("numbers", type_=Texts()))
    )
)


def _party_by_party() -> Select[Any]:
    """Case by case, and of each party their key and text: no table is read as a whole, whatever is known
    of it."""
    given = (
        func.unnest(bindparam("numbers", type_=Texts()), type_=String)
        .table_valued("value")
        .render_derived(name="given")
    )

    def one(query: Select[Any], name: str) -> Any:
        return query.offset(literal_column("0")).lateral(name)

    here: Any = bindparam("in_region")
    party = one(select(*_PARTY).where(_P.region == here, _P.number == given.c.value), "party")
    subject = one(
        select(_S.wrapped_key, _S.identity_question).where(
            _S.region == here, _S.subject == party.c.subject
        ),
        "person",
    )
    said = one(select(_T.sealed).where(_T.region == here, _T.text == party.c.text), "said")
    found = given.join(party, true()).join(subject, true()).outerjoin(said, true())
    columns = (*party.c, subject.c.wrapped_key, said.c.sealed, subject.c.identity_question)
    return select(*columns).select_from(found)


_OF_CASES = Fixed(_party_by_party(), sqlite=_AT_ONCE)


def of_cases(region: str, numbers: Sequence[str]) -> Call:
    """Asks for everybody in these cases, each named once."""
    return _OF_CASES, {"in_region": region, "numbers": [*numbers]}


def read_parties(rows: Sequence[Any]) -> list[SealedParty]:
    """Who was asked for, by case and role."""
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
        for row in sorted(rows, key=attrgetter("number", "role"))
    ]


def parties_of_cases(
    connection: Connection, region: str, numbers: Sequence[str]
) -> list[SealedParty]:
    """Everybody in these cases, by case and role."""
    return read_parties(ask(connection, *of_cases(region, list(dict.fromkeys(numbers)))))


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
