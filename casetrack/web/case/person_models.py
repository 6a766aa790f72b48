"""The persons of a case and what colleagues wrote about it, as answers give them."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from casetrack.domain.people.contact import Channel, Language, PartyKind

PartyRole = Literal["applicant", "representative", "payer"]


class CorrectedOut(BaseModel):
    """That somebody's data were corrected: when last, by whom, which fields; not what was there."""

    at: datetime
    by: str = Field(description="the operator who did it; `operator` before their names were kept")
    fields: list[str]


class PartyOut(BaseModel):
    """A party. Who need not compare or write gets the NIK by its ends, and no contact."""

    role: PartyRole
    kind: PartyKind
    name: str | None = Field(description="null once the person's data were erased")
    nik: str | None = Field(description="in full, or its first and last four digits")
    email: str | None
    phone: str | None
    address: str | None
    company_number: str | None
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
