"""An act that may be the last signature of a product: begun under the locks, then put on its file.

What is by right at once, a correction or the issuing of what was signed, goes its own way
(`signing_afterwards`).
"""

from collections.abc import Sequence

from casetrack.domain.case.commands import Seen, check_seen, missing
from casetrack.domain.case.electronic_signing import (
    begun_at,
    is_corrected,
    is_issuing,
    issues_itself,
    places,
)
from casetrack.domain.case.product_details import ProductNamed
from casetrack.domain.case.product_signing import next_signature
from casetrack.domain.case.state import CaseState, Document
from casetrack.domain.errors import Invalid
from casetrack.usecases.case import signing_afterwards
from casetrack.usecases.case.do import checked
from casetrack.usecases.case.doing import Doing
from casetrack.usecases.case.signing_call import SigningCall, finish, named
from casetrack.usecases.case.visible_case import Sight, sight
from casetrack.usecases.context import Answer


def sign_or_do(call: SigningCall) -> Answer:
    """Carry out the act; where it is the last signature of a product, its file is signed as well.

    Raises what `do` raises; where no signature could be made NotNow or Unavailable, and the case waits
    for it; Busy while another try is at it.
    """
    case, doing = call.case, call.doing
    signs = doing.late is None and call.ctx.signs(case.state.region)
    _check_words(call)
    if signs and signing_afterwards.is_by_right_at_once(case, doing):
        return signing_afterwards.do_and_try(call)
    if signs and (waiting := signing_afterwards.waiting_for(call)):
        return call.again(waiting, lambda seen: check_seen(case.state, None, seen))
    step = _step_of(case, doing)
    if step is None or not signs:
        return call.do()
    mine = _begun_by(call, case.state, step)
    if mine:
        return call.again(mine, lambda seen: _check_seen(case.state, doing, seen, mine))
    answer = call.do()
    after = sight(call.ctx, call.actor, case.state.number)
    mine = [] if answer.replayed else _begun_by(call, after.state, step)
    return finish(call, after, mine) if mine else answer


def _step_of(case: Sight, doing: Doing) -> str | None:
    """The step whose signature the act gives; None for any other act."""
    if doing.step is not None:
        found = [each for each in case.definition.steps if each.id == doing.step]
        signing = doing.action == "complete" and any(each.kind == "sign" for each in found)
        return doing.step if signing else None
    if doing.action != "sign" or not isinstance(doing.details, ProductNamed):
        return None
    product = named(case.state, doing)
    return next_signature(product) if product else None


def _check_words(call: SigningCall) -> None:
    """Raises Invalid for words that nothing takes or that are missing, after role and agency."""
    doing, words = call.doing, call.words
    personal = call.personal and doing.action in ("sign", "complete", "correct")
    personal = personal and doing.late is None
    wanted = personal and _puts_one(call.case, doing)
    if (words is None and not wanted) or (words is not None and personal):
        return
    checked(call.ctx, call.actor, call.case, doing)
    if wanted:
        raise missing("signature", "the signing service asks for NIK and passphrase")
    raise Invalid(
        "invalid_body",
        f"signature: {doing.action} takes none.",
        errors=[{"at": "signature", "message": f"{doing.action} takes none"}],
    )


def _puts_one(case: Sight, doing: Doing) -> bool:
    """Whether this act would put a signature on a file: the last one by right, or one that was begun."""
    found = [named(case.state, doing)] if doing.step is None else case.state.products
    for product in filter(None, found):
        if doing.action == "sign" and (is_corrected(product) or is_issuing(product)):
            return True
        if product["state"] not in ("draft", "endorsed"):
            continue
        waits = next_signature(product)
        last = len(product["signatures"]) + 1 == len(product["signers"])
        defined = case.definition.product_of(product["product"])
        if last and doing.step in (None, waits) and issues_itself(defined, case.definition):
            return True
    return False


def _begun_by(call: SigningCall, state: CaseState, step: str) -> list[Document]:
    """The products whose begun signature this act goes on with."""
    found, doing, officer = begun_at(state, step), call.doing, call.actor.id
    if doing.step is not None:
        return [each for each in found if each["signing"]["officer"] == officer]
    said, product = doing.details, named(state, doing)
    seen = said.draft if isinstance(said, ProductNamed) else None
    return [
        each
        for each in found
        if each is product
        and any(mark["officer"] == officer for mark in places(each))
        and seen in (None, each["draft"]["hmac"])
    ]


def _check_seen(state: CaseState, doing: Doing, seen: Seen, mine: Sequence[Document]) -> None:
    """Raises Stale. Who saw the case before their own signature was begun, and nothing since, saw it."""
    last = max(each["signing"]["version"] for each in mine)
    if last == state.version and seen.case == last - 1:
        return
    check_seen(state, doing.step, seen)
