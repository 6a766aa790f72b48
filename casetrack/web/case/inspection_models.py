"""What is taken and given of inspections (peninjauan lapangan)."""

from datetime import date, datetime, time
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from casetrack.domain.case.inspection_details import InspectionSaid
from casetrack.domain.case.transitions import InspectionParty, InspectionState
from casetrack.web.http.models import HOUR, Day, Line, NameOut, Note, Taken

Hour = Annotated[str, StringConstraints(pattern=HOUR)]
_TAKES = {
    "promise": ("on", "begins", "ends", "place"),
    "move": ("on", "begins", "ends", "moved_by", "note"),
    "record": ("outcome", "because_of", "note"),
}


class InspectionIn(Taken):
    """A slot that is promised, moved, or over. `place` is where it is; of a move, `note` says why."""

    action: Literal["promise", "move", "record"]
    on: Day | None = Field(default=None, description="promise, move: the day, there")
    begins: Hour | None = Field(default=None, description="promise, move: from when, there: 09:00")
    ends: Hour | None = Field(default=None, description="promise, move: until when")
    place: Line | None = Field(default=None, description="promise: where; sealed")
    moved_by: InspectionParty | None = Field(default=None, description="move: who wants it moved")
    outcome: Literal["done", "not_met"] | None = Field(default=None, description="record")
    because_of: InspectionParty | None = Field(
        default=None, description="record, not_met: because of whom it did not take place"
    )
    note: Note | None = Field(default=None, description="move: why; record: what else; sealed")

    @property
    def words(self) -> str | None:
        """What is sealed with the act."""
        return self.place if self.action == "promise" else self.note

    def details(self) -> InspectionSaid:
        """As the rules take it."""
        names = ("on", "begins", "ends", "place", "moved_by", "outcome", "because_of", "note")
        misplaced = tuple(
            name
            for name in names
            if getattr(self, name) is not None and name not in _TAKES[self.action]
        )
        return InspectionSaid(
            self.on,
            time.fromisoformat(self.begins) if self.begins else None,
            time.fromisoformat(self.ends) if self.ends else None,
            self.moved_by,
            self.outcome,
            self.because_of,
            misplaced,
        )


class MovedOut(BaseModel):
    """A slot that was given up: when, by which officer, who wanted it."""

    at: datetime
    officer: str
    by: InspectionParty
    on: date
    begins: Hour
    ends: Hour


class InspectionOut(BaseModel):
    """An inspection; its place stands in the notes. `cancelled`: its step is open no more."""

    id: str
    step: str
    on: date
    begins: Hour
    ends: Hour
    state: InspectionState
    officer: str
    promised_at: datetime
    moves: list[MovedOut]
    because_of: InspectionParty | None
    recorded_at: datetime | None


class StatusInspectionOut(BaseModel):
    """An inspection as the applicant reads it; `place` is null once their data were erased."""

    step: str
    on: date
    begins: Hour
    ends: Hour
    place: str | None
    state: InspectionState
    moves: int
    message: NameOut
