"""Objections (keberatan) and appeals (banding): about which decision they are, and until when they come.

UU 30/2014 art. 75 to 78. Whether one came in time is counted and shown; an officer judges it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from casetrack.domain.authority.matter import Matter
from casetrack.domain.case.authority_check import decides_review
from casetrack.domain.case.commands import Act
from casetrack.domain.case.review_details import NOTHING_TO_CHANGE, CarriedOut
from casetrack.domain.case.state import CaseState, Document, but
from casetrack.domain.case.steps import Draft
from casetrack.domain.case.transitions import OPEN_STEP, VALID_PRODUCT
from casetrack.domain.clock import Calendar, TimeLimit, deadline
from casetrack.domain.errors import NotNow
from casetrack.domain.events import parse_instant
from casetrack.domain.service.definition import (
    DECISION_KINDS,
    Action,
    Objection,
    Reviews,
    ServiceDefinition,
    StepDefinition,
)

#: What becomes of a product after the decision is a decision as well.
_AFTERWARDS = ("correct", "annul", "revoke")


def deciding(
    decisions: Iterable[Mapping[str, Any]], definition: ServiceDefinition
) -> Mapping[str, Any] | None:
    """The newest of a case's decisions to which one may object: what decides, signs or issues, and what
    becomes of a product; an official recommendation and a bill are none.

    Each has `version`, `step`, `action`, `scheme`, `officer`, `position` and `at`, the oldest first.
    """
    kinds = {step.id: step.kind for step in definition.steps}
    found = [
        each
        for each in decisions
        if (kinds.get(each["step"]) in DECISION_KINDS if each["step"] else _is_afterwards(each))
    ]
    return found[-1] if found else None


def _is_afterwards(decision: Mapping[str, Any]) -> bool:
    return decision["action"] in _AFTERWARDS or decision["scheme"] == "by_law"


def handed_on(
    state: CaseState, since: str, calendar: Calendar, product: str | None = None
) -> date | None:
    """The day on which what was decided reached the party, as a hand-over at the counter proves, or that
    they opened the file; None: not known. That it was sent proves nothing."""
    for record in state.hand_overs:
        if product is not None and product not in [each["id"] for each in record["products"]]:
            continue
        at = record.get("confirmed_at") or record["at"]
        if record["kind"] == "out" and not record.get("waits") and at >= since:
            reached = _reached(record, at, product)
            if reached is not None:
                return calendar.local_date(parse_instant(reached))
    return None


def _reached(record: Document, at: str, product: str | None) -> str | None:
    """When this hand-over is proven to have reached the party; None where nothing proves it."""
    if record.get("means", "counter") == "counter":
        return at
    opened: list[str] = [
        each["opened_at"]
        for each in record["products"]
        if each.get("opened_at") and product in (None, each["id"])
    ]
    return min(opened, default=None)


def last_day(reached: date, days: int, calendar: Calendar) -> date:
    """The last day on which one may object to what reached the party on that day."""
    limit = TimeLimit(days, "working_days")
    return calendar.local_date(deadline(calendar.start_of(reached), limit, (), calendar))


#: What is left to whom a decision refuses: to object, after that to appeal, after that the court.
Remedy = Literal["objection", "appeal", "court"]
_NEXT: Mapping[str | None, Remedy] = {None: "objection", "objection": "appeal", "appeal": "court"}


@dataclass(frozen=True, slots=True)
class MayObject:
    """How and until when one may object to a refusal, appeal or sue: what its letter says, or the law
    where there is none, the day on which that reached the party as a hand-over proves, and the last day;
    None: not known. `over`: the last day has passed."""

    said: Objection
    reached: date | None
    until: date | None
    remedy: Remedy
    over: bool


#: What the law says by itself (UU 30/2014); of the court only the letter tells.
_BY_LAW: Mapping[str | None, Objection] = {
    None: Objection(
        "pejabat yang menetapkan keputusan", "secara tertulis di loket", 21, "Pasal 77 UU 30/2014"
    ),
    "objection": Objection(
        "atasan pejabat yang menetapkan keputusan",
        "secara tertulis di loket",
        10,
        "Pasal 78 UU 30/2014",
    ),
}


def may_object(
    state: CaseState, definition: ServiceDefinition, calendar: Calendar, today: date
) -> MayObject | None:
    """Of a refused case, as its letter says or the law; None for any other, while the letter is
    still to come, and where another decides."""
    if state.outcome != "refused":
        return None
    reviewed = definition.reviews.kind if definition.reviews else None
    for product in reversed(state.products):
        said = definition.product_of(product["product"]).objection
        if said is None or product["state"] not in VALID_PRODUCT:
            continue
        reached = handed_on(state, "", calendar, product["id"])
        return _may_object(said, reached, _NEXT[reviewed], calendar, today)
    by_law = _BY_LAW.get(reviewed)
    awaited = any(product.objection for product in definition.products)
    if by_law is None or awaited or definition.tracked_only:
        return None
    return _may_object(by_law, handed_on(state, "", calendar), _NEXT[reviewed], calendar, today)


def _may_object(
    said: Objection, reached: date | None, remedy: Remedy, calendar: Calendar, today: date
) -> MayObject:
    until = last_day(reached, said.days, calendar) if reached else None
    return MayObject(said, reached, until, remedy, over=until is not None and until < today)


def about(
    reviews: Reviews,
    state: CaseState,
    definition: ServiceDefinition,
    decision: Mapping[str, Any] | None,
    calendar: Calendar,
    today: date,
) -> Document:
    """What an objection or an appeal keeps of the case that it is about; `decision` is what `deciding`
    gave, None where nobody decided."""
    step = _reviewed_step(definition, decision)
    reached = handed_on(state, decision["at"], calendar) if decision else None
    until = last_day(reached, reviews.days, calendar) if reached else None
    inherited = state.review or {}
    return {
        "kind": reviews.kind,
        "number": state.number,
        "service": inherited.get("service", definition.id),
        "opened": inherited.get("opened", _opened(state, calendar)),
        "strategic": inherited.get("strategic", definition.strategic),
        "facts": inherited.get("facts", _plain(state.facts)),
        "step": inherited.get("step", step.id if step else None),
        "agency": inherited.get("agency", step.agency if step else None),
        "action": inherited.get("action", _action(decision, step, definition)),
        "position": decision["position"] if decision else None,
        "deciders": _deciders(decision, inherited),
        "decided": _told(decision),
        "reached": reached.isoformat() if reached else None,
        "days": reviews.days,
        "basis": reviews.basis,
        "until": until.isoformat() if until else None,
        "lodged": today.isoformat(),
        "in_time": None if until is None else today <= until,
    }


def _opened(state: CaseState, calendar: Calendar) -> str:
    return calendar.local_date(parse_instant(state.opened_at)).isoformat()


def _plain(facts: Mapping[str, Any]) -> Document:
    """The facts by which a power may be bounded: what is sealed is none."""
    return {name: value for name, value in facts.items() if not isinstance(value, Mapping)}


def _reviewed_step(
    definition: ServiceDefinition, decision: Mapping[str, Any] | None
) -> StepDefinition | None:
    """The step that decided, or that should have."""
    if decision is not None and decision["step"] is not None:
        return definition.step(decision["step"])
    if decision is not None and decision["scheme"] != "by_law":
        return None
    steps = [step for step in definition.steps if step.kind in DECISION_KINDS and not step.optional]
    return steps[0] if steps else None


def _action(
    decision: Mapping[str, Any] | None, step: StepDefinition | None, definition: ServiceDefinition
) -> Action | None:
    """What the register is asked for; None where the decision asked none."""
    if definition.tracked_only:
        return None
    if decision is not None and decision["scheme"] == "checked":
        action: Action = decision["action"]
        return action
    if decision is not None and decision["scheme"] != "by_law":
        return None
    return step.authority if step else None


def _deciders(decision: Mapping[str, Any] | None, inherited: Mapping[str, Any]) -> list[str]:
    by = [decision["officer"]] if decision and decision["scheme"] != "by_law" else []
    return sorted({*by, *inherited.get("deciders", ())})


def _told(decision: Mapping[str, Any] | None) -> Document | None:
    if decision is None:
        return None
    return {name: decision[name] for name in ("version", "at", "scheme")}


def carry_out(draft: Draft, step: StepDefinition, act: Act, definition: ServiceDefinition) -> None:
    """What was granted is done in the first case: it stands in `review` from now on. Raises NotNow where
    nothing was done there, and nobody says that nothing is to be changed."""
    review = draft.case.review
    if definition.reviews is None or step.kind != "record":
        return
    if review is None:
        raise NotNow(
            "review_unnamed",
            "The case does not say which decision it is about; link it first, with objection_to or "
            "appeal_of.",
        )
    said = act.details if isinstance(act.details, CarriedOut) else CarriedOut()
    if not (said.decisions or said.new_cases or act.result == NOTHING_TO_CHANGE):
        raise NotNow(
            "not_carried_out",
            "Nothing was decided since in the case that this one is about: correct, annul or revoke "
            "there, or open a case that replaces it. Where nothing is to be changed, who decides "
            f"completes it with the result {NOTHING_TO_CHANGE} and a reason.",
        )
    unchanged = {"unchanged": True} if act.result == NOTHING_TO_CHANGE else {}
    done = [dict(each) for each in said.decisions]
    draft.case = but(draft.case, review={**review, "carried_out": done, **unchanged})


def open_carrying(state: CaseState, definition: ServiceDefinition) -> list[str]:
    """The steps at which what was granted is to be carried out yet."""
    if definition.reviews is None or state.status != "granted":
        return []
    records = [step.id for step in definition.steps if step.kind == "record"]
    return [each for each in records if state.steps[each].status in ("waiting", *OPEN_STEP)]


def check_carried_out(state: CaseState, definition: ServiceDefinition) -> None:
    """Raises NotNow while what was granted is to be carried out: no hand-over and no lapse ends it."""
    left = open_carrying(state, definition)
    if left:
        raise NotNow(
            "not_carried_out",
            f"What was granted is not carried out yet: the step {', '.join(left)} is open.",
        )


def matter_of_review(review: Mapping[str, Any], day: date) -> Matter:
    """What the register is asked of who decides it: the same power that the decision took."""
    return Matter(
        action=review["action"],
        service=review["service"],
        day=day,
        opened=date.fromisoformat(review["opened"]),
        facts=review["facts"],
        strategic=review["strategic"],
        step=review["step"],
        agency=review["agency"],
    )


def asked_service(state: CaseState, definition: ServiceDefinition) -> str:
    """The service for which the register is asked in this case."""
    if definition.reviews is None or state.review is None:
        return definition.id
    return str(state.review["service"])


def judged_as(
    state: CaseState, definition: ServiceDefinition, step: StepDefinition | None, calendar: Calendar
) -> dict[str, Any]:
    """By what a passport of this case is judged again: of a review by what the decision reviewed was, and
    so that of a correction of its letter, which no step gives."""
    review = state.review
    decides = [each for each in definition.steps if decides_review(each, definition)]
    judged = step or (decides[0] if decides else None)
    if judged is None or review is None or not decides_review(judged, definition):
        return {
            "opened": calendar.local_date(parse_instant(state.opened_at)),
            "facts": state.facts,
            "strategic": definition.strategic,
            "step": step,
        }
    named = review["step"]
    return {
        "opened": date.fromisoformat(review["opened"]),
        "facts": review["facts"],
        "strategic": review["strategic"],
        "step": replace(judged, id=named, agency=review["agency"]) if named else None,
    }
