"""What the acts about an objection or an appeal say beside the rest."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from casetrack.domain.service.definition import ServiceDefinition, StepDefinition

#: The result of carrying out a decision that leaves the first case as it is.
NOTHING_TO_CHANGE = "nothing_to_change"


@dataclass(frozen=True, slots=True)
class CarriedOut:
    """Of completing the step that carries a granted objection out: what was decided in the first case
    since, by version, action and time; and how many new cases take its place."""

    decisions: tuple[Mapping[str, Any], ...] = ()
    new_cases: int = 0


def leaves_unchanged(
    step: StepDefinition, action: str, result: str | None, definition: ServiceDefinition
) -> bool:
    """Whether this act says that what was granted changes nothing: that is for who decides it."""
    carries_out = definition.reviews is not None and step.kind == "record"
    return carries_out and action == "complete" and result == NOTHING_TO_CHANGE
