"""What stands in a decision's way, and what may follow it: conflicts of interest, a product's end.

UU 30/2014 art. 42 and 43 (conflict of interest), art. 66 (annulment, within five working days after
its ground is found). A case keeps its status and outcome; the product says what became of it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from casetrack.domain.authority.check import Circumstances, Denial, check
from casetrack.domain.authority.entries import Incumbency
from casetrack.domain.authority.passport import seat_of
from casetrack.domain.authority.register import Recorded, Register, incumbency_fault
from casetrack.domain.case.authority_check import (
    checked,
    circumstances,
    conflict_of,
    matter_of,
    refusal,
)
from casetrack.domain.case.commands import (
    Act,
    ConflictDeclared,
    ConflictSettled,
    ProductChange,
    details_of,
)
from casetrack.domain.case.late_entries import admit_late
from casetrack.domain.case.state import CaseState, Document
from casetrack.domain.case.steps import Draft, Setting
from casetrack.domain.case.transitions import AUTHORITY_ACTIONS
from casetrack.domain.clock import TimeLimit, deadline
from casetrack.domain.errors import Invalid, NotNow
from casetrack.domain.events import instant
from casetrack.domain.service.definition import Action

#: UU 30/2014 art. 66(4) and (5): flagged when it is late, not forbidden.
ANNULMENT_LIMIT = TimeLimit(5, "working_days")

Said = tuple[str, dict[str, Any]]


def act_on_authority(draft: Draft, act: Act, setting: Setting) -> Said:
    """One of `AUTHORITY_ACTIONS`. Raises NotNow, NoAuthority, Invalid."""
    allowed = AUTHORITY_ACTIONS[act.action]
    if draft.case.status not in allowed:
        raise NotNow(
            "status_forbids",
            f"{act.action} is not for a case that is {draft.case.status}; it takes "
            f"{' or '.join(allowed)}.",
            status_now=draft.case.status,
        )
    return _HANDLERS[act.action](draft, act, setting)


# --- conflicts of interest ------------------------------------------------------------------------


def _declare(draft: Draft, act: Act, setting: Setting) -> Said:
    """It blocks at once; nobody has to agree."""
    said = details_of(act, ConflictDeclared)
    officer = said.officer or act.actor.id
    before = conflict_of(draft.case, officer)
    if before is not None and before["status"] == "declared":
        raise NotNow("declared_already", "This conflict of interest is declared already.")
    conflict = {
        "officer": officer,
        "ground": said.ground,
        "status": "declared",
        "declared_by": act.actor.id,
        "version": draft.case.version + 1,
    }
    return _set_conflict(draft, conflict, "conflict.declared", {})


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
        for lower in _seats(register, officer, day, said.position)
        for upper in _seats(register, act.actor.id, day, act.as_position)
        if register.is_above(_position(upper), _position(lower), day)
    ]
    if not found:
        denial = Denial("not_superior", act.as_position, {"officer": officer})
        matter = matter_of(
            draft.before, setting.definition, setting.calendar, "decide", setting.now
        )
        raise refusal(denial, matter, register, lambda who: _apart(draft, setting, who))
    upper, lower = min(found, key=lambda pair: (pair[1].id, pair[0].id))
    held = upper.entry
    if not isinstance(held, Incumbency):
        raise TypeError("a seat is an incumbency")
    seat = seat_of(upper.id, held, register.name_of(held.position, day), upper.cite)
    conflict = {
        **declared,
        "status": status,
        "position": _position(lower),
        "by": act.actor.id,
        "by_position": held.position,
        "version": draft.case.version + 1,
    }
    return _set_conflict(draft, conflict, f"conflict.{status}", {"superior": seat.as_data()})


def _apart(draft: Draft, setting: Setting, officer: str) -> Circumstances:
    """What the case says of an officer, apart from any step."""
    return circumstances(draft.before, setting.definition, None, officer)


def _position(recorded: Recorded) -> str:
    held = recorded.entry
    return held.position if isinstance(held, Incumbency) else ""


def _seats(register: Register, officer: str, day: date, position: str | None) -> Iterator[Recorded]:
    for recorded in register.held_by(officer):
        held = recorded.entry
        if not isinstance(held, Incumbency) or position not in (None, held.position):
            continue
        if incumbency_fault(held, day) is None:
            yield recorded


def _set_conflict(draft: Draft, conflict: Document, name: str, more: Document) -> Said:
    others = tuple(c for c in draft.case.conflicts if c["officer"] != conflict["officer"])
    draft.case = replace(draft.case, conflicts=(*others, conflict))
    return name, {"conflict": conflict, **more}


# --- after the decision ---------------------------------------------------------------------------


def check_found_on(act: Act, setting: Setting) -> None:
    """Raises Invalid for a ground that is yet to be found."""
    if not isinstance(act.details, ProductChange):
        return
    if act.details.found_on > setting.calendar.local_date(setting.now):
        raise Invalid("found_in_future", "The day on which the ground was found is to come.")


def _end_product(action: Action, status: str) -> Callable[[Draft, Act, Setting], Said]:
    def handler(draft: Draft, act: Act, setting: Setting) -> Said:
        gone = draft.case.product
        if gone is not None and gone["status"] in ("annulled", "revoked"):
            raise NotNow("product_ended", f"The product is {gone['status']} already.")
        change = details_of(act, ProductChange)
        said = change.as_data()
        limit = deadline(
            setting.calendar.end_of(change.found_on),
            ANNULMENT_LIMIT,
            (),
            setting.calendar,
        )
        late = action == "annul" and setting.now > limit
        authority = _authority(draft.before, act, change, setting, action)
        draft.case = replace(
            draft.case,
            product={
                "status": status,
                "at": instant(setting.now),
                "late": late,
                "version": draft.case.version + 1,
                **said,
            },
        )
        return f"case.{status}", {**said, "late_annulment": late, "authority": authority}

    return handler


def _authority(
    state: CaseState, act: Act, change: ProductChange, setting: Setting, action: Action
) -> dict[str, Any]:
    """A court's judgment is recorded as another's; an official and a superior need a passport."""
    if change.by == "court":
        return {"scheme": "external", **change.instrument.as_data()}
    matter = matter_of(state, setting.definition, setting.calendar, action, setting.now)
    register = setting.register or Register(())

    def of(officer: str) -> Circumstances:
        own = setting.own_case and officer == act.actor.id
        return circumstances(state, setting.definition, None, officer, own_case=own)

    answer = check(register, matter, act.actor.id, of(act.actor.id), act.as_position)
    given = checked(answer, matter, register, of)
    seat = given["passport"]["seat"]["position"]
    below = setting.decided_as
    if change.by == "superior" and not (
        below is not None and register.is_above(seat, below, matter.day)
    ):
        raise refusal(Denial("not_superior", seat, {"position": below}), matter, register, of)
    return given


Handler = Callable[[Draft, Act, Setting], Said]

_HANDLERS: Mapping[str, Handler] = {
    "declare_conflict": _declare,
    "lift_conflict": _lift,
    "take_over": _take_over,
    "admit_late": admit_late,
    "correct": _end_product("correct", "corrected"),
    "annul": _end_product("annul", "annulled"),
    "revoke": _end_product("revoke", "revoked"),
}
