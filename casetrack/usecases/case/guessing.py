"""Access codes are judged one after the other, and wrong ones are counted before the answer."""

import math
from collections.abc import Callable

from casetrack.domain.case.guessing import FORGOTTEN, Count, Counts, neighbourhood
from casetrack.domain.errors import Busy
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
        held = {
            bucket: Count(wrong, last)
            for bucket, wrong, last in stored_answers.lock_guesses(uow, (*buckets, fresh), now)
        }
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
