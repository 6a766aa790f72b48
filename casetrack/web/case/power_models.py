"""What is taken and told of powers of attorney, deaths, and who stands in a case no more."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from casetrack.domain.case.case_people import (
    IdentityDocument,
    Left,
    PowerAct,
    Signature,
    Standing,
)
from casetrack.domain.people.former_roles import PATTERN
from casetrack.web.http.models import DIGEST, NO_NUL, Day, Identifier, Taken, absent
from casetrack.web.people.person_models import PartyFields, StandingRole


class PaperIn(Taken):
    """The paper of a fact: a letter, a certificate. Its name and hash are kept sealed."""

    dated: Day = Field(description="the day that stands on it, not one to come")
    name: Annotated[str, StringConstraints(max_length=255, pattern=NO_NUL)] | None = None
    sha256: Annotated[str, StringConstraints(pattern=DIGEST)] | None = None


class PowerIn(Taken):
    """A power of attorney: what the representative may do, and its last day."""

    acts: Annotated[list[PowerAct], Field(min_length=1, max_length=4)]
    until: Day | None = Field(default=None, description="local day, included; null: no last day")


class BroughtPowerIn(PowerIn):
    """A power that was brought with the application."""

    paper: PaperIn | None = None


class PresentIn(Taken):
    """Who stood at the counter, and by which identity document they were known."""

    party: Standing
    document: IdentityDocument = Field(
        description="which kind of document was seen; its number is never kept"
    )
    signature: Signature | None = None
    proof: Identifier | None = Field(
        default=None,
        description="the id of the document that shows the signature: `hand_over_slip` (a scan) of "
        "paper, `hand_over_signature` (a PNG) of a screen",
    )


class PartyPaperOut(BaseModel):
    """The paper; name and hash are null where none was given or they were erased."""

    dated: date
    name: str | None
    sha256: str | None


class PowerOut(BaseModel):
    """What the representative may do, and until when."""

    acts: list[PowerAct]
    until: date | None
    paper: PartyPaperOut | None


class DeathOut(BaseModel):
    """A death that was reported, or confirmed by a supervisor."""

    status: Literal["reported", "confirmed"]
    day: date
    by: str
    at: datetime
    confirmed_by: str | None
    confirmed_at: datetime | None
    paper: PartyPaperOut | None


class PartyOut(PartyFields):
    """A party. Who need not compare or write gets the NIK by its ends, and no contact."""

    role: StandingRole
    power: PowerOut = absent("Of a representative whose power was written down, with one case.")
    death: DeathOut = absent("Of the applicant, with one case, for who reads persons in full.")


class FormerPartyOut(PartyFields):
    """Somebody who stood in a role before. `role` is the one under which they are kept since."""

    role: Annotated[str, StringConstraints(pattern=PATTERN)]
    was: StandingRole
    left_at: datetime
    why: Left | None = Field(description="null for who does not read persons in full")
