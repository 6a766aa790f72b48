"""What the acts about an inspection say beside the rest."""

from dataclasses import dataclass
from datetime import date, time
from typing import Literal

from casetrack.domain.case.transitions import InspectionParty


@dataclass(frozen=True, slots=True)
class InspectionSaid:
    """Of `promise_inspection` and `move_inspection`: the day, from when until when; who wants it moved.
    Of `record_inspection`: whether it took place, and because of whom it did not. The place, or why it is
    moved, is the act's note."""

    on: date | None = None
    begins: time | None = None
    ends: time | None = None
    moved_by: InspectionParty | None = None
    outcome: Literal["done", "not_met"] | None = None
    because_of: InspectionParty | None = None
    #: What was said beside and does not belong to the act.
    misplaced: tuple[str, ...] = ()
