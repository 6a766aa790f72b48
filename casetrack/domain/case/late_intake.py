"""A file that was taken in on paper while the system was away, under a number set aside before.

A supervisor set the number aside; a clerk types the file in. It counts from the day and hour on the
paper: lateness that the outage brought stays to be seen.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from casetrack.domain.case.transitions import LateReason
from casetrack.domain.clock import Calendar
from casetrack.domain.errors import Invalid, NotNow
from casetrack.domain.events import instant

#: Why no case came of a number.
CloseNumber = Literal["not_needed", "spoiled", "lost"]
NumberState = Literal["reserved", "used", "closed"]
#: Numbers that one block has at most.
MOST_NUMBERS = 200


@dataclass(frozen=True, slots=True)
class LateIntake:
    """What the paper says: its number, when the file was taken in; why it was not entered then, and the
    hash of its scan."""

    number: str
    occurred_at: datetime
    reason: LateReason
    sha256: str

    def as_data(self) -> dict[str, Any]:
        """What the event keeps."""
        return {
            "number": self.number,
            "occurred_at": instant(self.occurred_at),
            "reason": self.reason,
            "sha256": self.sha256,
        }


@dataclass(frozen=True, slots=True)
class SetAside:
    """What is known of the paper's number: whose it is, since when, and whether it is free."""

    service: str
    year: int
    reserved_at: datetime
    state: NumberState


def check_late_intake(
    said: LateIntake, service: str, aside: SetAside | None, calendar: Calendar, now: datetime
) -> None:
    """Raises Invalid where the paper cannot be, and NotNow where its number is not free any more."""
    if aside is None or aside.service != service:
        raise _wrong("number", "was not set aside for this service; compare with the slip")
    if said.occurred_at >= now:
        raise _wrong("occurred_at", "is not in the past, so nothing is late")
    if said.occurred_at < aside.reserved_at:
        raise _wrong("occurred_at", "is before the number was set aside; compare with the slip")
    if calendar.local_date(said.occurred_at).year != aside.year:
        raise _wrong("occurred_at", "is not of the number's year; set numbers aside for that year")
    if aside.state != "reserved":
        raise NotNow(
            "number_settled",
            "This number has a case already, or was closed; compare with the slip.",
        )


def _wrong(field: str, why: str) -> Invalid:
    at = f"late.{field}"
    return Invalid("invalid_body", f"{at}: {why}.", errors=[{"at": at, "message": why}])
