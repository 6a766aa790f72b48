"""The trace of administration: what was done to accounts, tokens and a region's set-up, by whom."""

from collections.abc import Iterable, Mapping
from typing import Any

from casetrack.domain.access import Actor, operator
from casetrack.domain.events import NewEvent, instant
from casetrack.domain.people.administration import (
    KEYS,
    TYPES,
    Deed,
    Document,
    changes,
    stream_of,
    undone,
)
from casetrack.storage.case import case_rows
from casetrack.storage.people import officers, tokens
from casetrack.storage.people.tokens import NO_END, TokenRecord
from casetrack.storage.service import catalogue
from casetrack.storage.unit_of_work import UnitOfWork
from casetrack.usecases.facts import append_fact

#: What was done, and what of it the event holds.
Fact = tuple[Deed, dict[str, Any]]
#: Things by their names, as facts tell them.
Documents = Mapping[str, Document]


def note(uow: UnitOfWork, region: str, by: str | Actor, *facts: Fact) -> None:
    """Append these facts to the region's trace, in the transaction in which they were done.

    `by` is who did it: an administrator, or a name at the command line. It comes last in a transaction:
    it holds the trace, which all of a region's administration waits for, until the commit.
    """
    if not facts:
        return
    stream = stream_of(region)
    actor = by if isinstance(by, Actor) else operator(region, by)
    uow.lock(region, stream)
    if case_rows.side_stream_end(uow.connection, region, stream) is None:
        facts = (*_found_there(uow, region, facts), *facts)
    ids, now = uow.draw_many(len(facts))
    for event_id, (deed, data) in zip(ids, facts, strict=True):
        append_fact(uow, region, stream, NewEvent(TYPES + deed, data), actor, (event_id, now))


def _found_there(uow: UnitOfWork, region: str, facts: tuple[Fact, ...]) -> list[Fact]:
    """What stood there before the first facts of a trace; nothing where the region is new."""
    now = standing(uow.connection, region)
    data = {}
    for kind in KEYS:
        changed = [change for _, fact in facts for change in fact.get(kind, ())]
        if found := changes(kind, {}, undone(kind, now[kind], changed)):
            data[kind] = found
    return [("trace_begun", data)] if data else []


def standing(connection: Any, region: str) -> dict[str, Documents]:
    """How accounts, tokens and published services of a region stand by their rows."""
    return {
        "officers": accounts(connection, region),
        "tokens": {
            token.token_id: _token_document(token) for token in tokens.tokens_of(connection, region)
        },
        "services": catalogue.digests(connection, region),
    }


def accounts(connection: Any, region: str, login: str | None = None) -> Documents:
    """What a fact holds of a region's accounts, or of one of them, by login."""
    return {
        officer.login: {
            "roles": list(officer.roles),
            "agency": officer.agency,
            "positions": list(officer.positions),
            "registrar_for": list(officer.registrar_for),
            "disabled": officer.disabled,
            "shut_out": shut_out,
        }
        for officer, shut_out in officers.of_region(connection, region, login)
    }


def changed_accounts(before: Documents, after: Documents) -> dict[str, Any]:
    """What a fact says of accounts that became otherwise; empty where none did."""
    found = changes("officers", before, after)
    return {"officers": found} if found else {}


def changed_tokens(before: Iterable[TokenRecord], after: Iterable[TokenRecord]) -> dict[str, Any]:
    """What a fact says of tokens that became otherwise; empty where none did."""
    old, new = ({t.token_id: _token_document(t) for t in some} for some in (before, after))
    found = changes("tokens", old, new)
    return {"tokens": found} if found else {}


def _token_document(token: TokenRecord) -> Document:
    """What a fact holds of a token: whose it is and until when; nothing of the token itself."""
    end: Mapping[str, Any] = {}
    # A release that knows no end leaves it open, until the second half of 0015 says one.
    if token.ends_at is not None:
        end = {"ends_at": None if token.ends_at == NO_END else instant(token.ends_at)}
    return {"officer": token.login, "revoked": token.revoked_at is not None, **end}
