"""By what right a step is decided: the matter, what the case says of the officer, the answer."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from casetrack.domain.access import Actor
from casetrack.domain.authority.chain import Matter
from casetrack.domain.authority.check import (
    Answer,
    Choice,
    Circumstances,
    Denial,
    Of,
    check,
    who_may,
)
from casetrack.domain.authority.passport import Passport
from casetrack.domain.authority.register import Register
from casetrack.domain.case.state import CaseState, Document
from casetrack.domain.case.steps import Setting
from casetrack.domain.clock import Calendar
from casetrack.domain.errors import NoAuthority, NotNow
from casetrack.domain.events import parse_instant
from casetrack.domain.service.definition import (
    DECISION_KINDS,
    Action,
    ServiceDefinition,
    StepDefinition,
)

#: So many alternatives tell where to go; more would be a directory.
MOST_ALTERNATIVES = 10


def needs_authority(step: StepDefinition, action: str) -> bool:
    """Whether this act is a decision: it says by what right it was taken."""
    if action == "refuse":
        return True
    return action == "complete" and (step.kind in DECISION_KINDS or step.official)


def needs_register(step: StepDefinition, action: str, definition: ServiceDefinition) -> bool:
    """Whether this act is checked against the register."""
    return (
        needs_authority(step, action) and step.authority is not None and not definition.tracked_only
    )


def matter_of(
    state: CaseState,
    definition: ServiceDefinition,
    calendar: Calendar,
    action: Action,
    moment: datetime,
) -> Matter:
    """What the register is asked for this case at this moment."""
    return Matter(
        action=action,
        service=definition.id,
        day=calendar.local_date(moment),
        opened=calendar.local_date(parse_instant(state.opened_at)),
        facts=state.facts,
        strategic=definition.strategic,
    )


def conflict_of(state: CaseState, officer: str) -> Document | None:
    """What was last said of this officer's conflict of interest in this case."""
    return next((c for c in reversed(state.conflicts) if c["officer"] == officer), None)


def circumstances(
    state: CaseState,
    definition: ServiceDefinition,
    step: StepDefinition | None,
    officer: str,
    *,
    own_case: bool = False,
) -> Circumstances:
    """What the case says of an officer who would do this step."""
    declared = conflict_of(state, officer)
    taken = next(
        (c for c in state.conflicts if c["status"] == "taken_over" and c.get("by") == officer), None
    )
    return Circumstances(
        own_case=own_case,
        conflict=declared["status"] if declared else None,
        conflict_remark=_remark("conflict_lifted", declared) if declared else None,
        separation=step.separation if step else "off",
        did=tuple(_did(state, definition, step, officer)) if step else (),
        took_over=taken["position"] if taken else None,
        took_over_remark=_remark("taken_over", taken) if taken else None,
    )


def _remark(kind: str, conflict: Document) -> Document:
    kept = ("officer", "position", "ground", "by", "by_position", "version")
    return {"kind": kind, **{name: conflict[name] for name in kept if name in conflict}}


def _did(
    state: CaseState, definition: ServiceDefinition, step: StepDefinition, officer: str
) -> Iterator[str]:
    """Steps from which this one is to be separate and which this officer did."""
    if step.separation == "off":
        return
    for name in step.separate_from or sorted(_earlier(definition, step)):
        done = state.steps.get(name)
        if done is not None and done.assignee == officer and done.ended_at is not None:
            yield name


def _earlier(definition: ServiceDefinition, step: StepDefinition) -> set[str]:
    """Every step before this one but the completeness check."""
    before, todo = set[str](), list(step.after)
    while todo:
        name = todo.pop()
        if name not in before:
            before.add(name)
            todo += definition.step(name).after
    return before - {definition.root.id}


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
    if step.authority is None:
        return {"scheme": "unchecked", "role": actor.role, "agency": actor.agency}
    matter = matter_of(state, definition, setting.calendar, step.authority, moment)

    def of(officer: str) -> Circumstances:
        own = setting.own_case and officer == actor.id
        return circumstances(state, definition, step, officer, own_case=own)

    register = setting.register or Register(())
    answer = check(register, matter, actor.id, of(actor.id), as_position)
    return checked(answer, matter, register, of)


def checked(answer: Answer, matter: Matter, register: Register, of: Of) -> dict[str, Any]:
    """The passport as the event keeps it. Raises NotNow or NoAuthority for any other answer."""
    if isinstance(answer, Passport):
        return {"scheme": "checked", "passport": answer.as_data()}
    if isinstance(answer, Choice):
        raise NotNow(
            "position_choice",
            "You hold several positions; say as which one you act (as_position).",
            choices=[{"position": p, "name": name.as_dict()} for p, name in answer.positions],
        )
    raise refusal(answer, matter, register, of)


def refusal(denial: Denial, matter: Matter, register: Register, of: Of) -> NoAuthority:
    """The refusal with its failing link, and who may act instead on that day."""
    found = [alternative.as_data() for alternative in who_may(register, matter, of)]
    seated = [each for each in found if each["officer"] is not None]
    vacant = [each for each in found if each["officer"] is None]
    return NoAuthority(
        denial.code,
        denial.detail,
        action=matter.action,
        day=matter.day.isoformat(),
        position=denial.position,
        link=denial.link,
        alternatives=seated[:MOST_ALTERNATIVES],
        vacant=vacant[:MOST_ALTERNATIVES],
    )
