"""The keyed words by which people are found: made with the master key, made anew when data change."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from casetrack.domain.people.search_words import words_of
from casetrack.storage.people import person_texts, search_words, subjects
from casetrack.storage.region import regions
from casetrack.storage.unit_of_work import UnitOfWork
from casetrack.usecases.context import Context
from casetrack.usecases.people.sealing import text_context

#: Persons whose words are made in one transaction.
_BATCH = 200


def keyed_words(ctx: Context, region: str, party: Mapping[str, Any]) -> set[str]:
    """The words of a party's data, as they are kept."""
    return {ctx.vault.search_word(region, word) for word in words_of(party)}


def renew(ctx: Context, uow: UnitOfWork, region: str, subject: str, key: bytes) -> None:
    """The words of what is kept of the person now; those of what was corrected are gone."""
    search_words.remove(uow, region, subject)
    found: set[str] = set()
    for text in person_texts.party_texts(uow.connection, region, subject):
        opened = ctx.vault.open(key, text.sealed, text_context(region, text.text))
        found |= keyed_words(ctx, region, json.loads(opened))
    search_words.add(uow, region, {subject: found})


def index_everybody(
    ctx: Context, progress: Callable[[int], object] = lambda _: None, *, anew: bool = False
) -> int:
    """Make words of everybody who stands in a case and has none; gives how many persons that were.

    They came in by a release before there was a search, or while one was still running; what such a one
    corrected is found by its old words until they are made `anew`, of everybody.
    """
    done = 0
    with ctx.database.read() as connection:
        known = regions.regions(connection)
    for region in known:
        after = ""
        while page := _page(ctx, region, after, anew=anew):
            after = page[-1]
            with ctx.database.write() as uow:
                for subject in page:
                    done += _index(ctx, uow, region, subject)
            progress(done)
    return done


def _page(ctx: Context, region: str, after: str, *, anew: bool) -> list[str]:
    with ctx.database.read() as connection:
        return search_words.to_index(connection, region, after, _BATCH, anew=anew)


def _index(ctx: Context, uow: UnitOfWork, region: str, subject: str) -> bool:
    row = subjects.lock_subject(uow, region, subject, exclusive=True)
    if row is None or row.wrapped_key is None:
        return False
    renew(ctx, uow, region, subject, ctx.vault.unwrap(row.wrapped_key, region, subject))
    return True
