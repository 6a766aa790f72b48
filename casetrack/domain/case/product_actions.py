"""What is done to one product: drawn up, endorsed, signed, issued, handed over again; its expiry."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from casetrack.domain.access import require_agency, require_role
from casetrack.domain.case.authorising import authorise
from casetrack.domain.case.authority_check import is_guarded, signing
from casetrack.domain.case.case_actions import check_paid, is_handed_over
from casetrack.domain.case.commands import Act, details_of, find_step
from casetrack.domain.case.counter_details import Handing
from casetrack.domain.case.electronic_signing import (
    BEGUN,
    begun_issue,
    check_begun,
    completed,
    is_electronic,
    is_issuing,
)
from casetrack.domain.case.hand_overs import begin_or_hand_over, open_file, take_back
from casetrack.domain.case.product_details import ProductDrafting, ProductNamed, SignedFiles
from casetrack.domain.case.product_signing import (
    endorse,
    issuing,
    next_signature,
    seats_in,
    sign,
    to_issue,
    to_sign,
)
from casetrack.domain.case.products import (
    check_state,
    draw_up_wanted,
    expiring,
    find_product,
    issued,
    may_be_drawn_up,
    of_definition,
    put,
)
from casetrack.domain.case.reviews import open_carrying
from casetrack.domain.case.state import Document, but
from casetrack.domain.case.step_actions import check_completable
from casetrack.domain.case.steps import Draft, Setting, end, require_status
from casetrack.domain.case.transitions import PRODUCT_ACTIONS, PRODUCT_STATES, UNISSUED
from casetrack.domain.case.waiting_products import next_endorser
from casetrack.domain.errors import NoAuthority, NotNow
from casetrack.domain.events import instant

Said = tuple[str, dict[str, Any]]

_TO_HAND_OVER = tuple(PRODUCT_STATES["hand_over"])


def act_on_product(draft: Draft, act: Act, setting: Setting) -> Said:
    """One of `PRODUCT_ACTIONS`. Raises NotFound, NotNow, NoAuthority."""
    require_status(draft, act.action, PRODUCT_ACTIONS[act.action])
    return _HANDLERS[act.action](draft, act, setting)


def _draft(draft: Draft, act: Act, setting: Setting) -> Said:
    name = details_of(act, ProductDrafting).product
    if not may_be_drawn_up(draft.case, setting.definition.product_of(name)):
        raise NotNow(
            "product_state",
            "This product is signed already, or is not for a case with these facts.",
        )
    draw_up_wanted(draft, act, setting)
    drawn = of_definition(draft.case, name)
    return "product.drafted", {"product": drawn["id"] if drawn else None}


def _named(draft: Draft, act: Act) -> tuple[Document, ProductNamed]:
    said = details_of(act, ProductNamed)
    product = find_product(draft.case, said.product)
    check_state(product, act.action)
    if said.draft is not None and said.draft != product["draft"]["hmac"]:
        raise NotNow(
            "draft_changed",
            "The draft is another one than you saw; read it again.",
            draft=product["draft"]["hmac"],
        )
    return product, said


def _endorse(draft: Draft, act: Act, setting: Setting) -> Said:
    product, _ = _named(draft, act)
    position = next_endorser(product, setting.definition.product_of(product["product"]))
    if position is None or product["signatures"]:
        raise NotNow("product_state", "There is nothing left to endorse.")
    if act.as_position not in (None, position):
        raise NotNow("not_your_turn", f"Another endorsement comes first: that of {position}.")
    seats = seats_in(draft, act, setting)
    if position not in seats:
        raise NoAuthority(
            "position_not_held",
            f"You do not hold the position {position}.",
            position=position,
            positions=list(seats),
        )
    endorse(draft, act, setting, product)
    return "product.endorsed", {"product": product["id"], "position": position}


def _sign(draft: Draft, act: Act, setting: Setting) -> Said:
    """A signature on one product; the last that a signing step has to give completes the step."""
    product, _ = _named(draft, act)
    waits = next_signature(product)
    if waits is None:
        raise NotNow("product_state", "All signatures are there.", status_now=product["state"])
    step = setting.definition.step(waits)
    if not is_guarded(step, setting.definition):
        require_role(act.actor, step.roles)
        require_agency(act.actor, step.agency)
    if step.kind == "sign":
        check_completable(draft, step, replace(act, action="complete", step=step.id), setting.now)
    sign(draft, step, act, setting, product, {})
    if step.kind == "sign" and not to_sign(draft, step.id):
        end(draft, step.id, "completed", setting, by=act.actor.id)
    authority = authorise(
        draft.before, signing(step), act.actor, setting, setting.now, act.as_position
    )
    said = {"agency": step.agency, "kind": step.kind, "step": step.id, "product": product["id"]}
    name = BEGUN if find_product(draft.case, product["id"]).get("signing") else "product.signed"
    return name, {**said, "authority": authority}


def _complete_signature(draft: Draft, act: Act, setting: Setting) -> Said:
    """The files have the signatures that were begun; the last of a signing step completes it, and so does
    the last that an issuing step issues.

    The passport is that of the beginning, and what gave it must still hold.
    """
    said = details_of(act, SignedFiles)
    officer = replace(act.actor, kind="officer", id=said.by) if said.by else act.actor
    issues = False
    for made in said.files:
        product = find_product(draft.case, made.product)
        check_state(product, act.action)
        check_begun(product, officer.id, made, draft.before.version)
        issues = issues or is_issuing(product)
        defined = setting.definition.product_of(product["product"])
        put(draft, {**completed(product, defined, setting), "file": dict(made.kept)})
    begun = sorted({made.begun for made in said.files})
    name = "product.issued" if issues else "product.signed"
    if said.step is None:
        # A correction, and what is issued by itself, was by right at once, and stays so.
        return name, {"product": said.files[0].product, "begun": begun}
    step = find_step(setting.definition, said.step)
    over = not to_issue(draft) if issues else step.kind == "sign" and not to_sign(draft, step.id)
    if over:
        check_completable(
            draft, step, replace(act, actor=officer, action="complete", step=step.id), setting.now
        )
        end(draft, step.id, "completed", setting, by=officer.id)
    asked = step if issues else signing(step)
    authorise(draft.before, asked, officer, setting, setting.now, act.as_position)
    told = {"agency": step.agency, "kind": step.kind, "step": step.id}
    return name, {**told, "begun": begun}


def _issue(draft: Draft, act: Act, setting: Setting) -> Said:
    product, said = _named(draft, act)
    defined = setting.definition.product_of(product["product"])
    dated = said.dated or setting.calendar.local_date(setting.now)
    if is_electronic(setting) and product["signatures"]:
        mark = issuing(draft, act, setting, product)
        out = begun_issue(product, mark, dated, said.valid_until)
        put(draft, {**out, "number": said.number or out["number"]})
        return BEGUN, {"product": product["id"], "issues": True}
    out = issued(product, defined, setting, dated, said.valid_until)
    put(draft, {**out, "number": said.number or out["number"]})
    return "product.issued", {"product": product["id"]}


def _hand_over(draft: Draft, act: Act, setting: Setting) -> Said:
    """One of the case's products; the case is handed over with its last one."""
    product = find_product(draft.case, details_of(act, Handing).product or "")
    check_state(product, "hand_over")
    check_paid(draft, setting)
    named = {"product": product["id"]}
    if not begin_or_hand_over(draft, act, setting, [product["id"]]):
        return "product.hand_over_begun", named
    left = [each for each in draft.case.products if each["state"] in (*UNISSUED, *_TO_HAND_OVER)]
    if left or draft.case.status == "handed_over" or open_carrying(draft.case, setting.definition):
        return "product.handed_over", named
    name, facts = is_handed_over(draft, act, setting)
    return name, {**facts, **named}


def _hand_over_again(draft: Draft, act: Act, setting: Setting) -> Said:
    """One that was corrected after the hand-over of its case."""
    product = find_product(draft.case, details_of(act, Handing).product or "")
    check_state(product, "hand_over_again")
    return _hand_over(draft, act, setting)


def _expire(draft: Draft, act: Act, setting: Setting) -> Said:
    product, _ = _named(draft, act)
    if not expiring(product, setting):
        raise NotNow("product_state", "The product is still valid.", status_now=product["state"])
    until = date.fromisoformat(product["valid_until"])
    ended = {
        "status": "expired",
        "at": instant(setting.now),
        "late": False,
        "version": draft.before.version + 1,
    }
    put(draft, {**product, "state": "expired", "ended": ended})
    # What became of it last, also where it was corrected before.
    draft.case = but(draft.case, product={**ended, "product": product["id"]})
    return "product.expired", {"product": product["id"], "valid_until": until.isoformat()}


_HANDLERS: Mapping[str, Callable[[Draft, Act, Setting], Said]] = {
    "draft": _draft,
    "endorse": _endorse,
    "sign": _sign,
    "complete_signature": _complete_signature,
    "issue": _issue,
    "hand_over_product": _hand_over,
    "hand_over_again": _hand_over_again,
    "take_back": take_back,
    "open_file": open_file,
    "expire": _expire,
}
