"""What another issued in a system of its own, as it is noted and shown."""

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from casetrack.web.http.models import NO_NUL, Day, NameOut, Taken


class IssuedElsewhereIn(Taken):
    """Number and day of what another issued; its issuer stands in the service."""

    number: Annotated[
        str, StringConstraints(min_length=1, max_length=64, pattern=NO_NUL, strip_whitespace=True)
    ]
    dated: Day
    valid_until: Day | None = None


class IssuedElsewhereOut(BaseModel):
    """What another issued, and which officer noted it when. Nothing of it is verified."""

    issuer: NameOut
    number: str
    dated: date
    valid_until: date | None
    step: str
    noted_by: str
    noted_at: datetime
    corrected_by: str | None
    corrected_at: datetime | None = Field(description="when what was noted was last put right")
