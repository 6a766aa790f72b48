"""What is by right at once and whose file follows: a correction, and the issuing of what was signed.

It stands whatever comes of its file, and the answer is 200: it says in `warnings` that the file is still
to be signed, and the case waits for `signature`. Who must give words of their own and gave none signs
afterwards, as after a try that failed.
"""

from casetrack.domain.case.electronic_signing import is_corrected, is_issuing, places
from casetrack.domain.case.product_details import ProductNamed
from casetrack.domain.case.state import Document
from casetrack.domain.case.waiting_products import waits_for_file
from casetrack.domain.errors import Refusal
from casetrack.usecases.case.doing import Doing
from casetrack.usecases.case.signing_call import SigningCall, finish, named
from casetrack.usecases.case.unsigned_files import still_to_sign
from casetrack.usecases.case.visible_case import Sight, sight
from casetrack.usecases.context import Answer


def is_by_right_at_once(case: Sight, doing: Doing) -> bool:
    """Whether the act corrects a product, or issues what was signed before."""
    if doing.step is None:
        return doing.action in ("correct", "issue")
    found = (each for each in case.definition.steps if each.id == doing.step)
    return doing.action == "complete" and any(each.kind == "issue" for each in found)


def do_and_try(call: SigningCall) -> Answer:
    """The act, and the first try at the files of what it began. Raises what `do` does."""
    answer = call.do()
    if answer.replayed:
        return answer
    after = sight(call.ctx, call.actor, call.case.state.number)
    mine = [
        each
        for each in after.state.products
        if (is_corrected(each) or is_issuing(each))
        and each["signing"]["version"] == after.state.version
    ]
    if not mine:
        return answer
    waiting = [each["id"] for each in mine]
    if call.personal and call.words is None:
        return still_to_sign(answer, waiting)
    try:
        return finish(call, after, mine, kept=False)
    except Refusal as refused:
        # What could be signed of several has its event by now.
        now = sight(call.ctx, call.actor, call.case.state.number)
        if now.state.version != after.state.version:
            answer = Answer({**answer.view, **now.view()}, now.etag)
        left = [each["id"] for each in now.state.products if waits_for_file(each)]
        return still_to_sign(answer, left, refused)


def waiting_for(call: SigningCall) -> list[Document]:
    """The product whose file this signature goes on with: who corrected it signs, or who signed what was
    issued since; with the region's certificate any of them, and who issued it."""
    doing = call.doing
    product = named(call.case.state, doing) if doing.step is None else None
    if product is None or doing.action != "sign":
        return []
    if not (is_corrected(product) or is_issuing(product)):
        return []
    seen = doing.details.draft if isinstance(doing.details, ProductNamed) else None
    if seen not in (None, product["draft"]["hmac"]):
        return []
    signers = {mark["officer"] for mark in places(product)}
    if is_issuing(product) and not call.personal:
        signers.add(product["signing"]["officer"])
    return [product] if call.actor.id in signers else []
