"""What is asked of a case, and what is wrong with it whatever the case has come to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from casetrack.domain.access import Actor
from casetrack.domain.case.state import CaseState
from casetrack.domain.case.transitions import CLOSE_REASONS, PAUSE_REASONS, RECOMMENDATIONS
from casetrack.domain.errors import Invalid, NotFound, Stale
from casetrack.domain.service.definition import ServiceDefinition, StepDefinition


@dataclass(frozen=True, slots=True)
class Opening:
    """A file taken in at the counter. Names and texts are already references (id and HMAC)."""

    facts: Mapping[str, Any]
    parties: Mapping[str, Any]
    documents: tuple[Mapping[str, Any], ...]
    access_digest: str


@dataclass(frozen=True, slots=True)
class Act:
    """Something done to a case (`step` is None) or to one of its steps."""

    action: str
    actor: Actor
    step: str | None = None
    reason: str | None = None
    result: str | None = None
    note: Mapping[str, Any] | None = None
    defects: tuple[Mapping[str, Any], ...] = ()
    assignee: str | None = None
    as_position: str | None = None
    access_digest: str | None = None
    #: The admitted paper (its id) that this act was done on, when the system was away.
    late: str | None = None
    #: What an act about authority says beside these: officer, ground, instrument, …
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Seen:
    """What an If-Match said: a version of the case, or of one step."""

    case: int | None = None
    step: str | None = None
    step_version: int | None = None


def check_seen(state: CaseState, step: str | None, seen: Seen) -> None:
    """Raises Stale when the caller saw neither the case nor the step as it is now (RFC 9110 13.1.1)."""
    if seen.case == state.version:
        return
    if step is not None and seen.step == step and seen.step_version == state.steps[step].version:
        return
    raise Stale(
        "stale",
        "The case has changed since you read it; read it again and decide anew.",
        version=state.version,
    )


def find_step(definition: ServiceDefinition, step: str) -> StepDefinition:
    """The step's definition. Raises NotFound."""
    for candidate in definition.steps:
        if candidate.id == step:
            return candidate
    raise NotFound("unknown_step", "This service has no such step.")


def check_content(definition: ServiceDefinition, act: Act) -> None:
    """Raises Invalid: what is wrong with the act whatever the case has come to (422 before 412)."""
    if act.step is not None:
        _check_step_content(definition, find_step(definition, act.step), act)
    elif act.action == "pause" and act.reason not in PAUSE_REASONS:
        raise Invalid(
            "unknown_reason",
            f"A pause takes one of these reasons: {', '.join(PAUSE_REASONS)}. Waiting for the "
            "applicant or a payment stops the clock by itself.",
        )
    elif act.action == "close" and act.reason not in CLOSE_REASONS:
        raise Invalid(
            "unknown_reason", f"Closing takes one of these reasons: {', '.join(CLOSE_REASONS)}."
        )


def _check_step_content(definition: ServiceDefinition, step: StepDefinition, act: Act) -> None:
    advising = step.kind == "recommend" and act.action == "complete"
    if advising and act.result not in RECOMMENDATIONS:
        raise Invalid(
            "unknown_result", f"A recommendation is one of: {', '.join(RECOMMENDATIONS)}."
        )
    if act.action == "reopen" and not act.note and not act.reason:
        raise Invalid("reason_missing", "Reopening a step takes a reason or a note.")
    if act.action == "return":
        _check_defects(definition, act)


def _check_defects(definition: ServiceDefinition, act: Act) -> None:
    published = {requirement.id for requirement in definition.requirements}
    if not act.defects:
        raise Invalid(
            "defects_missing", "A return names at least one defect, each with its requirement."
        )
    unknown = sorted({defect["requirement"] for defect in act.defects} - published)
    if unknown:
        raise Invalid(
            "unknown_requirement",
            f"The service does not ask for {', '.join(unknown)}, so the applicant cannot be asked "
            f"for it; its requirements are {', '.join(sorted(published)) or 'none'}.",
            requirements=sorted(published),
        )
