"""The letter under which an auditor may read a person in full: its number, and its last day."""

from dataclasses import dataclass
from datetime import date

from casetrack.domain.access import REGION_WIDE, Actor
from casetrack.domain.errors import Forbidden, Invalid
from casetrack.domain.people import possible_days as days


@dataclass(frozen=True, slots=True)
class Assignment:
    """A letter of assignment as whoever acts under it names it; `until` is the last day, included."""

    letter: str
    until: date


def require_assignment(actor: Actor, assignment: Assignment | None) -> None:
    """Raises Invalid: who audits names a letter; others may."""
    if assignment is None and actor.has_role(REGION_WIDE):
        raise Invalid(
            "assignment_needed",
            "assignment: who audits reads a person in full under a letter of assignment; give its "
            "number and its last day.",
            errors=[{"at": "assignment", "message": "give the letter's number and last day"}],
        )


def check_assignment(assignment: Assignment | None, today: date) -> None:
    """Raises Forbidden: the last day of the letter is over; Invalid for one that is no letter's."""
    if assignment is None:
        return
    if assignment.until >= today:
        days.check(days.end_faults("assignment.until", assignment.until, today))
    else:
        raise Forbidden(
            "assignment_ended",
            f"The assignment ended on {assignment.until.isoformat()}; ask for a new letter.",
        )
