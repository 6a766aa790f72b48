"""By what right a step is decided: the matter, what the case says of the officer, the answer."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from casetrack.domain.authority.check import (
    Alternative,
    Answer,
    Choice,
    Circumstances,
    Denial,
    Of,
    who_may,
)
from casetrack.domain.authority.entries import Incumbency
from casetrack.domain.authority.matter import Matter
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


def needs_authority(step: StepDefinition, action: str, *, by_clock: bool = False) -> bool:
    """Whether this act is a decision: it says by what right it was taken.

    Who says that an official recommendation has no opinion speaks for the office; the clock only
    notes its silence.
    """
    if action == "refuse":
        return True
    if action == "no_opinion":
        return step.official and not by_clock
    return action == "complete" and (step.kind in DECISION_KINDS or step.official)


def is_guarded(step: StepDefinition, definition: ServiceDefinition) -> bool:
    """Whether the register says who may finish this step."""
    asked = step.authority is not None or (
        step.kind == "decide" and decides_review(step, definition)
    )
    return asked and not definition.tracked_only


def decides_review(step: StepDefinition, definition: ServiceDefinition) -> bool:
    """Whether an objection or an appeal is decided at the step, or that what was granted changes nothing:
    by the power of the decision reviewed."""
    return definition.reviews is not None and step.kind in ("decide", "record")


def corrects_review(action: str, definition: ServiceDefinition) -> bool:
    """Whether this is the correction of a letter of an objection or an appeal: it is for who decides."""
    return definition.reviews is not None and action == "correct"


def needs_register(
    step: StepDefinition, action: str, definition: ServiceDefinition, *, by_clock: bool = False
) -> bool:
    """Whether this act is checked against the register."""
    return needs_authority(step, action, by_clock=by_clock) and is_guarded(step, definition)


def signing(step: StepDefinition) -> StepDefinition:
    """The step as the register is asked for a signature: who refuses also signs the letter."""
    if step.authority is None or step.kind == "sign":
        return step
    return replace(step, authority="sign")


def matter_of(
    state: CaseState,
    definition: ServiceDefinition,
    calendar: Calendar,
    action: Action,
    moment: datetime,
    step: StepDefinition | None = None,
) -> Matter:
    """What the register is asked for this case, or one of its steps, at this moment."""
    return Matter(
        action=action,
        service=definition.id,
        day=calendar.local_date(moment),
        opened=calendar.local_date(parse_instant(state.opened_at)),
        facts=state.facts,
        strategic=definition.strategic,
        step=step.id if step else None,
        agency=step.agency if step else None,
    )


def conflict_of(state: CaseState, officer: str) -> Document | None:
    """What was last decided of this officer's conflict of interest in this case; a report is a word
    of others and decides nothing."""
    return next(
        (
            c
            for c in reversed(state.conflicts)
            if c["officer"] == officer and c["status"] != "reported"
        ),
        None,
    )


def circumstances(
    state: CaseState,
    definition: ServiceDefinition,
    step: StepDefinition | None,
    officer: str,
    *,
    own_case: bool = False,
    person: Callable[[str], str] = str,
) -> Circumstances:
    """What the case says of an officer who would do this step; of all accounts of their person."""
    declared = _conflict(state, officer, person)
    taken = next(
        (c for c in state.conflicts if c["status"] == "taken_over" and c.get("by") == officer), None
    )
    return Circumstances(
        own_case=own_case,
        conflict=declared["status"] if declared else None,
        conflict_remark=_remark("conflict_lifted", declared) if declared else None,
        separation=step.separation if step else "off",
        did=tuple(_did(state, definition, step, officer, person)) if step else (),
        took_over=taken["position"] if taken else None,
        took_over_remark=_remark("taken_over", taken) if taken else None,
    )


def _conflict(state: CaseState, officer: str, person: Callable[[str], str]) -> Document | None:
    """The conflict of interest that stands for an officer by any of their accounts; what blocks first."""
    others = {each["officer"] for each in state.conflicts} - {officer}
    theirs = [officer, *(each for each in sorted(others) if person(each) == person(officer))]
    found = [c for c in (conflict_of(state, each) for each in theirs) if c is not None]
    return min(found, key=lambda each: each["status"] == "lifted", default=None)


def _remark(kind: str, conflict: Document) -> Document:
    kept = ("officer", "position", "ground", "by", "by_position", "version")
    return {"kind": kind, **{name: conflict[name] for name in kept if name in conflict}}


def _did(
    state: CaseState,
    definition: ServiceDefinition,
    step: StepDefinition,
    officer: str,
    person: Callable[[str], str],
) -> Iterator[str]:
    """Steps from which this one is to be separate and which this officer did."""
    if step.separation == "off":
        return
    for name in step.separate_from or sorted(_earlier(definition, step)):
        done = state.steps.get(name)
        if done is None or done.assignee is None or done.ended_at is None:
            continue
        if done.assignee == officer or person(done.assignee) == person(officer):
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


def everybody(state: CaseState, setting: Setting, step: StepDefinition | None, judged: str) -> Of:
    """What the case says of each officer; of another than who is judged it asks the accounts."""

    def of(officer: str) -> Circumstances:
        if officer == judged or setting.accounts is None:
            own = setting.own_case and officer == judged
        else:
            account = setting.accounts([officer]).get(officer)
            own = account is not None and account.party
        return circumstances(
            state, setting.definition, step, officer, own_case=own, person=setting.person
        )

    return of


def anywhere(position: str) -> bool:
    """Any position may be an alternative."""
    return True


def checked(
    answer: Answer,
    matter: Matter,
    setting: Setting,
    of: Of,
    only: Callable[[str], bool] = anywhere,
) -> dict[str, Any]:
    """The passport as the event keeps it. Raises NotNow or NoAuthority for any other answer."""
    if isinstance(answer, Passport):
        return {"scheme": "checked", "passport": answer.as_data()}
    if isinstance(answer, Choice):
        raise NotNow(
            "position_choice",
            "You hold several positions; say as which one you act (as_position).",
            choices=[{"position": p, "name": name.as_dict()} for p, name in answer.positions],
        )
    raise refusal(answer, matter, setting, of, only)


def present(register: Register, setting: Setting) -> Collection[str] | None:
    """The officers on letters of the register with live accounts; None where accounts are unknown."""
    if setting.accounts is None:
        return None
    named = {held.officer for _, held in register.all_of(Incumbency)}
    return {login for login, account in setting.accounts(sorted(named)).items() if account.live}


def refusal(
    denial: Denial,
    matter: Matter,
    setting: Setting,
    of: Of,
    only: Callable[[str], bool] = anywhere,
) -> NoAuthority:
    """The refusal with its failing link, and who may act instead on that day.

    `only` says of a position whether it could do what was tried: not every act is for every holder.
    """
    register = setting.register or Register(())
    may = who_may(register, matter, of, present(register, setting))
    return refused(denial, matter, [each for each in may if only(each.position)])


def refused(denial: Denial, matter: Matter, may: Iterable[Alternative]) -> NoAuthority:
    """The refusal, with these who may act instead."""
    found = [alternative.as_data() for alternative in may]
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
