"""Access codes and passwords: wrong ones are counted before the answer, and too many make a wait."""

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from casetrack.domain.errors import Busy
from casetrack.domain.people.guessing import FORGOTTEN, Count, Counts, neighbourhood
from casetrack.storage import stored_answers
from casetrack.storage.unit_of_work import UnitOfWork
from casetrack.usecases.context import Context

_TOO_MANY = (
    "Too many wrong access codes; wait a moment and try again, or ask at the counter for a new "
    "code."
)


def judge(
    ctx: Context,
    number: str,
    digest: str | None,
    who: str,
    fits: Callable[[], bool],
    too_many: str = _TOO_MANY,
    realm: str = "",
) -> bool:
    """Whether the code fits, said only to who has not guessed too much. Raises Busy.

    `digest` is that of the case's code, None for a number that is no case's; `who` is an address,
    or an officer; `too_many` is what is said in a wait; `realm` is what is guessed at: what an address
    guessed wrong in one counts in no other, so that who mistypes the numbers of products keeps nobody
    behind the same address from their case. The counts are locked before the code is
    looked at and written before the answer, so that of many tries at once none is judged too many.
    A try in a wait is not counted: else who goes on knocking would shut out all others behind the
    same address.
    """
    one, address, of_number = buckets = _buckets(number, digest, who, realm)
    fresh = _fresh(number, digest)
    with ctx.database.write() as uow:
        now = uow.time(None)
        held = _held(uow, (*buckets, fresh), now)
        reissued = held[fresh].wrong > 0 and held[fresh].last >= now - FORGOTTEN
        wait = Counts(held[one], held[address], held[of_number], reissued).wait(now)
        if wait.total_seconds() > 0:
            # Raised inside: the rows that the lock made are undone.
            raise Busy("too_many_guesses", too_many, retry_after=math.ceil(wait.total_seconds()))
        right = fits()
        counted = {} if right else {bucket: held[bucket].one_more(now) for bucket in buckets}
        stored_answers.put_guesses(
            uow, [(bucket, count.wrong, count.last) for bucket, count in counted.items()]
        )
        stored_answers.drop_guesses(uow, [one] if right else [], (*buckets, fresh))
    return right


@dataclass(frozen=True, slots=True)
class Begun:
    """A try that was counted as a wrong one before anybody looked: when, and what was before."""

    one: str
    at: datetime
    before: Mapping[str, Count]


def begin(ctx: Context, number: str, who: str, too_many: str, realm: str) -> Begun:
    """Count a try whose look takes long, so that no row is held meanwhile. Raises Busy.

    Of many tries at once none is looked at too many. A right one is taken back.
    """
    buckets = _buckets(number, None, who, realm)
    with ctx.database.write() as uow:
        now = uow.time(None)
        held = _held(uow, buckets, now)
        one, address, of_number = (held[bucket] for bucket in buckets)
        wait = Counts(one, address, of_number).wait(now)
        if wait.total_seconds() > 0:
            # Raised inside: the rows that the lock made are undone.
            raise Busy("too_many_sign_ins", too_many, retry_after=math.ceil(wait.total_seconds()))
        stored_answers.put_guesses(
            uow, [(bucket, held[bucket].one_more(now).wrong, now) for bucket in buckets]
        )
    return Begun(buckets[0], now, held)


def take_back(uow: UnitOfWork, begun: Begun) -> None:
    """The try was right: it counts nowhere, and what this address guessed wrong before is forgotten."""
    held = _held(uow, list(begun.before), begun.at)
    left = {}
    for bucket, count in held.items():
        before = begun.before[bucket]
        # Somebody who guessed meanwhile keeps the moment that they left.
        last = before.last if count.last == begun.at else count.last
        left[bucket] = (max(count.wrong - 1, 0), last)
    gone = [bucket for bucket, (wrong, _) in left.items() if bucket == begun.one or not wrong]
    stored_answers.put_guesses(
        uow, [(bucket, *count) for bucket, count in left.items() if bucket not in gone]
    )
    stored_answers.drop_guesses(uow, gone, list(begun.before))


def _held(uow: UnitOfWork, buckets: Collection[str], now: datetime) -> dict[str, Count]:
    return {
        bucket: Count(wrong, last)
        for bucket, wrong, last in stored_answers.lock_guesses(uow, buckets, now)
    }


def reissued(uow: UnitOfWork, number: str, digest: str) -> None:
    """A new code was given out: it opens at once, whatever was guessed before at the number.

    Counts are kept under the code's digest, so those of the old one mean nothing any more.
    """
    stored_answers.put_guesses(uow, [(_fresh(number, digest), 1, uow.time(None))])


def _buckets(number: str, digest: str | None, who: str, realm: str) -> tuple[str, str, str]:
    place, code = neighbourhood(who)[:45], (digest or "")[:8]
    return f"{number}|{code}|{place}", f"{realm}|{place}", f"{number}|{code}"


def _fresh(number: str, digest: str | None) -> str:
    return f"{number}|{(digest or '')[:8]}|reissued"
