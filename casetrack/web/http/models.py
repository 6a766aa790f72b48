"""What every operation's models are built of: texts that can be stored, lists, names, problems."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from casetrack.domain.people.contact import FORMS, Language

Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
#: NUL and half surrogate pairs cannot be stored; the pattern says so to who reads the document.
NO_NUL = r"^[^\u0000]*$"
Line = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=NO_NUL)]


def formed(field: str) -> StringConstraints:
    """How a field about a person looks, as the domain says it."""
    form = FORMS[field]
    return StringConstraints(
        min_length=form.shortest, max_length=form.longest, pattern=f"^(?:{form.pattern})$"
    )


Email = Annotated[str, formed("email")]
Nik = Annotated[str, formed("nik")]
Note = Annotated[str, StringConstraints(max_length=4000, pattern=NO_NUL)]


class Taken(BaseModel):
    """A request body: unknown fields are refused, so that a misspelt one is not lost in silence."""

    model_config = ConfigDict(extra="forbid", strict=True)


class PageQuery(BaseModel):
    """Every list takes these."""

    model_config = ConfigDict(extra="ignore")

    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[str, StringConstraints(max_length=400)] | None = None


class LanguageQuery(BaseModel):
    """Language of the slip."""

    model_config = ConfigDict(extra="ignore")

    lang: Language = "id"


class NameOut(BaseModel):
    """A name in both languages."""

    id: str
    en: str


class ProblemOut(BaseModel):
    """RFC 9457 problem document."""

    model_config = ConfigDict(extra="allow")

    type: str
    status: int
    title: str
    detail: str
    code: str


Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
