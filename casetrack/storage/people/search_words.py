"""The keyed words by which people are found; they die with the person.

Whoever has the rows and not the master key learns which people share a word, and no word.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Select, delete, exists, func, or_, select

from casetrack.storage import schema
from casetrack.storage.bulk import insert_many
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


def subjects_of(connection: Connection, region: str, word: str) -> list[str]:
    """Everybody with this word."""
    query = select(_TABLE.c.subject).where(_TABLE.c.region == region, _TABLE.c.word == word)
    return list(connection.execute(query).scalars())


def rarest_first(
    connection: Connection, region: str, words: Sequence[str], most: int = MOST
) -> list[str] | None:
    """The words, the one that the fewest have first; None where even that one has too many."""
    counts = [
        select(func.count())
        .select_from(
            select(_TABLE.c.subject)
            .where(_TABLE.c.region == region, _TABLE.c.word == word)
            .limit(most + 1)
            .subquery(f"few_{place}")
        )
        .scalar_subquery()
        for place, word in enumerate(words)
    ]
    row = connection.execute(select(*counts)).one()
    order = sorted(zip(row, words, strict=True))
    return None if order[0][0] > most else [word for _, word in order]


def those_with(region: str, found: Any, words: Sequence[str]) -> Select[tuple[str]]:
    """Of the subjects that were found, the few who have all of these words."""
    few = found.subquery("few")
    each = [_TABLE.alias(f"also_{place}").c for place, _ in enumerate(words)]
    return select(few.c.subject).where(
        *[
            exists().where(of.region == region, of.word == word, of.subject == few.c.subject)
            for of, word in zip(each, words, strict=True)
        ]
    )


def with_all(region: str, words: Sequence[str]) -> Select[tuple[str]]:
    """The subjects who have all of these words, looked for by the first."""
    query = select(_TABLE.c.subject).where(_TABLE.c.region == region, _TABLE.c.word == words[0])
    for place, word in enumerate(words[1:]):
        other = _TABLE.alias(f"also_{place}")
        query = query.where(
            exists().where(
                other.c.region == region, other.c.word == word, other.c.subject == _TABLE.c.subject
            )
        )
    return query


def with_any(region: str, words: Sequence[str]) -> Select[tuple[str]]:
    """The subjects who have one of these words."""
    same = [_TABLE.c.word == word for word in words]
    return select(_TABLE.c.subject).where(_TABLE.c.region == region, or_(*same))


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
