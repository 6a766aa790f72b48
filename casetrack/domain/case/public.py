"""What anybody may know of a case who has its number."""

from casetrack.domain.case.state import CaseState
from casetrack.domain.service.definition import ServiceDefinition

#: The status of a case with a decision, to who has not the access code.
DECIDED = "decided"


def public_status(status: str, outcome: str = "none") -> str:
    """The status as anybody may know it: a granted or refused case is only `decided`.

    With the outcome, a case that was handed over after a decision is only `decided` as well.
    """
    if status in ("granted", "refused") or (status == "handed_over" and outcome != "none"):
        return DECIDED
    return status


def running_limit(state: CaseState, definition: ServiceDefinition) -> str | None:
    """Until when the limit runs that runs now: the case's; before the file is complete, the check's."""
    if state.status == "submitted":
        return state.steps[definition.root.id].due_at
    return state.due_at if state.status in ("in_progress", "returned") else None
