"""The same request twice has one effect: the stored answer of the first is given again.

draft-ietf-httpapi-idempotency-key-header; keys are scoped to region, token, method and path.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from casetrack.domain.errors import Busy, Invalid, Refusal
from casetrack.storage import stored_answers
from casetrack.storage.unit_of_work import Conflict, UnitOfWork
from casetrack.usecases.context import Answer, Context
from casetrack.usecases.region_by_region import in_each_region

KEPT = timedelta(hours=24)
#: Answers that are removed in one transaction: a day's worth of a city at once would hold it for long.
AT_ONCE = 1000

Given = TypeVar("Given")


@dataclass(frozen=True, slots=True)
class Request:
    """What makes two requests the same."""

    region: str
    token: str
    method: str
    path: str
    key: str
    body_digest: str

    @property
    def context(self) -> str:
        """What a stored answer is bound to."""
        return "\n".join((self.region, self.token, self.method, self.path, self.key))


def replay(ctx: Context, request: Request | None, uow: UnitOfWork | None = None) -> Answer | None:
    """The stored answer, or None. Raises Invalid: the key is none, or was used with another body."""
    if request is None:
        return None
    # Asked here and not where the header is read: role and content are refused before the key.
    if not (request.key.isascii() and request.key.isprintable() and 1 <= len(request.key) <= 255):
        raise Invalid(
            "malformed_idempotency_key", "An Idempotency-Key is 1 to 255 printable characters."
        )
    if uow is not None:
        row = stored_answers.find(uow.connection, request)
    else:
        with ctx.database.read() as connection:
            row = stored_answers.find(connection, request)
    if row is None or row.created_at < ctx.database.now() - KEPT:
        return None
    if row.request_digest != request.body_digest:
        raise Invalid(
            "idempotency_key_reused",
            "This Idempotency-Key was used with another body; take a new key for a new request.",
        )
    stored = json.loads(ctx.vault.open_answer(row.answer, request.context))
    return Answer(stored["view"], stored["etag"], replayed=True)


def remember(ctx: Context, uow: UnitOfWork, request: Request | None, answer: Answer) -> None:
    """Keep the answer in the transaction of its effect."""
    if request is None:
        return
    stored = json.dumps({"view": answer.view, "etag": answer.etag}).encode()
    stored_answers.put(
        uow, request, ctx.vault.seal_answer(stored, request.context), ctx.database.now() - KEPT
    )


def after_conflict(ctx: Context, request: Request | None) -> Answer:
    """An equal request was quicker: its answer, or Busy when it is not there yet."""
    answer = replay(ctx, request)
    if answer is None:
        raise Busy(
            "request_under_way",
            "An equal request is being carried out; ask again in a second.",
            retry_after=1,
        )
    return answer


#: How often a race is tried again: with a correction, or between two first cases of one person.
_TRIES = 3


def tried(ctx: Context, request: Request | None, once: Callable[[], Given]) -> Answer | Given:
    """What `once` gives; again while another transaction is quicker with a key that it needs.

    Where that was an equal request, its answer. The relay is told. Raises Busy after some tries.
    """
    for left in reversed(range(_TRIES)):
        try:
            answer = once()
        except Conflict:
            if request is not None and (stored := replay(ctx, request)):
                return stored
            if not left:
                return after_conflict(ctx, request)
            continue
        ctx.wake()
        return answer
    raise AssertionError("unreachable")  # the last try returns or raises


def written(ctx: Context, request: Request | None, do: Callable[[UnitOfWork], Answer]) -> Answer:
    """What `do` writes, kept for an equal request in the same transaction; the relay is told.

    Where an equal request was quicker, its answer. Raises what `do` refuses.
    """
    try:
        with ctx.database.write() as uow:
            answer = do(uow)
            remember(ctx, uow, request, answer)
    except Conflict:
        return after_conflict(ctx, request)
    except Refusal as error:
        return after_refusal(ctx, request, error)
    ctx.wake()
    return answer


def after_refusal(ctx: Context, request: Request | None, error: Refusal) -> Answer:
    """An equal request held the lock before us and changed what we were refused for: its answer.

    Raises the refusal when there is none.
    """
    answer = replay(ctx, request)
    if answer is None:
        raise error
    return answer


def forget_old(ctx: Context) -> int:
    """Remove some answers that are older than a replay may ask for, and guesses of then; how many."""
    with ctx.database.write() as uow:
        stored_answers.purge_guesses(uow, uow.time(None) - KEPT)
    return in_each_region(ctx, _forget)


def _forget(ctx: Context, region: str) -> int:
    with ctx.database.write() as uow:
        return stored_answers.purge(uow, region, uow.time(None) - KEPT, AT_ONCE)
