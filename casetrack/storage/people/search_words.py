"""The keyed words by which people are found; they die with the person.

Whoever has the rows and not the master key learns which people share a word, and no word.
"""

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    Connection,
    Select,
    String,
    bindparam,
    delete,
    exists,
    func,
    literal_column,
    select,
)

from casetrack.storage import schema
from casetrack.storage.bulk import insert_many
from casetrack.storage.fixed import Fixed, ask
from casetrack.storage.row_sets import Texts, among
from casetrack.storage.unit_of_work import UnitOfWork

_TABLE = schema.search_words
#: People with a word that are looked through at most; a wider search is refused.
MOST = 20_000


def add(uow: UnitOfWork, region: str, words: Mapping[str, Collection[str]]) -> None:
    """Keep keyed words by subject; those that are there already stay."""
    insert_many(uow, _TABLE, values(region, words), "ON CONFLICT DO NOTHING")


def values(region: str, words: Mapping[str, Collection[str]]) -> list[dict[str, str]]:
    """The rows of keyed words by subject."""
    return [
        {"region": region, "word": word, "subject": subject}
        for subject in sorted(words)
        for word in sorted(words[subject])
    ]


def remove(uow: UnitOfWork, region: str, subject: str) -> None:
    """Nobody finds this person by a word any more."""
    uow.execute(
        delete(_TABLE).where(_TABLE.c.region == region, _TABLE.c.subject == subject),
    )


def subjects_of(connection: Connection, region: str, words: Collection[str]) -> list[str]:
    """Everybody with one of these words."""
    query = select(_TABLE.c.subject).where(_TABLE.c.region == region, _TABLE.c.word.in_(words))
    return list(connection.execute(query).scalars())


@cache
def _how_many(words: int, most: int) -> Fixed:
    """How many people have each of so many words, each counted so far and no further."""
    counts = [
        select(func.count())
        .select_from(
            select(_TABLE.c.subject)
            .where(_TABLE.c.region == _REGION, _TABLE.c.word == _word(place))
            .limit(literal_column(str(most + 1)))
            .subquery(f"few_{place}")
        )
        .scalar_subquery()
        .label(f"count_{place}")
        for place in range(words)
    ]
    return Fixed(select(*counts))


def rarest_first(
    connection: Connection, region: str, words: Sequence[str], most: int = MOST
) -> list[str] | None:
    """The words, the one that the fewest have first; None where even that one has too many."""
    fixed = _how_many(len(words), most)
    (row,) = ask(connection, fixed, {"in_region": region, **word_values(words)})
    order = sorted(zip(row, words, strict=True))
    return None if order[0][0] > most else [word for _, word in order]


_REGION: Any = bindparam("in_region")


def _word(place: int) -> Any:
    return bindparam(f"word_{place}", type_=String)


def word_values(words: Sequence[str]) -> dict[str, str]:
    """The words as values of a statement that asks for so many."""
    return {f"word_{place}": word for place, word in enumerate(words)}


def those_with(found: Any, words: int) -> Select[tuple[str]]:
    """Of the subjects that were found, the few who have all of so many words."""
    few = found.subquery("few")
    each = [_TABLE.alias(f"also_{place}").c for place in range(words)]
    return select(few.c.subject).where(
        *[
            exists().where(
                of.region == _REGION, of.word == _word(place), of.subject == few.c.subject
            )
            for place, of in enumerate(each)
        ]
    )


def with_all(words: int) -> Select[tuple[str]]:
    """The subjects who have all of so many words, looked for by the first."""
    query = select(_TABLE.c.subject).where(_TABLE.c.region == _REGION, _TABLE.c.word == _word(0))
    for place in range(1, words):
        other = _TABLE.alias(f"also_{place}").c
        query = query.where(
            exists().where(
                other.region == _REGION,
                other.word == _word(place),
                other.subject == _TABLE.c.subject,
            )
        )
    return query


def with_any() -> Select[tuple[str]]:
    """The subjects who have one of the words `any_of`."""
    given = bindparam("any_of", type_=Texts())
    return select(_TABLE.c.subject).where(_TABLE.c.region == _REGION, among(_TABLE.c.word, given))


def to_index(
    connection: Connection, region: str, after: str, limit: int, *, anew: bool
) -> list[str]:
    """Subjects behind this one who stand in a case; those who have words already only `anew`."""
    parties, subjects = schema.parties.c, schema.subjects.c
    query = select(subjects.subject).where(
        subjects.region == region,
        subjects.subject > after,
        subjects.wrapped_key.is_not(None),
        exists().where(parties.region == region, parties.subject == subjects.subject),
    )
    if not anew:
        has = (_TABLE.c.region == region, _TABLE.c.subject == subjects.subject)
        query = query.where(~exists().where(*has))
    rows = connection.execute(query.order_by(subjects.subject).limit(limit))
    return list(rows.scalars())
