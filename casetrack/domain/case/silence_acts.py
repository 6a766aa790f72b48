"""What an officer does about silence: enters another register's answer, checks what the law granted."""

from collections.abc import Callable, Mapping
from typing import Any

from casetrack.domain.case.commands import Act, details_of
from casetrack.domain.case.documents import document_id, status_of
from casetrack.domain.case.silence_details import DeemedChecked, ExternalAnswered
from casetrack.domain.case.state import CaseState, but
from casetrack.domain.case.steps import Draft, Setting
from casetrack.domain.case.transitions import SILENCE_ACTIONS
from casetrack.domain.errors import Invalid, NotNow
from casetrack.domain.events import instant
from casetrack.domain.service.definition import ExternalFact

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


def check_external(state: CaseState, act: Act, setting: Setting) -> None:
    """Raises Invalid for a fact that the service does not ask elsewhere, a time to come, and a document
    that does not show it."""
    said = act.details
    if not isinstance(said, ExternalAnswered):
        return
    facts = {each.id: each for each in setting.definition.external_facts}
    errors = []
    if said.fact not in facts:
        told = f"not asked elsewhere; known: {', '.join(facts) or 'none'}"
        errors.append({"at": "fact", "message": told})
    elif (fault := _paper_fault(state, facts[said.fact], said)) is not None:
        errors.append({"at": "document", "message": fault})
    if said.asked_at is not None and said.asked_at > setting.now:
        errors.append({"at": "asked_at", "message": "is yet to come"})
    if errors:
        told = "; ".join(f"{each['at']}: {each['message']}" for each in errors)
        raise Invalid("invalid_body", f"{told}.", errors=errors)


def _paper_fault(state: CaseState, fact: ExternalFact, said: ExternalAnswered) -> str | None:
    """What is wrong with the document that is to show the answer; None when nothing is."""
    if said.document is None:
        needed = fact.paper is not None and said.answer == "yes"
        return f"a yes needs the document that shows it, of {fact.paper}" if needed else None
    shown = {
        document_id(place): document
        for place, document in enumerate(state.documents)
        if status_of(document) == "received" and fact.paper in (None, document["requirement"])
    }
    if said.document in shown:
        return None
    return f"no document of the case that shows it; there are: {', '.join(shown) or 'none'}"


def _answer(draft: Draft, act: Act, setting: Setting) -> Said:
    """The newest answer stands; what was answered before stays in its event."""
    said = details_of(act, ExternalAnswered)
    answered = {
        "fact": said.fact,
        "answer": said.answer,
        "asked_at": instant(said.asked_at or setting.now),
        "entered_at": instant(setting.now),
        "by": act.actor.id,
        **({"document": said.document} if said.document is not None else {}),
    }
    others = tuple(each for each in draft.case.external if each["fact"] != said.fact)
    draft.case = but(draft.case, external=(*others, answered))
    shown = {"document": said.document} if said.document is not None else {}
    return "external.answered", {"fact": said.fact, "answer": said.answer, **shown}


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
