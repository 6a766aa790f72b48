"""What an officer does about silence: enters another register's answer, checks what the law granted."""

from collections.abc import Callable, Mapping
from typing import Any

from casetrack.domain.case.commands import Act, details_of
from casetrack.domain.case.silence_details import DeemedChecked, ExternalAnswered
from casetrack.domain.case.state import but
from casetrack.domain.case.steps import Draft, Setting
from casetrack.domain.case.transitions import SILENCE_ACTIONS
from casetrack.domain.errors import Invalid, NotNow
from casetrack.domain.events import instant

Said = tuple[str, dict[str, Any]]


def act_on_silence(draft: Draft, act: Act, setting: Setting) -> Said:
    """One of `SILENCE_ACTIONS`. Raises Invalid, NotNow."""
    allowed = SILENCE_ACTIONS[act.action]
    if draft.case.status not in allowed:
        raise NotNow(
            "status_forbids",
            f"{act.action} is not for a case that is {draft.case.status}; it takes "
            f"{' or '.join(allowed)}.",
            status_now=draft.case.status,
        )
    return _HANDLERS[act.action](draft, act, setting)


def check_external(act: Act, setting: Setting) -> None:
    """Raises Invalid for a fact that the service does not ask elsewhere, and a time to come."""
    said = act.details
    if not isinstance(said, ExternalAnswered):
        return
    known = [each.id for each in setting.definition.external_facts]
    errors = []
    if said.fact not in known:
        told = f"not asked elsewhere; known: {', '.join(known) or 'none'}"
        errors.append({"at": "fact", "message": told})
    if said.asked_at is not None and said.asked_at > setting.now:
        errors.append({"at": "asked_at", "message": "is yet to come"})
    if errors:
        told = "; ".join(f"{each['at']}: {each['message']}" for each in errors)
        raise Invalid("invalid_body", f"{told}.", errors=errors)


def _answer(draft: Draft, act: Act, setting: Setting) -> Said:
    """The newest answer stands; what was answered before stays in its event."""
    said = details_of(act, ExternalAnswered)
    answered = {
        "fact": said.fact,
        "answer": said.answer,
        "asked_at": instant(said.asked_at or setting.now),
        "entered_at": instant(setting.now),
        "by": act.actor.id,
    }
    others = tuple(each for each in draft.case.external if each["fact"] != said.fact)
    draft.case = but(draft.case, external=(*others, answered))
    return "external.answered", {"fact": said.fact, "answer": said.answer}


def _check(draft: Draft, act: Act, setting: Setting) -> Said:
    deemed = draft.case.deemed
    if deemed is None:
        raise NotNow("not_deemed", "The law did not grant this case, so there is nothing to check.")
    if deemed["check"] is not None:
        raise NotNow("checked_already", "This grant was checked already.")
    holders = {each["officer"] for each in deemed["holders"] if each["officer"]}
    if setting.person(act.actor.id) in {setting.person(each) for each in holders}:
        raise NotNow(
            "held_it",
            "Who held the file when the limit passed does not check the grant; another does.",
        )
    found = details_of(act, DeemedChecked).result
    check = {"by": act.actor.id, "at": instant(setting.now), "result": found}
    draft.case = but(draft.case, deemed={**deemed, "check": check})
    return "case.deemed_checked", {"check": check}


_HANDLERS: Mapping[str, Callable[[Draft, Act, Setting], Said]] = {
    "answer_external": _answer,
    "check_deemed": _check,
}
