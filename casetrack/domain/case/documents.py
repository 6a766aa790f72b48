"""The documents of a case: what was received for which requirement, what is missing, what was replaced.

A document is known by its place among those of its case, so none is ever taken out. Its name and hash are
sealed before they come here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from casetrack.domain.case.case_people import PROOFS
from casetrack.domain.case.commands import Act
from casetrack.domain.case.state import CaseState, Document
from casetrack.domain.case.steps import Draft, Setting
from casetrack.domain.case.transitions import OPEN_CASE
from casetrack.domain.errors import NotNow
from casetrack.domain.events import instant
from casetrack.domain.service.definition import DECISION_KINDS, Requirement, ServiceDefinition

DocumentStatus = Literal["received", "missing", "replaced"]
#: Every event that brings one carries the whole list, so it does not grow without end.
MOST_DOCUMENTS = 200


def document_id(place: int) -> str:
    """What the document at this place of the case's list is called."""
    return f"doc-{place + 1}"


def status_of(document: Mapping[str, Any]) -> DocumentStatus:
    """Whether a document that was brought still stands for its requirement."""
    return "replaced" if document.get("replaced_at") else "received"


def taken_in(
    held: Sequence[Document], brought: Sequence[Mapping[str, Any]], by: str, now: str
) -> tuple[Document, ...]:
    """The list with what was brought at once: it stands in place of what stood for the same requirements.

    Documents of one requirement that come together stand beside one another.
    """
    requirements = {document["requirement"] for document in brought}
    return (
        *(
            {**document, "replaced_at": now} if _gives_way(document, requirements) else document
            for document in held
        ),
        *({**document, "received_at": now, "received_by": by} for document in brought),
    )


def _gives_way(document: Mapping[str, Any], requirements: set[str]) -> bool:
    asked = document["requirement"] in requirements - PROOFS
    return status_of(document) == "received" and asked


def missing(state: CaseState, definition: ServiceDefinition) -> tuple[Requirement, ...]:
    """What the file lacks. Once it was declared complete, only what was waived and has not come since.

    Before documents could come later than the opening, nobody had to record them: a file that was
    declared complete was complete, whatever its list says.
    """
    received = {document["requirement"] for document in state.documents}
    if state.declared_complete_at is None:
        asked = {r.id for r in definition.requirements if r.needed(state.facts)}
    else:
        asked = set(state.waiver["requirements"]) if state.waiver else set()
    return tuple(r for r in definition.requirements if r.id in asked - received)


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stands with one requirement; `received_at` is RFC 3339 text, of the newest document.

    `sent_back`: there is a defect in it, of which the applicant was told.
    """

    requirement: Requirement
    status: DocumentStatus
    received_at: str | None = None
    sent_back: bool = False


def by_requirement(state: CaseState, definition: ServiceDefinition) -> list[Standing]:
    """What was received and what is missing, in the order of the definition."""
    lacking = {requirement.id for requirement in missing(state, definition)}
    # A case of before documents had a day: they came with the opening.
    came = {d["requirement"]: d.get("received_at", state.opened_at) for d in state.documents}
    told = {defect["requirement"] for defect in state.defects if defect["sent"]}
    found = []
    for requirement in definition.requirements:
        if requirement.id in came:
            at = came[requirement.id]
            found.append(Standing(requirement, "received", at, requirement.id in told))
        elif requirement.id in lacking:
            found.append(Standing(requirement, "missing"))
    return found


def bring(draft: Draft, act: Act, setting: Setting) -> dict[str, Any]:
    """Take in the documents that come with an act; gives what its event says of them.

    Raises NotNow where the case would have too many.
    """
    if not act.documents:
        return {}
    held = draft.case.documents
    if len(held) + len(act.documents) > MOST_DOCUMENTS:
        raise NotNow(
            "too_many_documents",
            f"A case takes {MOST_DOCUMENTS} documents, replaced ones among them; it has {len(held)}.",
        )
    after = taken_in(held, act.documents, act.actor.id, instant(setting.now))
    draft.case = replace(draft.case, documents=after)
    return {
        "received": [
            {"id": document_id(place), "requirement": after[place]["requirement"]}
            for place in range(len(held), len(after))
        ],
        "replaced": [
            document_id(place)
            for place, document in enumerate(held)
            if status_of(document) != status_of(after[place])
        ],
    }


def receive_document(draft: Draft, act: Act, setting: Setting) -> tuple[str, dict[str, Any]]:
    """`document.received`: before the decision, or while the applicant is to bring it. Raises NotNow."""
    status = draft.case.status
    if all(each["requirement"] in PROOFS for each in act.documents):
        return "document.received", bring(draft, act, setting)
    if status not in OPEN_CASE:
        raise NotNow(
            "status_forbids",
            f"A case that is {status} takes no documents; that takes {' or '.join(OPEN_CASE)}.",
            status_now=status,
        )
    if status != "returned" and _is_decided(draft, setting.definition):
        raise NotNow(
            "status_forbids",
            "The case was decided, so nobody would look at the document; have the step reopened.",
            status_now=status,
        )
    return "document.received", bring(draft, act, setting)


def _is_decided(draft: Draft, definition: ServiceDefinition) -> bool:
    return any(
        step.kind in DECISION_KINDS
        and not step.optional
        and draft.steps[step.id].status == "completed"
        for step in definition.steps
    )


def check_or_waive(draft: Draft, act: Act, setting: Setting) -> None:
    """A file is complete with its required documents, or where a supervisor waives the missing ones.

    The waiver is kept in the case. Raises NotNow: something is missing, and nobody who may has said why
    it is waived.
    """
    lacking = [requirement.id for requirement in missing(draft.case, setting.definition)]
    if not lacking:
        return
    if act.why is None or not act.actor.has_role(("supervisor",)):
        raise NotNow(
            "documents_missing",
            f"These required documents were not received: {', '.join(lacking)}. Bring them, return the "
            "file, or have a supervisor declare it complete with a reason, which is printed.",
            missing=lacking,
        )
    waiver = {
        "requirements": lacking,
        "by": act.actor.id,
        "at": instant(setting.now),
        "reason": dict(act.why),
    }
    draft.case = replace(draft.case, waiver=waiver)
