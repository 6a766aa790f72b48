"""The passport of a decision, or its refusal: of any step, and of one that decides an objection.

An objection is decided by the position that made the decision, whoever sits there today, the same officer
included; an appeal by its superior, never by who decided before (UU 30/2014 art. 77 and 78).
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from casetrack.domain.access import Actor
from casetrack.domain.authority.check import Answer, Circumstances, Denial, Of, check
from casetrack.domain.authority.giving import acting_power
from casetrack.domain.authority.matter import Matter
from casetrack.domain.authority.register import Register
from casetrack.domain.case.authority_check import (
    checked,
    corrects_review,
    decides_review,
    everybody,
    is_guarded,
    matter_of,
    refusal,
)
from casetrack.domain.case.commands import Act, ProductChange
from casetrack.domain.case.product_details import ProductOrder
from casetrack.domain.case.reviews import matter_of_review
from casetrack.domain.case.state import CaseState, Document
from casetrack.domain.case.steps import Setting
from casetrack.domain.errors import Forbidden, NotNow
from casetrack.domain.service.definition import Action, StepDefinition


def authorise(
    state: CaseState,
    step: StepDefinition,
    actor: Actor,
    setting: Setting,
    moment: datetime,
    as_position: str | None,
) -> dict[str, Any]:
    """What the decision's event says of its authority.

    Raises NotNow with the choices where the officer must say as whom they act, NoAuthority with the
    failing link and who may act instead.
    """
    definition = setting.definition
    if definition.tracked_only:
        return {"scheme": "external", "issuer": step.agency}
    if decides_review(step, definition):
        return _review_authority(state, actor, setting, moment, as_position)
    if step.authority is None:
        return {"scheme": "unchecked", "role": actor.role, "agency": actor.agency}
    matter = matter_of(state, definition, setting.calendar, step.authority, moment, step)
    of = everybody(state, setting, step, actor.id)
    register = setting.register or Register(())
    answer = check(register, matter, actor.id, of(actor.id), as_position)
    return checked(answer, matter, setting, of)


def check_could_finish(
    state: CaseState, step: StepDefinition, officer: str, setting: Setting
) -> None:
    """Raises NoAuthority for an officer who could not finish this step: nobody takes it, or is given it,
    in vain. Who must say as whom they act says so then."""
    definition = setting.definition
    if not is_guarded(step, definition):
        return
    if decides_review(step, definition):
        review = state.review
        if review is not None and review["action"] is not None:
            asked = ReviewQuestion(state, setting, review, setting.now)
            denied = asked.answer(officer, None)
            if isinstance(denied, Denial):
                raise refusal(denied, asked.matter, setting, asked.of(officer), asked.only)
        return
    if step.authority is None:
        return
    matter = matter_of(state, definition, setting.calendar, step.authority, setting.now, step)
    of = everybody(state, setting, step, officer)
    answer = check(setting.register or Register(()), matter, officer, of(officer))
    if isinstance(answer, Denial):
        raise refusal(answer, matter, setting, of)


def authorise_change(
    state: CaseState,
    act: Act,
    change: ProductChange | ProductOrder,
    setting: Setting,
    action: Action,
) -> dict[str, Any]:
    """The same of what becomes of a product after the decision.

    A court's judgment is recorded as another's; an official and a superior need a passport. Raises
    NotNow, NoAuthority.
    """
    if change.by == "court":
        return {"scheme": "external", **change.instrument.as_data()}
    if corrects_review(action, setting.definition) and change.by == "official":
        # By the power of the decision reviewed, and the seat that decides: no other one may.
        return _review_authority(state, act.actor, setting, setting.now, act.as_position)
    matter = matter_of(state, setting.definition, setting.calendar, action, setting.now)
    register = setting.register or Register(())
    of = everybody(state, setting, None, act.actor.id)
    below = setting.decided_as

    def may(position: str) -> bool:
        if change.by != "superior":
            return True
        return below is not None and register.is_above(position, below, matter.day)

    answer = check(register, matter, act.actor.id, of(act.actor.id), act.as_position)
    given = checked(answer, matter, setting, of, may)
    seat = given["passport"]["seat"]["position"]
    if not may(seat):
        denial = Denial("not_superior", seat, {"position": below})
        raise refusal(denial, matter, setting, of, may)
    return given


# --- objections and appeals -----------------------------------------------------------------------


def _review_of(state: CaseState) -> Document:
    if state.review is None:
        raise NotNow(
            "review_unnamed",
            "The case does not say which decision it is about; link it first, with objection_to or "
            "appeal_of.",
        )
    return state.review


def _review_authority(
    state: CaseState,
    actor: Actor,
    setting: Setting,
    moment: datetime,
    as_position: str | None,
) -> dict[str, Any]:
    review = _review_of(state)
    if review["action"] is None:
        # The decision asked no register, so its review asks none; who decided before still does not.
        if _decided_before(review, actor.id, setting):
            raise Forbidden("decided_before", "Who decided before does not decide the appeal.")
        return {"scheme": "unchecked", "role": actor.role, "agency": actor.agency}
    asked = ReviewQuestion(state, setting, review, moment)
    of = asked.of(actor.id)
    return checked(asked.answer(actor.id, as_position), asked.matter, setting, of, asked.only)


def _decided_before(review: Document, officer: str, setting: Setting) -> bool:
    """Whether an appeal would be decided by who decided before, by whichever of their accounts."""
    if review["kind"] != "appeal":
        return False
    return setting.person(officer) in {setting.person(each) for each in review["deciders"]}


class ReviewQuestion:
    """The question of who decides an objection or an appeal, put to the register at one moment."""

    def __init__(
        self, state: CaseState, setting: Setting, review: Document, moment: datetime
    ) -> None:
        self._state, self._setting, self._review = state, setting, review
        self.matter: Matter = matter_of_review(review, setting.calendar.local_date(moment))
        self._register = setting.register or Register(())
        self.seat = self._seat()

    def _seat(self) -> str | None:
        """The position that decides; None where any does that holds the power: the one that made the
        decision is not known, or has lost the power since."""
        position: str | None = self._review["position"]
        if position is None:
            return None
        if self._review["kind"] == "appeal":
            return self._register.superior_of(position, self.matter.day)
        held = acting_power(self._register, position, self.matter).best
        return position if held is not None else None

    def only(self, position: str) -> bool:
        """Whether this position may decide it."""
        if self.seat is None:
            return not self._is_appeal or self._review["position"] is None
        return position == self.seat

    @property
    def _is_appeal(self) -> bool:
        return bool(self._review["kind"] == "appeal")

    def of(self, judged: str) -> Of:
        """What the case says of each officer, with why this position decides."""
        plain = everybody(self._state, self._setting, None, judged)

        def circumstances(officer: str) -> Circumstances:
            decided = _decided_before(self._review, officer, self._setting)
            remark = self._remark(officer)
            found = replace(plain(officer), review_remark=remark, decided_before=decided)
            if self._is_appeal and self._review["position"] is not None:
                # The superior decides by the chain of the position below where they have none.
                return replace(found, took_over=self._review["position"], took_over_remark=remark)
            return found

        return circumstances

    def _remark(self, officer: str) -> Document:
        reviews, person = self._setting.definition.reviews, self._setting.person
        before = {person(each) for each in self._review["deciders"]}
        return {
            "kind": self._review["kind"],
            "position": self._review["position"],
            "decided_by": list(self._review["deciders"]),
            "same_officer": person(officer) in before,
            "article": reviews.decided_by if reviews else None,
        }

    def answer(self, officer: str, as_position: str | None) -> Answer:
        """A passport, a denial, or the question as whom they act."""
        elsewhere = Denial(
            "not_superior" if self._is_appeal else "not_the_deciding_position",
            as_position,
            {"position": self.seat},
        )
        if not self.only(as_position or self.seat or ""):
            return elsewhere
        circumstances = self.of(officer)(officer)
        position = as_position or self.seat
        answer = check(self._register, self.matter, officer, circumstances, position)
        stranger = isinstance(answer, Denial) and answer.code == "not_incumbent"
        return elsewhere if stranger and self.seat is not None else answer
