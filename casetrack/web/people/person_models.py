"""The persons of a case and what colleagues wrote about it, as answers give them."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from casetrack.domain.people.contact import Channel, Language, PartyKind
from casetrack.domain.people.former_roles import PATTERN

PartyRole = Literal["applicant", "representative", "payer"]
#: With who acts for a company by their office, where their NIK was given.
StandingRole = PartyRole | Literal["director"]
#: Somebody who stands in a case, or stood there before.
AnyRole = StandingRole | Annotated[str, StringConstraints(pattern=PATTERN)]


class CorrectedOut(BaseModel):
    """That somebody's data were corrected: when last, by whom, which fields; not what was there."""

    at: datetime
    by: str = Field(description="the operator who did it; `operator` before their names were kept")
    fields: list[str]


class PartyFields(BaseModel):
    """What is told of a person or a company."""

    kind: PartyKind
    name: str | None = Field(description="null once the person's data were erased")
    nik: str | None = Field(description="in full, or its first and last four digits")
    email: str | None
    phone: str | None
    address: str | None
    company_number: str | None
    passport_number: str | None
    acting: str | None = Field(description="of a company: who acts for it by their office")
    language: Language
    channels: list[Channel]
    erased: bool
    corrected: CorrectedOut | None


class NoteOut(BaseModel):
    """What somebody wrote for their colleagues, and at what."""

    at: datetime
    by: str
    step: str | None
    action: str | None
    result: str | None
    text: str
