"""What is taken and told about who somebody is."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from casetrack.web.http.models import NO_NUL, NameOut, Taken, Words


class IdentityIn(Taken):
    """Whether a person in the case is the one whom we know by the same NIK."""

    action: Literal["join", "separate"]
    reason: Annotated[Words, StringConstraints(min_length=1, max_length=4000, pattern=NO_NUL)]


class WarningOut(BaseModel):
    """What is strange in what was taken, and kept all the same."""

    at: str
    message: str
    said: NameOut = Field(description="the same for a person, in both languages")
