"""What is to be done, as the register is asked about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from casetrack.domain.service.definition import Action


@dataclass(frozen=True, slots=True)
class Matter:
    """An action for a service, on a day, with these facts."""

    action: Action
    service: str
    day: date
    #: Local day on which the case was opened; None outside any case.
    opened: date | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    #: Changes somebody's legal status in organisation, personnel or budget (art. 14(7)).
    strategic: bool = False
    #: Bounds are only asked where a case is at hand.
    bounded: bool = True
    #: The step that is to be done, and the agency that does it; None where no step is at hand.
    step: str | None = None
    agency: str | None = None
