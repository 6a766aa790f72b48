"""What stands in a decision's way, and what may follow it: conflicts of interest, a product's end.

UU 30/2014 art. 42 and 43 (conflict of interest), art. 66 (annulment, within five working days after
its ground is found). A case keeps its status and outcome; the product says what became of it.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from casetrack.domain.access import Actor
from casetrack.domain.authority.check import Alternative, Denial
from casetrack.domain.authority.entries import Incumbency, Post
from casetrack.domain.authority.passport import seat_of
from casetrack.domain.authority.register import Register
from casetrack.domain.authority.seats import is_superior, positions_of, seats_of, seats_on
from casetrack.domain.case.authorising import authorise_change
from casetrack.domain.case.authority_check import conflict_of, matter_of, present, refused
from casetrack.domain.case.commands import (
    Act,
    ConflictDeclared,
    ConflictSettled,
    ProductChange,
    details_of,
)
from casetrack.domain.case.correction_details import facts_after
from casetrack.domain.case.fact_corrections import correct_with_product
from casetrack.domain.case.hand_overs import ask_back
from casetrack.domain.case.late_entries import admit_late
from casetrack.domain.case.product_details import ProductOrder
from casetrack.domain.case.product_signing import unnamed_signer
from casetrack.domain.case.products import check_state, correct_text, corrected_by, put
from casetrack.domain.case.state import Document
from casetrack.domain.case.steps import Draft, Setting, require_status
from casetrack.domain.case.suspensions import reinstate, suspend
from casetrack.domain.case.transitions import AUTHORITY_ACTIONS
from casetrack.domain.clock import TimeLimit, deadline
from casetrack.domain.errors import Forbidden, Invalid, NoAuthority, NotNow
from casetrack.domain.events import instant
from casetrack.domain.people import possible_days as days
from casetrack.domain.service.definition import Action

#: UU 30/2014 art. 66(4) and (5): flagged when it is late, not forbidden.
ANNULMENT_LIMIT = TimeLimit(5, "working_days")

Said = tuple[str, dict[str, Any]]


def act_on_authority(draft: Draft, act: Act, setting: Setting) -> Said:
    """One of `AUTHORITY_ACTIONS`. Raises NotNow, NoAuthority, Invalid."""
    require_status(draft, act.action, AUTHORITY_ACTIONS[act.action])
    return _HANDLERS[act.action](draft, act, setting)


# --- conflicts of interest ------------------------------------------------------------------------


def _declare(draft: Draft, act: Act, setting: Setting) -> Said:
    """It blocks at once; nobody has to agree."""
    said = details_of(act, ConflictDeclared)
    officer = said.officer or act.actor.id
    _check_concerned(officer, setting)
    if officer != act.actor.id:
        _check_superior(act.actor, officer, setting)
    before = conflict_of(draft.case, officer)
    if before is not None and before["status"] == "declared":
        raise NotNow("declared_already", "This conflict of interest is declared already.")
    conflict = _conflict(draft, act, officer, said.ground, "declared")
    return _set_conflict(draft, conflict, "conflict.declared", {})


def _report(draft: Draft, act: Act, setting: Setting) -> Said:
    """A word of others than the officer and who is above them: kept and told, and it blocks nothing."""
    said = details_of(act, ConflictDeclared)
    officer = said.officer or act.actor.id
    _check_concerned(officer, setting)
    mine = ("reported", officer, act.actor.id)
    kept = draft.case.conflicts
    if any((c["status"], c["officer"], c.get("declared_by")) == mine for c in kept):
        raise NotNow("reported_already", "You have reported this conflict of interest already.")
    conflict = _conflict(draft, act, officer, said.ground, "reported")
    # In front: the release before takes the last that is said of an officer for what counts.
    draft.case = replace(draft.case, conflicts=(conflict, *kept))
    return "conflict.reported", {"conflict": conflict}


def _conflict(
    draft: Draft, act: Act, officer: str, ground: str | None, status: str
) -> dict[str, Any]:
    """What is kept of a conflict, as the actor says it now."""
    return {
        "officer": officer,
        "ground": ground,
        "status": status,
        "declared_by": act.actor.id,
        "version": draft.case.version + 1,
    }


def _check_concerned(officer: str, setting: Setting) -> None:
    """Raises Invalid for a login that is nobody's: a conflict is a person's."""
    if setting.accounts is not None and officer not in setting.accounts([officer]):
        raise Invalid("unknown_officer", "There is no such officer in this region.")


def _check_superior(actor: Actor, officer: str, setting: Setting) -> None:
    """Raises Forbidden unless the actor is above the officer: by the register, or as supervisor or head
    of the same body who does not sit below them."""
    register, day = setting.register or Register(()), setting.calendar.local_date(setting.now)
    if is_superior(register, actor.id, officer, day):
        return
    account = setting.accounts([officer]).get(officer) if setting.accounts else None
    same_body = account is None or account.agency == actor.agency
    below = is_superior(register, officer, actor.id, day)
    if not (same_body and not below and actor.has_role(("supervisor", "head"))):
        raise Forbidden(
            "not_their_superior",
            "A conflict of interest is declared by the officer concerned or by a superior of the same "
            "body; report it instead, which blocks nothing.",
        )


def _lift(draft: Draft, act: Act, setting: Setting) -> Said:
    return _decided_by_superior(draft, act, setting, "lifted")


def _take_over(draft: Draft, act: Act, setting: Setting) -> Said:
    return _decided_by_superior(draft, act, setting, "taken_over")


def _decided_by_superior(draft: Draft, act: Act, setting: Setting, status: str) -> Said:
    """The superior lets the officer go on, or decides themselves (UU 30/2014 art. 42(2))."""
    said = details_of(act, ConflictSettled)
    officer = said.officer or ""
    declared = conflict_of(draft.case, officer)
    if declared is None or declared["status"] != "declared":
        raise NotNow("no_conflict", "No conflict of this officer waits for a superior.")
    if officer == act.actor.id:
        raise NotNow("own_conflict", "One's own conflict of interest is for a superior to settle.")
    register, day = setting.register or Register(()), setting.calendar.local_date(setting.now)
    found = [
        (upper, lower)
        for lower in seats_of(register, officer, day)
        for upper in seats_of(register, act.actor.id, day)
        if said.position in (None, lower[1].position)
        and act.as_position in (None, upper[1].position)
        and register.is_above(upper[1].position, lower[1].position, day)
    ]
    if not found:
        raise _not_superior(draft, act, setting, officer, said.position)
    (letter, held), (_, below) = min(found, key=lambda pair: (pair[1][0].id, pair[0][0].id))
    seat = seat_of(letter.id, held, register.name_of(held.position, day), letter.cite)
    conflict = {
        **declared,
        "status": status,
        "position": below.position,
        "by": act.actor.id,
        "by_position": held.position,
        "article": said.article,
        "version": draft.case.version + 1,
    }
    return _set_conflict(draft, conflict, f"conflict.{status}", {"superior": seat.as_data()})


def _not_superior(
    draft: Draft, act: Act, setting: Setting, officer: str, position: str | None
) -> NoAuthority:
    """The refusal of who is not above the officer; those who are may do it instead."""
    register, day = setting.register or Register(()), setting.calendar.local_date(setting.now)
    live = present(register, setting)
    below = [position] if position is not None else positions_of(register, officer, day)
    instead = [
        Alternative(post.id, register.name_of(post.id, day), held.officer, held.form, ())
        for post, _ in register.all_of(Post)
        if any(register.is_above(post.id, lower, day) for lower in below)
        for letter in seats_on(register, post.id, day, live)
        if isinstance(held := letter.entry, Incumbency) and held.officer != officer
    ]
    matter = matter_of(draft.before, setting.definition, setting.calendar, "decide", setting.now)
    return refused(Denial("not_superior", act.as_position, {"officer": officer}), matter, instead)


def _set_conflict(draft: Draft, conflict: Document, name: str, more: Document) -> Said:
    others = tuple(
        c
        for c in draft.case.conflicts
        if c["officer"] != conflict["officer"] or c["status"] == "reported"
    )
    draft.case = replace(draft.case, conflicts=(*others, conflict))
    return name, {"conflict": conflict, **more}


# --- after the decision ---------------------------------------------------------------------------


def check_found_on(act: Act, setting: Setting) -> None:
    """Raises Invalid for a ground that is yet to be found, and for days that cannot be. Of their order
    nothing is asked: a ground may have been found in another case, and before this one."""
    change, today = act.details, setting.calendar.local_date(setting.now)
    if isinstance(change, ProductOrder):
        dated = change.instrument.dated
        days.check(days.past_faults("order.instrument.dated", dated, today))
    if not isinstance(change, ProductChange):
        return
    if change.found_on > today:
        raise Invalid("found_in_future", "The day on which the ground was found is to come.")
    dated = change.instrument.dated
    days.check(
        (
            *days.past_faults("found_on", change.found_on, today),
            *days.past_faults("instrument.dated", dated, today),
        )
    )


def _end_product(action: Action, status: str) -> Callable[[Draft, Act, Setting], Said]:
    def handler(draft: Draft, act: Act, setting: Setting) -> Said:
        change = details_of(act, ProductChange)
        product = _changed_product(draft, act, setting, action)
        said = change.as_data()
        limit = deadline(
            setting.calendar.end_of(change.found_on),
            ANNULMENT_LIMIT,
            (),
            setting.calendar,
        )
        late = action == "annul" and setting.now > limit
        # The product will say these facts, so the power must reach them.
        meant = replace(draft.before, facts=facts_after(draft.before.facts, change.facts))
        authority = authorise_change(meant, act, change, setting, action)
        ended = {
            "status": status,
            "at": instant(setting.now),
            "late": late,
            "version": draft.case.version + 1,
            **said,
        }
        named = {"product": product["id"]} if product else {}
        if product is not None:
            _put_changed(draft, act, setting, product, status, ended)
        draft.case = replace(draft.case, product={**ended, **named})
        told = {**said, **named, **({"grounds": dict(act.grounds)} if act.grounds else {})}
        if change.facts:
            name = product["id"] if product else None
            told |= correct_with_product(draft, act, setting, name, change.facts)
        return f"case.{status}", {**told, "late_annulment": late, "authority": authority}

    return handler


def _changed_product(draft: Draft, act: Act, setting: Setting, action: Action) -> Document | None:
    """The product that it is about; None where the service draws none up, and the case has its one.

    Raises NotFound, NotNow.
    """
    if setting.definition.products:
        product = corrected_by(draft.case, act)
        check_state(product, action)
        if action == "correct" and act.signer is None:
            raise unnamed_signer()
        return product
    gone = draft.case.product
    if gone is not None and gone["status"] in ("annulled", "revoked"):
        raise NotNow("product_ended", f"The product is {gone['status']} already.")
    return None


def _put_changed(
    draft: Draft, act: Act, setting: Setting, product: Document, status: str, ended: Document
) -> None:
    """The product with what became of it; a corrected one has a new text, signed by this act."""
    if status != "corrected":
        grounds = dict(act.grounds) if act.grounds else None
        after = {**product, "state": status, "ended": {**ended, "grounds": grounds}}
    else:
        after = correct_text(draft, act, setting, product, ended)
    put(draft, ask_back(draft.before, product, after, instant(setting.now)))


Handler = Callable[[Draft, Act, Setting], Said]

_HANDLERS: Mapping[str, Handler] = {
    "declare_conflict": _declare,
    "report_conflict": _report,
    "lift_conflict": _lift,
    "take_over": _take_over,
    "admit_late": admit_late,
    "correct": _end_product("correct", "corrected"),
    "annul": _end_product("annul", "annulled"),
    "revoke": _end_product("revoke", "revoked"),
    "suspend": suspend,
    "reinstate": reinstate,
}
